"""Prepared data with fewer labelled items: the first ones stay, the others are left out.

They do not join the transfer pool: a teacher that was trained on their labels would hand them on, since it has nearly
learned them by heart, and the student would have more labels than are counted. So the pool is the same at every size.
Vocabularies are of the texts that are left. What a teacher has said of each item still holds; the other files are
copied. The labelled split stands in a seeded order (see `draw`). Items are taken from it in the order of (k + ½) / n,
where k counts the items of a class so far and n is their number. That is Webster's method of allotting seats: the
classes keep their shares to within an item, and unlike with the largest remainder every subset holds the smaller ones.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from replication.data.splits import COLUMNS, content_digest, load_card, load_splits
from replication.errors import UserError
from replication.files import digest, temporary_name, write_json

LABELLED = "labelled"

Columns = dict[str, list[Any]]


def nested_order(labels: Sequence[int]) -> list[int]:
    """Rows in the order in which they are taken; the first n of it are stratified, whatever n is.

    Args:
        labels: class index of each row, in their seeded order.
    """
    sizes, seen = Counter(labels), Counter[int]()
    places = []
    for row, label in enumerate(labels):
        places.append(((seen[label] + 0.5) / sizes[label], row))
        seen[label] += 1
    return [row for _, row in sorted(places)]


def write_subset(source: Path, destination: Path, size: int) -> None:
    """Write the prepared data in which `size` labelled items are left.

    Args:
        source: what the stage `prepare` left.
        destination: a folder of the same form, which `load_splits` reads.
        size: labelled items to keep.

    Raises:
        UserError: the data is missing, or the size is not below the labelled items or too small for every class.
    """
    card, splits = load_card(source), load_splits(source)
    assert splits.labelled.labels is not None
    labels = [int(label) for label in splits.labelled.labels]
    if size >= len(labels):
        raise UserError(
            f"measurements.samples.sizes: {size}: expected fewer than the {len(labels)} labelled items of {source}; "
            "lower it"
        )
    chosen = set(nested_order(labels)[:size])
    for index, name in enumerate(splits.classes):
        if index not in {labels[row] for row in chosen}:
            raise UserError(
                f"measurements.samples.sizes: {size} items of {source} have none of class {name!r}; raise it"
            )
    shutil.rmtree(destination, ignore_errors=True)  # what DVC checked out there may be links into its cache
    destination.mkdir(parents=True)
    columns = {
        name: [value for row, value in enumerate(column) if row in chosen]
        for name, column in _read(source, LABELLED).items()
    }
    _write(destination / f"{LABELLED}.parquet", columns)
    contents = card["contents"] | {f"{LABELLED}.parquet": content_digest(LABELLED, columns)}
    for name in contents:
        if name != f"{LABELLED}.parquet":
            shutil.copyfile(source / name, destination / name)
    facts = {"dataset": card.get("dataset"), "classes": splits.classes, "labelled": size, "derived_from": splits.digest}
    write_json(destination / "card.json", facts | {"contents": contents, "data": digest(splits.classes, contents)})


def _read(folder: Path, stem: str) -> Columns:
    table = pq.read_table(folder / f"{stem}.parquet", columns=list(COLUMNS[stem]))
    return {name: table[name].to_pylist() for name in COLUMNS[stem]}


def _write(path: Path, columns: Columns) -> None:
    temporary = temporary_name(path)
    pq.write_table(pa.table(columns), temporary, compression="zstd")
    temporary.replace(path)
