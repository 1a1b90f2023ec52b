"""The smoke profile, run through DVC once for all tests, and the results that are committed."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from filelock import FileLock

from tests.clone import ROOT, Clone, as_published, make_clone

pytest_plugins = ("tests.loopback",)
KILLS = "test_kills"

# Before anything imports numpy or torch: each would start as many threads as there are processors, and those of tests
# side by side, and of the processes that these start, would wait for one another.
for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def smoke(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Clone:
    """A clone in which the smoke profile has been run and committed: a copy for each process that tests."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    made = shared / "smoke/a folder 垃圾舆情"
    with FileLock(shared / "smoke.lock"):
        if not made.exists():
            partial = Clone(made.with_name("partial 垃圾舆情"))
            _run_smoke(partial)
            partial.folder.rename(made)
    own = tmp_path_factory.mktemp("smoke") / made.name
    shutil.copytree(made, own, symlinks=True)
    return Clone(own)


@pytest.fixture(scope="session")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that has the committed results and the pages written from them."""
    return as_published(ROOT, tmp_path_factory.mktemp("publication"))


def _run_smoke(clone: Clone) -> None:
    shutil.rmtree(clone.folder, ignore_errors=True)
    make_clone(clone.folder)
    downloads = ROOT / ".scratch/downloads"
    if downloads.is_dir():  # nothing else of this checkout is used
        shutil.copytree(downloads, clone.folder / ".scratch/downloads")
    (clone.folder / ".venv").symlink_to(sys.prefix, target_is_directory=True)
    for command in (("python", "-m", "replication", "profile", "smoke"), ("dvc", "repro")):
        done = clone.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr
    clone.commit()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What runs the pipeline comes first, for other files may run beside it; what kills its stages waits for that."""
    items.sort(key=lambda item: (item.path.stem == KILLS, "smoke" not in getattr(item, "fixturenames", ())))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tests of a file that are skipped for one reason are one line; in continuous integration they have failed."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        path, _, reason = report.longrepr
        report.longrepr = (path, None, reason)  # type: ignore[assignment]  # pytest's own, where a mark skips
        if os.environ.get("CI") == "true":
            report.outcome = "failed"
            report.longrepr = f"{reason}; with CI=true nothing may be skipped"
    return report
