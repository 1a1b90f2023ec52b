"""Checkpoint folders: a tiny BERT's and the packaged encoder's."""

from __future__ import annotations

from pathlib import Path

import pytest

from replication.models.checkpoints import make_checkpoint
from tests.models.tiny import write_tiny


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint folder made of a tiny local BERT."""
    root = tmp_path_factory.mktemp("tiny")
    make_checkpoint(f"folder:{write_tiny(root / 'origin')}", root / "checkpoint")
    return root / "checkpoint"


@pytest.fixture(scope="session")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged encoder as a checkpoint folder."""
    folder = tmp_path_factory.mktemp("packaged") / "checkpoint"
    make_checkpoint("packaged", folder)
    return folder
