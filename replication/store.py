"""The content-addressed scratch: finished runs and checkpoints, so that work survives a kill.

A run's folder is named by the hash of all that determines it. It is worked on under `partial/` and moved to `runs/`
when it is whole, so whatever lies in `runs/` is finished. A lock keeps two processes from training the same run at
once.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

PROGRESS = "progress.json"


@dataclass(frozen=True)
class Store:
    """Runs by identity, below `root`."""

    root: Path

    def finished(self, identity: str) -> Path | None:
        """The folder of a finished run, or None."""
        folder = self.run(identity)
        return folder if folder.is_dir() else None

    def run(self, identity: str) -> Path:
        """Where a finished run lies."""
        return self.root / "runs" / identity

    def partial(self, identity: str) -> Path:
        """The folder in which a run is worked on."""
        return self.root / "partial" / identity

    @contextmanager
    def lock(self, identity: str) -> Iterator[None]:
        """Hold the run; a second process waits until the first is done with it."""
        path = self.root / "locks" / identity
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path):
            yield

    def work(self, identity: str) -> Path:
        """Make or reopen the folder of an unfinished run."""
        folder = self.partial(identity)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def finish(self, identity: str, outputs: Path) -> Path:
        """Move the finished outputs into place and drop the checkpoints they came from."""
        folder = self.run(identity)
        folder.parent.mkdir(parents=True, exist_ok=True)
        outputs.rename(folder)
        shutil.rmtree(self.partial(identity), ignore_errors=True)
        return folder

    def drop(self, identity: str) -> None:
        """Forget a finished run."""
        shutil.rmtree(self.run(identity), ignore_errors=True)


def copy_out(finished: Path, destination: Path) -> None:
    """Put a finished run at `destination`, whole or not at all; hard links where the file system has them."""
    temporary = destination.with_name(f".{destination.name}.partial")
    shutil.rmtree(temporary, ignore_errors=True)
    shutil.copytree(finished, temporary, copy_function=_link_or_copy)
    shutil.rmtree(destination, ignore_errors=True)
    temporary.rename(destination)


def _link_or_copy(source: str, destination: str) -> None:
    try:
        os.link(source, destination)
    except OSError:
        shutil.copy2(source, destination)
