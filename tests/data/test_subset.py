"""Prepared data with fewer labels: nested, stratified, whole."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from replication.data.splits import load_facts, load_splits, load_withheld
from replication.data.subset import nested_order, write_subset
from replication.errors import UserError
from tests.made_data import CLASSES, OPINION, make_data


@pytest.fixture
def source(tmp_path: Path) -> Path:
    make_data(tmp_path / OPINION, OPINION, CLASSES[OPINION])
    return tmp_path / OPINION


def derived(source: Path, size: int) -> Path:
    folder = source.parent / str(size) / "data"
    write_subset(source, folder, size)
    return folder


def test_the_order_takes_classes_in_turn_by_their_share() -> None:
    # Places: class 0 (k + 1/2)/4 = .125 .375 .625 .875; class 1 (k + 1/2)/2 = .25 .75.
    assert nested_order([0, 0, 0, 0, 1, 1]) == [0, 4, 1, 2, 5, 3]


def test_the_order_takes_items_of_a_class_as_they_stand() -> None:
    labels = [2, 0, 1, 0, 2, 1, 1, 0]
    order = nested_order(labels)
    assert sorted(order) == list(range(len(labels)))
    for label in (0, 1, 2):
        rows = [row for row in order if labels[row] == label]
        assert rows == sorted(rows)


@pytest.mark.parametrize("sizes", [(7, 1, 2), (40, 30, 30), (97, 2, 1), (5, 5, 5)])
def test_every_first_part_has_the_classes_shares_to_within_an_item(sizes: tuple[int, ...]) -> None:
    labels = [label for label, size in enumerate(sizes) for _ in range(size)]
    order = nested_order(labels)
    for count in range(1, len(labels) + 1):
        taken = Counter(labels[row] for row in order[:count])
        for label, size in enumerate(sizes):
            assert abs(taken[label] - count * size / len(labels)) <= 1


def test_subsets_are_nested(source: Path) -> None:
    smaller, larger = (load_splits(derived(source, size)).labelled.ids for size in (6, 20))
    assert len(smaller) == 6 and len(larger) == 20
    assert set(smaller) < set(larger) < set(load_splits(source).labelled.ids)
    assert smaller == [name for name in larger if name in smaller], "the order of the split stays"


def test_the_derived_data_is_prepared_data_without_the_other_labelled_items(source: Path) -> None:
    before, after = load_splits(source), load_splits(derived(source, 10))
    assert after.digest != before.digest and after.classes == before.classes
    assert after.labelled.labels is not None and before.labelled.labels is not None
    known = dict(zip(before.labelled.ids, zip(before.labelled.texts, before.labelled.labels, strict=True), strict=True))
    for name, text, label in zip(after.labelled.ids, after.labelled.texts, after.labelled.labels, strict=True):
        assert (text, label) == known[name]
    for name in ("pool", "validation", "test", "history", "history_validation"):
        assert getattr(after, name).ids == getattr(before, name).ids


def test_no_label_that_is_not_counted_reaches_the_student_by_way_of_its_teacher(source: Path) -> None:
    before, after = load_splits(source), load_splits(derived(source, 10))
    assert after.pool.labels is None
    left_out = set(before.labelled.ids) - set(after.labelled.ids)
    assert left_out and not left_out & set(after.pool.ids)


def test_no_test_or_validation_item_is_trained_on(source: Path) -> None:
    splits = load_splits(derived(source, 10))
    trained = {*splits.labelled.ids, *splits.pool.ids}
    assert not trained & {*splits.test.ids, *splits.validation.ids}


def test_withheld_labels_and_facts_stay_as_they_were(source: Path) -> None:
    folder = derived(source, 10)
    for split in ("pool", "test"):
        assert load_withheld(folder, split) == load_withheld(source, split)
        assert load_facts(folder, split) == load_facts(source, split)


def test_the_same_subset_is_the_same_data(source: Path) -> None:
    first = load_splits(derived(source, 10)).digest
    files = {path.name: path.read_bytes() for path in derived(source, 10).iterdir()}
    assert load_splits(derived(source, 10)).digest == first != load_splits(derived(source, 12)).digest
    assert files == {path.name: path.read_bytes() for path in derived(source, 10).iterdir()}


def test_a_size_that_is_no_subset_is_an_error(source: Path) -> None:
    with pytest.raises(UserError, match=r"sizes: 30: expected fewer than the 30 labelled items .*; lower it"):
        derived(source, 30)
    with pytest.raises(UserError, match=r"sizes: 1 items of .* have none of class 'junk'; raise it"):
        derived(source, 1)
