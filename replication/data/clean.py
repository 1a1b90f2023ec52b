"""From a source's raw items to one item a group of near-duplicates, and a count of all that was dropped."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from replication.data.duplicates import near_duplicate_groups
from replication.data.normalise import normalise
from replication.data.source import REMEDY, RawItem
from replication.errors import UserError, nearest


@dataclass(frozen=True)
class Item:
    """One normalised text."""

    id: str
    """First 16 hexadecimal digits of the sha256 of the text: the same wherever the text stands."""
    text: str
    label: int
    """Class index."""
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cleaned:
    """What is left, and where the rest of the raw items went; the four counts and the items add up to `raw_items`."""

    items: list[Item]
    """In ascending order of id."""
    raw_items: int
    empties_dropped: int
    """Without a letter or a digit."""
    conflicts_dropped: int
    """In groups of near-duplicates that bear different labels; such groups are dropped whole."""
    duplicates_dropped: int
    """Near-duplicates of an item that stayed."""


def clean(raw: Iterable[RawItem], classes: Sequence[str], similarity: float, remedy: str = REMEDY) -> Cleaned:
    """Normalise, and keep of each group of near-duplicates the item with the smallest id.

    Args:
        raw: a source's items.
        classes: label names by class index.
        similarity: Jaccard similarity in (0, 1] from which on two texts are near-duplicates.
        remedy: what to do where no item is left of a class.

    Raises:
        UserError: a label that is no class, or a class that no item is left of.
    """
    items = [_item(number, entry, classes) for number, entry in enumerate(raw, start=1)]
    filled = sorted((item for item in items if item.text), key=lambda item: (item.id, item.label))
    groups: defaultdict[int, list[Item]] = defaultdict(list)
    for group, item in zip(near_duplicate_groups([item.text for item in filled], similarity), filled, strict=True):
        groups[group].append(item)
    agreeing = [members for members in groups.values() if len({item.label for item in members}) == 1]
    kept = sorted((members[0] for members in agreeing), key=lambda item: item.id)
    in_agreement = sum(map(len, agreeing))
    for index, name in enumerate(classes):
        if all(item.label != index for item in kept):
            raise UserError(f"class {name!r}: no item is left of {len(items)} raw ones; {remedy}")
    return Cleaned(
        items=kept,
        raw_items=len(items),
        empties_dropped=len(items) - len(filled),
        conflicts_dropped=len(filled) - in_agreement,
        duplicates_dropped=in_agreement - len(kept),
    )


def _item(number: int, entry: RawItem, classes: Sequence[str]) -> Item:
    if entry.label not in classes:
        hint = nearest(entry.label, classes)
        raise UserError(f"item {number}: unknown label {entry.label!r}{hint}; the classes are {', '.join(classes)}")
    text = normalise(entry.text)
    return Item(text_id(text), text, classes.index(entry.label), entry.extra)


def text_id(text: str) -> str:
    """Identify a normalised text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
