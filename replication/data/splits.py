"""Prepared splits as arrays: what training and evaluation read. No torch, no `datasets`.

Labels of pool and test lie apart, in `withheld.parquet`, so that a trainer cannot read them by accident.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from replication.errors import UserError
from replication.files import digest

SplitName = Literal["labelled", "pool", "validation", "test", "history", "history_validation"]
COLUMNS = {
    "labelled": ("id", "text", "label"),
    "pool": ("id", "text"),
    "validation": ("id", "text", "label"),
    "test": ("id", "text"),
    "history": ("id", "text", "label"),
    "history_validation": ("id", "text", "label"),
    "withheld": ("id", "split", "label", "family", "period"),
}
"""Columns of each Parquet file, by its stem. The two of history are there for sets with periods alone."""


@dataclass(frozen=True)
class Split:
    """Items of one split; row i of each field is the same item."""

    ids: list[str]
    texts: list[str]
    labels: npt.NDArray[np.int64] | None
    """Class indices [items], or None where the labels are withheld."""


@dataclass(frozen=True)
class Facts:
    """What is known of a withheld item besides its label."""

    family: str
    """The kind of junk, or `ordinary` or `ordinary_hard`."""
    period: str
    """`legacy` or `current`."""


@dataclass(frozen=True)
class Splits:
    """All splits of a dataset as training may see them.

    In a set with periods the first three are of the current one, `test` has current and then legacy items, and the last
    two, of legacy items alone, are for the historical model.
    """

    labelled: Split
    pool: Split
    validation: Split
    test: Split
    classes: list[str]
    """Names by class index."""
    digest: str
    """sha256 of the prepared data, withheld labels included."""
    history: Split | None = None
    history_validation: Split | None = None


def load_splits(folder: Path) -> Splits:
    """Read `build/data/<dataset>`, checking every file against the data card.

    Raises:
        UserError: a file is missing or damaged; the message names the stage to run.
    """
    card = load_card(folder)
    labelled, pool, validation, test = (
        _split(folder, name, card) for name in ("labelled", "pool", "validation", "test")
    )
    history, history_validation = (
        _split(folder, name, card) if f"{name}.parquet" in card["contents"] else None
        for name in ("history", "history_validation")
    )
    classes, data = list(card["classes"]), str(card["data"])
    return Splits(labelled, pool, validation, test, classes, data, history, history_validation)


def load_withheld(folder: Path, split: Literal["pool", "test"]) -> dict[str, int]:
    """Read the withheld class indices of one split, by item id, in the split's order. For `evaluate` alone.

    Raises:
        UserError: a file is missing or damaged; the message names the stage to run.
    """
    columns = _columns(folder, "withheld", load_card(folder))
    rows = zip(columns["id"], columns["split"], columns["label"], strict=True)
    return {id_: label for id_, name, label in rows if name == split}


def load_facts(folder: Path, split: Literal["pool", "test"]) -> dict[str, Facts]:
    """Read family and period of one withheld split's items, by item id; empty for a set without. For `evaluate` alone.

    Raises:
        UserError: a file is missing or damaged; the message names the stage to run.
    """
    columns = _columns(folder, "withheld", load_card(folder))
    rows = zip(*(columns[name] for name in ("id", "split", "family", "period")), strict=True)
    return {id_: Facts(family, period) for id_, name, family, period in rows if name == split and family}


def load_card(folder: Path) -> dict[str, Any]:
    """Read the data card.

    Raises:
        UserError: it is missing or damaged; the message names the stage to run.
    """
    path = folder / "card.json"
    try:
        card: Any = json.loads(path.read_text(encoding="utf-8"))
        if not {"classes", "contents", "data"} <= card.keys():
            raise ValueError("keys are missing")
    except (OSError, ValueError, AttributeError) as error:
        raise _not_prepared(path, error) from None
    return dict(card)


def content_digest(stem: str, columns: dict[str, list[Any]]) -> str:
    """sha256 of a file's contents (not its bytes, which depend on the Parquet writer's version)."""
    return digest(stem, [columns[name] for name in COLUMNS[stem]])


def _split(folder: Path, name: str, card: dict[str, Any]) -> Split:
    columns = _columns(folder, name, card)
    labels = np.array(columns["label"], dtype=np.int64) if "label" in columns else None
    return Split(columns["id"], columns["text"], labels)


def _columns(folder: Path, stem: str, card: dict[str, Any]) -> dict[str, list[Any]]:
    path = folder / f"{stem}.parquet"
    try:
        with pq.ParquetFile(path) as file:  # `pq.read_table` would import pandas first
            table = file.read(list(COLUMNS[stem]))
        columns: dict[str, list[Any]] = {name: table[name].to_pylist() for name in COLUMNS[stem]}
    except (OSError, pa.ArrowException, KeyError) as error:
        raise _not_prepared(path, error) from None
    if content_digest(stem, columns) != card["contents"].get(path.name):
        raise _not_prepared(path, ValueError("differs from what card.json says"))
    return columns


def _not_prepared(path: Path, error: Exception) -> UserError:
    stage = f"prepare@{path.parent.name}"
    if isinstance(error, FileNotFoundError):
        return UserError(f"{path}: no such file; run {stage}")
    reason = " ".join(str(error).split())
    return UserError(f"{path}: not a prepared file ({reason}); run {stage} again")
