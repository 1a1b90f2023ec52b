"""A clone of this working tree to run commands in, and the results that it is committed with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

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
        if name and (ROOT / name).exists() and not name.startswith(("reports/", "dvc.lock")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    clone = Clone(folder)
    clone.git("init", "-q")
    clone.git("config", "user.name", "test")
    clone.git("config", "user.email", "test@example.org")
    clone.commit()
    return clone


def as_published(root: Path, folder: Path) -> Path:
    """Where the committed results are, and the pages written from them.

    That is `root` itself, unless a run of one's own has put other results there: then `folder`, with what the last
    commit holds.
    """
    if not _git(root, "status", "--porcelain", "--", "reports"):
        return root
    archive = _git(root, "archive", "HEAD", "README.md", "docs", "baselines", "reports")
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
    return folder


def _git(root: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=True).stdout


def set_parameter(params: Path, key: str, value: object) -> None:
    yaml = YAML()
    data: Any = yaml.load(params.read_text(encoding="utf-8"))
    *parents, last = key.split(".")
    place = data
    for parent in parents:
        place = place[parent]
    place[last] = value
    with params.open("w", encoding="utf-8") as file:
        yaml.dump(data, file)
