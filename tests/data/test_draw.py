from __future__ import annotations

import hashlib
import itertools
from collections import Counter

import pytest

from replication.config import Preparation
from replication.data.draw import draw
from replication.errors import UserError

CLASSES = ["a", "b", "c"]


def labels(count: int) -> dict[str, int]:
    """Six of ten items are a, three b, one c."""
    share = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2]
    return {hashlib.sha256(str(number).encode()).hexdigest()[:16]: share[number % 10] for number in range(count)}


def sizes(**changes: int) -> Preparation:
    given = {"labelled": 40, "pool": 200, "validation": 30, "test": 100, "seed": 0} | changes
    return Preparation(similarity=0.7, **given)


def test_sizes_shares_and_no_item_twice() -> None:
    by_id = labels(1000)
    chosen = draw(by_id, CLASSES, sizes())
    assert {split: len(ids) for split, ids in chosen.items()} == {
        "test": 100,
        "validation": 30,
        "labelled": 40,
        "pool": 200,
    }
    every = list(itertools.chain.from_iterable(chosen.values()))
    assert len(every) == len(set(every))
    assert set(every) <= by_id.keys()
    for ids in chosen.values():
        counts = Counter(by_id[id_] for id_ in ids)
        for label, share in enumerate((0.6, 0.3, 0.1)):
            assert abs(counts[label] - share * len(ids)) <= 1


def test_classes_are_mixed_in_the_order() -> None:
    by_id = labels(1000)
    first = [by_id[id_] for id_ in draw(by_id, CLASSES, sizes())["pool"][:50]]
    assert 20 <= first.count(0) <= 40


def test_same_items_in_another_order_give_the_same_splits() -> None:
    by_id = labels(1000)
    assert draw(dict(reversed(by_id.items())), CLASSES, sizes()) == draw(by_id, CLASSES, sizes())


def test_another_seed_gives_other_splits() -> None:
    by_id = labels(1000)
    assert set(draw(by_id, CLASSES, sizes(seed=1))["test"]) != set(draw(by_id, CLASSES, sizes())["test"])


@pytest.mark.parametrize("changed", ["labelled", "pool", "validation"])
def test_the_test_set_depends_on_no_other_size(changed: str) -> None:
    by_id = labels(1000)
    assert draw(by_id, CLASSES, sizes(**{changed: 60}))["test"] == draw(by_id, CLASSES, sizes())["test"]


@pytest.mark.parametrize("changed", ["labelled", "pool", "validation", "test"])
def test_a_larger_split_contains_the_smaller_one_and_hardly_moves_the_others(changed: str) -> None:
    by_id = labels(2000)
    before = draw(by_id, CLASSES, sizes())
    after = draw(by_id, CLASSES, sizes(**{changed: len(before[changed]) + 20}))
    assert set(before[changed]) < set(after[changed])
    for split in before.keys() - {changed}:
        # At most the 20 items that the changed split took, and a rounding step a class, are replaced.
        assert len(set(before[split]) - set(after[split])) <= 20 + len(CLASSES)
    moved = sum(len(set(before[split]) - set(after[split])) for split in before)
    assert moved <= 3 * (20 + len(CLASSES))


def test_more_items_replace_only_their_share() -> None:
    before = draw(labels(1000), CLASSES, sizes())
    after = draw(labels(1100), CLASSES, sizes())
    assert len(set(before["test"]) & set(after["test"])) >= 80


def test_all_items_can_be_used() -> None:
    by_id = labels(370)
    chosen = draw(by_id, CLASSES, sizes())
    assert set(itertools.chain.from_iterable(chosen.values())) == by_id.keys()


def test_too_few_items_name_the_key_and_how_many_there_are() -> None:
    with pytest.raises(UserError) as caught:
        draw(labels(300), CLASSES, sizes())
    assert str(caught.value).startswith("preparation.pool: 200 items asked for, 130 are there (300 in the set")
    assert "test, validation, labelled" in str(caught.value)
    with pytest.raises(UserError, match=r"preparation\.test: 100 items asked for, 90 are there .* no other split"):
        draw(labels(90), CLASSES, sizes())


def test_a_size_without_room_for_every_class_is_refused() -> None:
    with pytest.raises(UserError, match=r"preparation\.validation: 2 items are too few to have one of class 'c'"):
        draw(labels(1000), CLASSES, sizes(validation=2))
