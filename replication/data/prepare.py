"""The stage `prepare`: raw files to splits in Parquet (written through HF `datasets`) and a data card."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import datasets

from replication.config import Preparation
from replication.data.card import data_card
from replication.data.clean import Cleaned, Item, clean
from replication.data.draw import draw
from replication.data.source import Source, load_source
from replication.data.splits import COLUMNS, content_digest
from replication.errors import UserError
from replication.records import write_json

WITHHELD = ("pool", "test")


def prepare(dataset: str, raw: Path, destination: Path, settings: Preparation) -> None:
    """Write a dataset's splits and card into `destination`; the same inputs give the same bytes.

    Args:
        dataset: name of a source.
        raw: what `fetch` wrote.
        destination: the folder for the Parquet files and `card.json`.
        settings: sizes, similarity and seed.

    Raises:
        UserError: raw files are missing or damaged, or there are too few items for the sizes.
    """
    prepare_source(dataset, load_source(dataset), raw, destination, settings)


def prepare_source(dataset: str, source: Source, raw: Path, destination: Path, settings: Preparation) -> None:
    """As `prepare`, for a source that is at hand."""
    source.check(raw, dataset)
    classes = list(source.classes)
    try:
        cleaned = clean(source.read(raw), classes, settings.similarity)
        chosen = draw({item.id: item.label for item in cleaned.items}, classes, settings)
    except UserError as error:
        raise UserError(f"{dataset}: {error}") from None
    splits = _by_split(cleaned, chosen)
    datasets.disable_progress_bars()
    destination.mkdir(parents=True, exist_ok=True)
    contents: dict[str, str] = {}
    for stem, columns in _tables(splits).items():
        _write_parquet(destination / f"{stem}.parquet", columns, classes)
        contents[f"{stem}.parquet"] = content_digest(stem, columns)
    write_json(destination / "card.json", data_card(dataset, source, settings, cleaned, splits, contents))


def _by_split(cleaned: Cleaned, chosen: dict[str, list[str]]) -> dict[str, list[Item]]:
    items = {item.id: item for item in cleaned.items}
    return {split: [items[id_] for id_ in ids] for split, ids in chosen.items()}


def _tables(splits: dict[str, list[Item]]) -> dict[str, dict[str, list[Any]]]:
    """The columns of each Parquet file."""
    tables: dict[str, dict[str, list[Any]]] = {}
    for split, items in splits.items():
        tables[split] = {name: [getattr(item, name) for item in items] for name in COLUMNS[split]}
    hidden = [(split, item) for split in WITHHELD for item in splits[split]]
    tables["withheld"] = {
        "id": [item.id for _, item in hidden],
        "split": [split for split, _ in hidden],
        "label": [item.label for _, item in hidden],
    }
    return tables


def _write_parquet(path: Path, columns: dict[str, list[Any]], classes: list[str]) -> None:
    text = datasets.Value("string")
    features = {name: datasets.ClassLabel(names=classes) if name == "label" else text for name in columns}
    table = datasets.Dataset.from_dict(columns, features=datasets.Features(features))
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        table.to_parquet(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
