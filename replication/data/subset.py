"""Prepared data with fewer labels: the first labelled items keep theirs, the others join the transfer pool without.

The texts stay the same, so both the student's vocabulary and what a teacher has said of each item still hold; the
files of validation and test are copied. The labelled split stands in a seeded order (see `draw`). Items are taken from
it in the order of (k + ½) / n, where k counts the items of a class so far and n is their number. That is Webster's
method of allotting seats: the classes keep their shares to within an item, and unlike with the largest remainder every
subset holds the smaller ones.
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

KEPT = ("validation", "test", "history", "history_validation")
"""Files that are copied."""

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

    What moves to the pool has its label in `withheld.parquet` as pool items have; its family is not known there.

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
    destination.mkdir(parents=True, exist_ok=True)
    tables = _tables({stem: _read(source, stem) for stem in ("labelled", "pool", "withheld")}, chosen)
    contents = dict(card["contents"])
    for stem, columns in tables.items():
        _write(destination / f"{stem}.parquet", columns)
        contents[f"{stem}.parquet"] = content_digest(stem, columns)
    for name in (f"{stem}.parquet" for stem in KEPT if f"{stem}.parquet" in contents):
        shutil.copyfile(source / name, destination / name)
    facts = {"dataset": card.get("dataset"), "classes": splits.classes, "labelled": size, "derived_from": splits.digest}
    write_json(destination / "card.json", facts | {"contents": contents, "data": digest(splits.classes, contents)})


def _tables(source: dict[str, Columns], chosen: set[int]) -> dict[str, Columns]:
    """The columns of the three files that change, from those of the source and the rows that keep their label."""
    labelled, withheld = source["labelled"], source["withheld"]
    kept = {name: [value for row, value in enumerate(column) if row in chosen] for name, column in labelled.items()}
    moved = {
        name: [value for row, value in enumerate(column) if row not in chosen] for name, column in labelled.items()
    }
    count, pool_rows = len(moved["id"]), withheld["split"].count("pool")
    periods = [period for split, period in zip(withheld["split"], withheld["period"], strict=True) if split == "pool"]
    period = periods[0] if periods else ""  # the pool and the labelled items are of one period
    added: Columns = {
        "id": moved["id"],
        "split": ["pool"] * count,
        "label": moved["label"],
        "family": [""] * count,
        "period": [period] * count,
    }
    return {
        "labelled": kept,
        "pool": {name: [*column, *moved[name]] for name, column in source["pool"].items()},
        "withheld": {
            name: [*column[:pool_rows], *added[name], *column[pool_rows:]] for name, column in withheld.items()
        },
    }


def _read(folder: Path, stem: str) -> Columns:
    table = pq.read_table(folder / f"{stem}.parquet", columns=list(COLUMNS[stem]))
    return {name: table[name].to_pylist() for name in COLUMNS[stem]}


def _write(path: Path, columns: Columns) -> None:
    temporary = temporary_name(path)
    pq.write_table(pa.table(columns), temporary, compression="zstd")
    temporary.replace(path)
