"""Items out of the Parquet files that `hub_files` leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from replication.data.source import RawItem
from replication.data.tables import parquet
from replication.errors import UserError


def read_sides(folder: Path, text: str, sides: dict[str, str], classes: Sequence[str]) -> Iterator[RawItem]:
    """Items with the side they are for; labels are class indices in the column `label`.

    Args:
        folder: with `<published split>-<number>.parquet`.
        text: the column of the texts.
        sides: published split -> `train`, `validation` or `test`.
        classes: names by class index.

    Raises:
        UserError: a file is damaged, or a label is none of the classes.
    """
    for split, side in sides.items():
        for path in sorted(folder.glob(f"{split}-*.parquet")):
            for row in parquet(path, (text, "label")):
                content, label = row.cells
                if label not in map(str, range(len(classes))):
                    raise UserError(f"{row.where}: label: expected 0 to {len(classes) - 1}, found {label}")
                yield RawItem(content, classes[int(label)], {"side": side})
