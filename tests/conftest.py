"""A clone of this working tree in which the smoke profile has been run through DVC, once for all tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Clone:
    """A folder with a space and Chinese characters in its path, run with this interpreter's environment."""

    folder: Path

    def run(self, *command: str, scratch: str = ".scratch") -> subprocess.CompletedProcess[str]:
        """Run a command in the clone; `python` and `dvc` are this environment's."""
        return subprocess.run(
            command, cwd=self.folder, env=self.environment(scratch), capture_output=True, text=True, check=False
        )

    def commit(self) -> None:
        """Commit everything."""
        for command in (("add", "-A"), ("commit", "-q", "-m", "Clone")):
            self.git(*command)

    def git(self, *arguments: str) -> None:
        """Run git in the clone."""
        done = self.run("git", *arguments)
        assert done.returncode == 0, done.stderr

    def environment(self, scratch: str = ".scratch") -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {**os.environ, "PATH": path, "REPLICATION_SCRATCH": scratch, "COLUMNS": "200"}


def make_clone(folder: Path) -> Clone:
    """A fresh git clone of the working tree as it stands, without results: no reports, and no lock that names them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    for name in listed:
        if name and (ROOT / name).is_file() and not name.startswith(("reports/", "dvc.lock")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    clone = Clone(folder)
    clone.git("init", "-q")
    clone.git("config", "user.name", "test")
    clone.git("config", "user.email", "test@example.org")
    clone.commit()
    return clone


@pytest.fixture(scope="session")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """The smoke profile, run and committed."""
    clone = make_clone(tmp_path_factory.mktemp("smoke") / "a folder 垃圾舆情")
    downloads = ROOT / ".scratch/downloads"
    if downloads.is_dir():  # nothing else of this checkout is used
        shutil.copytree(downloads, clone.folder / ".scratch/downloads")
    (clone.folder / ".venv").symlink_to(sys.prefix, target_is_directory=True)
    for command in (("python", "-m", "replication", "profile", "smoke"), ("dvc", "repro")):
        done = clone.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr
    clone.commit()
    return clone


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What runs the pipeline comes first: it takes longest, and other files may run beside it."""
    items.sort(key=lambda item: "smoke" not in getattr(item, "fixturenames", ()))
