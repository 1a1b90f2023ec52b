"""Two trained students of a small pipeline, and the pipeline's other folders."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.methods.small import Pipeline, write_checkpoint, write_data


@pytest.fixture(scope="session")
def students(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `data` and `student/made/supervised/seed0`, seed 0 trained in earnest."""
    root = tmp_path_factory.mktemp("serving")
    write_data(root)
    write_checkpoint(root)
    shutil.copytree(Pipeline(root).train("supervised", "store"), root / "student/made/supervised/seed0")
    return root
