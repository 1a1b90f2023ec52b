"""The data card: what a prepared dataset is, where it comes from, what was dropped, and how it looks.

Of a set with periods, `counts` and `lengths` tell the current test items (`test`) from the legacy ones
(`history_test`), and `families` has each kind of junk or ordinary text with its counts and examples.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from replication.config import Preparation
from replication.data.clean import Cleaned, Item
from replication.data.normalise import mask_persons
from replication.data.source import RawItem, Source
from replication.files import digest, file_digest

EXAMPLES = 5
FAMILY_EXAMPLES = 10
QUANTILES = {"minimum": 0.0, "quarter": 0.25, "median": 0.5, "three_quarters": 0.75, "95%": 0.95, "maximum": 1.0}


def data_card(
    dataset: str,
    source: Source,
    settings: Preparation,
    cleaned: Cleaned,
    splits: dict[str, list[Item]],
    contents: dict[str, str],
) -> dict[str, Any]:
    """Describe a prepared dataset. The key `families` is there when its items have families.

    Args:
        dataset: its name.
        source: where it comes from.
        settings: how it was prepared.
        cleaned: the items and the counts of what was dropped.
        splits: items by split.
        contents: content digest by Parquet file.
    """
    classes = list(source.classes)
    card = {
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
    described = families(cleaned.items, splits)
    return card | ({"families": described} if described else {})


def collections(source: Source, folder: Path, raw: Sequence[RawItem]) -> dict[str, Any]:
    """What a source left out before preparation: records in the files and records that it gave, by collection.

    Args:
        source: where the items come from.
        folder: its raw files.
        raw: the items as it gave them.

    Returns:
        One key `collections`; nothing for a source that gives all that it has.
    """
    if source.records is None:
        return {}
    given = Counter(item.extra["source"] for item in raw)
    found = source.records(folder).items()
    return {"collections": {name: {"records": count, "given": given[name]} for name, count in found}}


def generation(source: Source, raw: Sequence[RawItem]) -> dict[str, Any]:
    """What made a generated set: its grammar's name and sha256, the seed, and the sha256 of all that came of them.

    Args:
        source: where the items come from.
        raw: the items as the source gave them.

    Returns:
        One key `generation`; nothing for a set that was not generated.
    """
    recipe = source.recipe
    if recipe is None:
        return {}
    made = digest([[item.text, item.label, item.extra] for item in raw])
    facts = {"grammar": recipe.grammar.name, "sha256": file_digest(recipe.grammar), "seed": recipe.seed, "items": made}
    return {"generation": facts}


def families(items: Sequence[Item], splits: dict[str, list[Item]]) -> dict[str, dict[str, Any]]:
    """By family: items by split and period, whether the test set alone has it, and masked examples.

    Half of the examples are current and half legacy, where a family has both; none is of the test set.
    """
    tested = {item.id for name in ("test", "history_test") for item in splits.get(name, [])}
    described: dict[str, dict[str, Any]] = {}
    for family in sorted({item.extra["family"] for item in items if item.extra.get("family")}):
        members = [item for item in items if item.extra.get("family") == family]
        counts = {
            split: Counter(item.extra.get("period", "") for item in chosen if item.extra.get("family") == family)
            for split, chosen in splits.items()
        }
        described[family] = {
            "counts": {split: dict(sorted(found.items())) for split, found in counts.items() if found},
            "held_out": all(item.extra.get("held_out") == "test" for item in members),
            "examples": _family_examples([item for item in members if item.id not in tested]),
        }
    return described


def _family_examples(items: Sequence[Item]) -> list[str]:
    texts = {
        period: [mask_persons(item.text) for item in items if item.extra.get("period", "") == period]
        for period in ("current", "legacy")
    }
    half = FAMILY_EXAMPLES // 2
    legacy = texts["legacy"][: max(half, FAMILY_EXAMPLES - len(texts["current"]))]
    return texts["current"][: FAMILY_EXAMPLES - len(legacy)] + legacy


def class_counts(items: Sequence[Item], classes: Sequence[str]) -> dict[str, int]:
    """Items by class name."""
    counts = Counter(item.label for item in items)
    return {name: counts[index] for index, name in enumerate(classes)}


def length_quantiles(items: Sequence[Item]) -> dict[str, float]:
    """Quantiles of the texts' lengths, in characters."""
    lengths = [len(item.text) for item in items]
    return {name: round(float(np.quantile(lengths, level)), 1) for name, level in QUANTILES.items()}


def examples(items: Sequence[Item], classes: Sequence[str]) -> dict[str, list[str]]:
    """The first few texts of each class, with names and long runs of digits masked."""
    return {
        name: [mask_persons(item.text) for item in items if item.label == index][:EXAMPLES]
        for index, name in enumerate(classes)
    }
