"""The stage `fetch`: a dataset's pinned files into a folder, each checked against its sha256."""

from __future__ import annotations

from pathlib import Path

from replication.data.source import load_source
from replication.files import file_digest


def fetch(dataset: str, destination: Path) -> None:
    """Write the pinned contents of a dataset into `destination`, by file name; what is there and right stays.

    Raises:
        UserError: unknown dataset, or a file cannot be had as pinned.
    """
    source = load_source(dataset)
    destination.mkdir(parents=True, exist_ok=True)
    for file in source.files:
        present = {name: destination / name for name in file.contents}
        if not all(path.is_file() and file_digest(path) == file.contents[name] for name, path in present.items()):
            file.save(destination)
    source.check(destination, dataset)
