"""The data card: what a prepared dataset is, where it comes from, what was dropped, and how it looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from replication.config import Preparation
from replication.data.clean import Cleaned, Item
from replication.data.normalise import mask_digits
from replication.data.source import Source
from replication.records import digest

EXAMPLES = 5
QUANTILES = {"minimum": 0.0, "quarter": 0.25, "median": 0.5, "three_quarters": 0.75, "95%": 0.95, "maximum": 1.0}


def data_card(
    dataset: str,
    source: Source,
    settings: Preparation,
    cleaned: Cleaned,
    splits: dict[str, list[Item]],
    contents: dict[str, str],
) -> dict[str, Any]:
    """Describe a prepared dataset.

    Args:
        dataset: its name.
        source: where it comes from.
        settings: how it was prepared.
        cleaned: the items and the counts of what was dropped.
        splits: items by split.
        contents: content digest by Parquet file.
    """
    classes = list(source.classes)
    return {
        "dataset": dataset,
        "title": source.title,
        "language": source.language,
        "domain": source.domain,
        "kind": source.kind,
        "licence": source.licence,
        "citation": source.citation,
        "classes": classes,
        "glosses": source.classes,
        "files": [
            {"file": str(file.location), "sha256": file.sha256, "contents": file.contents} for file in source.files
        ],
        "raw_items": cleaned.raw_items,
        "empties_dropped": cleaned.empties_dropped,
        "conflicts_dropped": cleaned.conflicts_dropped,
        "duplicates_dropped": cleaned.duplicates_dropped,
        "items": len(cleaned.items),
        "unused": len(cleaned.items) - sum(map(len, splits.values())),
        "counts": {split: class_counts(items, classes) for split, items in splits.items()},
        "lengths": {split: length_quantiles(items) for split, items in splits.items()},
        "examples": examples(splits["labelled"], classes),
        "preparation": settings.model_dump(),
        "contents": contents,
        "data": digest(classes, contents),
    }


def class_counts(items: Sequence[Item], classes: Sequence[str]) -> dict[str, int]:
    """Items by class name."""
    counts = Counter(item.label for item in items)
    return {name: counts[index] for index, name in enumerate(classes)}


def length_quantiles(items: Sequence[Item]) -> dict[str, float]:
    """Quantiles of the texts' lengths, in characters."""
    lengths = [len(item.text) for item in items]
    return {name: round(float(np.quantile(lengths, level)), 1) for name, level in QUANTILES.items()}


def examples(items: Sequence[Item], classes: Sequence[str]) -> dict[str, list[str]]:
    """The first few texts of each class, with long runs of digits masked."""
    return {
        name: [mask_digits(item.text) for item in items if item.label == index][:EXAMPLES]
        for index, name in enumerate(classes)
    }
