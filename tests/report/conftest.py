"""A made profile's folder with its report, once for all tests of the report. Nobody changes it; tests copy it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from replication.report import build
from tests import made_runs
from tests.made_runs import evaluated


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the report reads: one run and one whole cell are missing."""
    root = tmp_path_factory.mktemp("report")
    made_runs.make_tree(root)
    shutil.rmtree(root / "build/student/reviews/soft_label/seed1")
    shutil.rmtree(root / "build/student/reviews/logit_mse")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        return root / evaluated()


@pytest.fixture(scope="session")
def built(published: Path) -> Path:
    """The folder with the page in every language."""
    build(published)
    return published
