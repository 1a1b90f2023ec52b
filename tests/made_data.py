"""Small, made prepared data, as the stage `prepare` leaves it: two ordinary sets and an opinion set."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from replication.data.splits import content_digest
from replication.files import digest, write_json

MALICIOUS = '<script>alert("x")</script> & 电话13800138000'
SIZES = {"labelled": 30, "pool": 20, "validation": 40, "test": 120}
HISTORY = {"history": 20, "history_validation": 40, "history_test": 60}
OPINION = "spam"
CLASSES = {
    "titles": ["体育", "science", "<b>stocks</b>"],
    "reviews": ["negative", "positive"],
    OPINION: ["ordinary", "junk"],
}
FAMILIES = {"ordinary": ["ordinary", "ordinary_hard"], "junk": ["loans", "gambling", "replicas"]}
"""Families of the opinion set by class; `replicas` are in the current test items alone."""


class Item(NamedTuple):
    """One made item."""

    id: str
    text: str
    label: int
    family: str
    period: str


def made_items(dataset: str, split: str) -> list[Item]:
    """The items of a split; those of `test` end with the legacy ones where the set has any."""
    if dataset == OPINION and split == "test":
        return _items(dataset, "test", SIZES["test"], "current") + _items(
            dataset, "history_test", HISTORY["history_test"], "legacy"
        )
    period = "" if dataset != OPINION else "legacy" if split in HISTORY else "current"
    return _items(dataset, split, (SIZES | HISTORY)[split], period)


def _items(dataset: str, split: str, size: int, period: str) -> list[Item]:
    classes = CLASSES[dataset]
    found = []
    for row in range(size):
        label = row % len(classes)
        families = FAMILIES[classes[label]] if period else [""]
        known = families if split == "test" or label == 0 else families[:2]
        family = known[row // len(classes) % len(known)]
        name = hashlib.sha256(f"{dataset}{split}{row}".encode()).hexdigest()[:16]
        found.append(Item(name, f"{MALICIOUS} {row}", label, family, period))
    return found


def items_of(dataset: str, split: str) -> tuple[list[str], list[str], list[int]]:
    """Ids, texts and labels of a split."""
    items = made_items(dataset, split)
    return [item.id for item in items], [item.text for item in items], [item.label for item in items]


def make_data(folder: Path, dataset: str, classes: list[str]) -> None:
    """Write prepared splits and their card."""
    folder.mkdir(parents=True)
    tables: dict[str, dict[str, list[Any]]] = {}
    splits = [*SIZES, *(["history", "history_validation"] if dataset == OPINION else [])]
    for split in splits:
        ids, texts, labels = items_of(dataset, split)
        tables[split] = {"id": ids, "text": texts}
        if split not in ("pool", "test"):
            tables[split]["label"] = labels
    withheld = [(split, item) for split in ("pool", "test") for item in made_items(dataset, split)]
    tables["withheld"] = {
        "id": [item.id for _, item in withheld],
        "split": [split for split, _ in withheld],
        "label": [item.label for _, item in withheld],
        "family": [item.family for _, item in withheld],
        "period": [item.period for _, item in withheld],
    }
    contents = {}
    for stem, columns in tables.items():
        pq.write_table(pa.table(columns), folder / f"{stem}.parquet")
        contents[f"{stem}.parquet"] = content_digest(stem, columns)
    write_json(folder / "card.json", _card(dataset, classes, contents))


def _card(dataset: str, classes: list[str], contents: dict[str, str]) -> dict[str, Any]:
    sizes = SIZES | ({split: HISTORY[split] for split in HISTORY} if dataset == OPINION else {})
    quantiles = {"minimum": 3.0, "median": 12.0, "95%": 40.0, "maximum": 60.0}
    card: dict[str, Any] = {
        "dataset": dataset,
        "title": dataset.capitalize(),
        "language": "Chinese (simplified)",
        "domain": "made",
        "kind": "semi-synthetic" if dataset == OPINION else "real",
        "licence": "MIT",
        "citation": "nobody <2020>",
        "classes": classes,
        "glosses": dict.fromkeys(classes, "a gloss"),
        "files": [{"file": "made 1.0, made.tar.gz", "sha256": "0" * 64, "contents": {}}],
        "raw_items": 300,
        "empties_dropped": 1,
        "conflicts_dropped": 2,
        "duplicates_dropped": 30,
        "items": 267,
        "counts": {split: {name: size // len(classes) for name in classes} for split, size in sizes.items()},
        "lengths": dict.fromkeys(sizes, quantiles),
        "contents": contents,
        "data": digest(classes, contents),
    }
    if dataset == OPINION:
        generation = {"grammar": "spam.yaml", "sha256": "1f" * 32, "seed": 7, "items": "2e" * 32}
        collections = {"base_station": {"records": 13686, "given": 800}, "forum": {"records": 20, "given": 7}}
        card |= {"families": _families(), "generation": generation, "collections": collections}
    return card


def _families() -> dict[str, Any]:
    """As the stage describes them; the counts of `test` are those of current items alone."""
    items = {split: _items(OPINION, split, size, "current") for split, size in SIZES.items()}
    items |= {split: _items(OPINION, split, size, "legacy") for split, size in HISTORY.items()}
    described = {}
    for name in [family for families in FAMILIES.values() for family in families]:
        counts = {split: sum(item.family == name for item in found) for split, found in items.items()}
        described[name] = {
            "counts": {split: {items[split][0].period: count} for split, count in counts.items() if count},
            "held_out": name == "replicas",
            "examples": [] if name == "replicas" else [f"{name} <b>{at}</b> 电话•••••••••••" for at in range(10)],
        }
    return described
