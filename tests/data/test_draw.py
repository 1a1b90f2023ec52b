from __future__ import annotations

import hashlib
import itertools
from collections import Counter

import pytest

from replication.config import Preparation
from replication.data.draw import HISTORY, draw
from replication.errors import UserError

CLASSES = ["a", "b", "c"]


def labels(count: int) -> dict[str, int]:
    """Six of ten items are a, three b, one c."""
    share = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2]
    return {hashlib.sha256(str(number).encode()).hexdigest()[:16]: share[number % 10] for number in range(count)}


def sizes(**changes: int) -> Preparation:
    given = {"labelled": 40, "pool": 200, "validation": 30, "test": 100, "seed": 0}
    given |= {"history": 50, "history_validation": 20, "history_test": 30} | changes
    return Preparation.model_validate({"similarity": 0.7, **given})


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


def test_the_splits_of_history_take_in_their_own_order() -> None:
    by_id = labels(300)
    chosen = draw(by_id, CLASSES, sizes(), order=HISTORY)
    assert {split: len(ids) for split, ids in chosen.items()} == {
        "history_test": 30,
        "history_validation": 20,
        "history": 50,
    }
    assert len(set(itertools.chain.from_iterable(chosen.values()))) == 100
    with pytest.raises(UserError, match=r"preparation\.history: 260 items asked for, 250 .*history_validation"):
        draw(by_id, CLASSES, sizes(history=260), order=HISTORY)


def test_items_for_the_first_split_alone_go_nowhere_else_and_leave_the_shares() -> None:
    by_id = labels(1000)
    more = {f"x{number:03}": 1 for number in range(100)}  # of class b, which has 300 others
    chosen = draw(by_id | more, CLASSES, sizes(), only_first=more.keys())
    plain = draw(by_id, CLASSES, sizes())
    for split, ids in chosen.items():
        counts, before = (Counter((by_id | more)[id_] for id_ in drawn) for drawn in (ids, plain[split]))
        assert counts == before if split == "test" else all(abs(counts[label] - before[label]) <= 1 for label in before)
    assert all(set(ids).isdisjoint(more) for split, ids in chosen.items() if split != "test")
    assert 2 <= len(set(chosen["test"]) & more.keys()) <= 16  # 30 of class b, a quarter of whose items are these


def test_items_for_the_first_split_do_not_fill_another() -> None:
    by_id = labels(300)
    more = {f"x{number:03}": 1 for number in range(100)}
    with pytest.raises(UserError, match=r"preparation\.pool: 200 items asked for, 1\d\d are there"):
        draw(by_id | more, CLASSES, sizes(), only_first=more.keys())
