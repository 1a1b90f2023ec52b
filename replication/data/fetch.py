"""The stage `fetch`: a dataset's pinned files into a folder, each checked against its sha256."""

from __future__ import annotations

from pathlib import Path

from replication.config import OwnDataset
from replication.data.own import import_own
from replication.data.source import load_source
from replication.files import file_digest


def fetch(dataset: str, destination: Path, own: OwnDataset | None = None) -> None:
    """Write the pinned contents of a dataset into `destination`, by file name; what is there and right stays.

    Args:
        dataset: its name.
        destination: the folder.
        own: where the files are, of a dataset of one's own.

    Raises:
        UserError: unknown dataset, or a file cannot be had as pinned.
    """
    if own is not None:
        import_own(dataset, own, destination)
        return
    source = load_source(dataset)
    destination.mkdir(parents=True, exist_ok=True)
    for file in source.files:
        present = {name: destination / name for name in file.contents}
        if source.recorded or not all(
            path.is_file() and file_digest(path) == file.contents[name] for name, path in present.items()
        ):
            file.save(destination)
    source.check(destination, dataset)
