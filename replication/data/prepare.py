"""The stage `prepare`: raw files to splits in Parquet (written through HF `datasets`) and a data card.

A set whose items have a period (`extra["period"]`) is split in two: the usual splits are of the current period, the
legacy items give the historical model's own splits and a part of the test set, which stands after the current one.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import datasets

from replication.config import OwnDataset, Preparation
from replication.data.card import collections, data_card, generation
from replication.data.clean import Cleaned, Item, clean
from replication.data.draw import HISTORY, ORDER, draw
from replication.data.hub_files import recorded_files
from replication.data.own import own_source
from replication.data.source import Source, load_source
from replication.data.splits import COLUMNS, content_digest
from replication.errors import UserError
from replication.files import temporary_name, write_json

WITHHELD = {"pool": ["pool"], "test": ["test", "history_test"]}
"""What lies in `withheld.parquet` under a split's name, in this order."""
LABELLED = ("labelled", "validation", "history", "history_validation")


def prepare(dataset: str, raw: Path, destination: Path, settings: Preparation, own: OwnDataset | None = None) -> None:
    """Write a dataset's splits and card into `destination`; the same inputs give the same bytes.

    Args:
        dataset: name of a source.
        raw: what `fetch` wrote.
        destination: the folder for the Parquet files and `card.json`.
        settings: sizes, similarity and seed.
        own: where the files are, of a dataset of one's own.

    Raises:
        UserError: raw files are missing or damaged, or there are too few items for the sizes.
    """
    source = load_source(dataset) if own is None else own_source(dataset, own, raw)
    if source.recorded:
        source = replace(source, files=recorded_files(raw, dataset), recorded=False)
    prepare_source(dataset, source, raw, destination, settings)


def prepare_source(dataset: str, source: Source, raw: Path, destination: Path, settings: Preparation) -> None:
    """As `prepare`, for a source that is at hand."""
    source.check(raw, dataset)
    classes = list(source.classes)
    try:
        read = list(source.read(raw))
        cleaned = clean(read, classes, settings.similarity, source.remedy)
        splits = _by_split(cleaned, classes, settings)
    except UserError as error:
        raise UserError(f"{dataset}: {error}") from None
    datasets.disable_progress_bars()
    destination.mkdir(parents=True, exist_ok=True)
    contents: dict[str, str] = {}
    for stem, columns in _tables(splits).items():
        _write_parquet(destination / f"{stem}.parquet", columns, classes)
        contents[f"{stem}.parquet"] = content_digest(stem, columns)
    card = data_card(dataset, source, settings, cleaned, splits, contents)
    write_json(destination / "card.json", card | collections(source, raw, read) | generation(source, read))


def _by_split(cleaned: Cleaned, classes: list[str], settings: Preparation) -> dict[str, list[Item]]:
    """The items of each split; `history_test` apart from `test`, and the three of history in a set with periods alone.

    Raises:
        UserError: too few items, or some with a period and some without.
    """
    items = {item.id: item for item in cleaned.items}
    periods = {item.extra.get("period", "") for item in cleaned.items}
    if periods not in ({""}, {"current", "legacy"}):
        found = ", ".join(repr(period) for period in sorted(periods))
        raise UserError(f"periods: expected 'current' and 'legacy', or no item with one, found {found}; correct read()")
    sides = {item.extra.get("side", "") for item in cleaned.items}
    if sides != {""}:
        return _by_side(cleaned, classes, settings, sides)
    legacy = {item.id: item.label for item in cleaned.items if item.extra.get("period") == "legacy"}
    usual = {item.id: item.label for item in cleaned.items if item.id not in legacy}
    for_test = {item.id for item in cleaned.items if item.extra.get("held_out") == "test"}
    chosen = draw(usual, classes, settings, only_first=for_test)
    if legacy:
        chosen |= draw(legacy, classes, settings, order=HISTORY)
    return {split: [items[id_] for id_ in ids] for split, ids in chosen.items()}


def _by_side(cleaned: Cleaned, classes: list[str], settings: Preparation, sides: set[str]) -> dict[str, list[Item]]:
    """The items of each split of a set that is published in parts: each split is drawn from its own part.

    Raises:
        UserError: too few items in a part, or a part that is not known.
    """
    if not {"train", "test"} <= sides <= {"train", "validation", "test"}:
        found = ", ".join(repr(side) for side in sorted(sides))
        raise UserError(f"sides: expected 'train', 'test' and perhaps 'validation', found {found}; correct read()")
    validation = "validation" if "validation" in sides else "train"
    drawn_from = {"test": ["test"], validation: ["validation"]}
    drawn_from["train"] = [*drawn_from.get("train", []), "labelled", "pool"]
    chosen: dict[str, list[Item]] = {}
    for side, order in drawn_from.items():
        items = {item.id: item for item in cleaned.items if item.extra["side"] == side}
        drawn = draw({id_: item.label for id_, item in items.items()}, classes, settings, order=order)
        chosen |= {split: [items[id_] for id_ in ids] for split, ids in drawn.items()}
    return {split: chosen[split] for split in ORDER}


def _tables(splits: dict[str, list[Item]]) -> dict[str, dict[str, list[Any]]]:
    """The columns of each Parquet file."""
    files = {split: splits[split] for split in LABELLED if split in splits}
    hidden = {name: [item for part in parts for item in splits.get(part, [])] for name, parts in WITHHELD.items()}
    tables: dict[str, dict[str, list[Any]]] = {}
    for stem, items in {**files, **hidden}.items():
        tables[stem] = {name: [getattr(item, name) for item in items] for name in COLUMNS[stem]}
    rows = [(name, item) for name, items in hidden.items() for item in items]
    tables["withheld"] = {
        "id": [item.id for _, item in rows],
        "split": [name for name, _ in rows],
        "label": [item.label for _, item in rows],
        "family": [item.extra.get("family", "") for _, item in rows],
        "period": [item.extra.get("period", "") for _, item in rows],
    }
    return tables


def _write_parquet(path: Path, columns: dict[str, list[Any]], classes: list[str]) -> None:
    text = datasets.Value("string")
    features = {name: datasets.ClassLabel(names=classes) if name == "label" else text for name in columns}
    table = datasets.Dataset.from_dict(columns, features=datasets.Features(features))
    temporary = temporary_name(path)
    try:
        table.to_parquet(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
