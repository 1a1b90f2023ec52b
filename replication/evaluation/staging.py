"""A set of files takes the place of an older one as a whole: a failure, whenever it comes, leaves the older one."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

STAGED = ".staged"


@contextmanager
def replacing(folder: Path, names: Iterable[str]) -> Iterator[Path]:
    """A folder to write into; when the block has ended well, what it wrote takes its place in `folder`.

    Args:
        folder: holds the files of before, and others, which stay.
        names: of the files and folders that are replaced; one that the block did not write goes.
    """
    staged = folder / STAGED
    shutil.rmtree(staged, ignore_errors=True)  # of a process that was killed
    written, old = staged / "written", staged / "old"
    written.mkdir(parents=True)
    old.mkdir()
    try:
        yield written
        _swap(folder, written, old, names)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _swap(folder: Path, written: Path, old: Path, names: Iterable[str]) -> None:
    """Move what is in `folder` to `old` and what is in `written` to `folder`, all of it or nothing."""
    with ExitStack() as undo:
        for name in names:
            for source, target in ((folder / name, old / name), (written / name, folder / name)):
                if source.exists():
                    source.rename(target)
                    undo.callback(target.rename, source)
        undo.pop_all()
