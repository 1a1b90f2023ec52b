"""Draw stratified splits that stay put: each split takes the first of each class in its own keyed order of the items.

An item's place in such an order depends on nothing but the seed, the split and the item's id. So a larger split
contains the smaller one, new items only push in between, and changing one size moves hardly anything elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence

from replication.config import Preparation
from replication.errors import UserError

ORDER = ("test", "validation", "labelled", "pool")
"""Who takes first. The test set comes first so that it depends on no other size."""
HISTORY = ("history_test", "history_validation", "history")
"""The same among the legacy items of a set with periods."""


def draw(
    labels: Mapping[str, int],
    classes: Sequence[str],
    settings: Preparation,
    order: Sequence[str] = ORDER,
    only_first: Collection[str] = (),
) -> dict[str, list[str]]:
    """Choose the items of each split, each class with its share.

    Args:
        labels: class index by item id.
        classes: names by class index.
        settings: sizes and seed.
        order: the splits, in the order in which they take; each is a key of `settings`.
        only_first: ids among `labels` that the first split alone may take. They take part in its draw as any item of
            their class does, and change the classes' shares in no split.

    Returns:
        Item ids by split, in the split's own keyed order (classes mixed).

    Raises:
        UserError: fewer items than the sizes ask for, or a size too small to have every class.
    """
    remaining: dict[int, set[str]] = {index: set() for index in range(len(classes))}
    reserved: dict[int, set[str]] = {index: set() for index in range(len(classes))}
    for id_, label in labels.items():
        (reserved if id_ in only_first else remaining)[label].add(id_)
    chosen: dict[str, list[str]] = {}
    for split in order:
        size: int = getattr(settings, split)
        counts = {label: len(ids) for label, ids in remaining.items()}
        _check(split, size, sum(counts.values()), len(labels), order)
        taken: list[str] = []
        for label, quota in _quotas(counts, size).items():
            if quota == 0 and split != "pool":
                raise UserError(
                    f"preparation.{split}: {size} items are too few to have one of class {classes[label]!r}; "
                    f"{len(classes)} classes share them; raise it"
                )
            eligible = remaining[label] | reserved[label] if split == order[0] else remaining[label]
            first = _in_order(eligible, settings.seed, split)[:quota]
            remaining[label].difference_update(first)
            taken += first
        chosen[split] = _in_order(taken, settings.seed, split)
    return chosen


def _in_order(ids: Iterable[str], seed: int, split: str) -> list[str]:
    return sorted(ids, key=lambda id_: hashlib.sha256(f"{seed}:{split}:{id_}".encode()).digest())


def _check(split: str, size: int, left: int, total: int, order: Sequence[str]) -> None:
    if size > left:
        before = ", ".join(order[: order.index(split)]) or "no other split"
        raise UserError(
            f"preparation.{split}: {size} items asked for, {left} are there ({total} in the set, duplicates dropped, "
            f"less those of {before}); lower it or another size"
        )


def _quotas(counts: Mapping[int, int], size: int) -> dict[int, int]:
    """Shares of `size` in proportion to `counts`, by largest remainder; at most the count of each class."""
    total = sum(counts.values())
    quotas = {label: size * count // total for label, count in counts.items()}
    by_remainder = sorted(counts, key=lambda label: (-(size * counts[label] % total), label))
    for label in by_remainder[: size - sum(quotas.values())]:
        quotas[label] += 1
    return quotas
