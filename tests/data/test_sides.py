from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from replication.data.prepare import prepare_source
from replication.data.source import RawItem
from replication.data.splits import load_card, load_splits
from replication.errors import UserError
from tests.data.test_prepare import SETTINGS, made_source, read


def prepared(tmp_path: Path, sides: list[str]) -> Path:
    """The made set, published in parts: the items take the sides in turn."""

    def with_sides(folder: Path) -> list[RawItem]:
        items = enumerate(read(folder))
        return [RawItem(item.text, item.label, {"side": sides[row // 2 % len(sides)]}) for row, item in items]

    source = dataclasses.replace(made_source(tmp_path / "raw"), read=with_sides)
    prepare_source("made", source, tmp_path / "raw", tmp_path / "data", SETTINGS)
    return tmp_path / "data"


def test_a_published_test_side_is_all_that_the_test_items_come_from(tmp_path: Path) -> None:
    folder = prepared(tmp_path, ["train", "train", "test"])
    splits = load_splits(folder)
    assert [len(part.ids) for part in (splits.labelled, splits.pool, splits.validation, splits.test)] == [
        20,
        60,
        10,
        30,
    ]
    assert list(load_card(folder)["counts"]) == ["labelled", "pool", "test", "validation"]
    larger = dataclasses.replace(made_source(tmp_path / "raw"), read=read)
    side = {item.text: row // 2 % 3 for row, item in enumerate(larger.read(tmp_path / "raw"))}
    assert {side.get(text, 2) for text in splits.test.texts} == {2}
    for part in (splits.labelled, splits.pool, splits.validation):
        assert 2 not in {side.get(text, 0) for text in part.texts}


def test_too_few_items_on_a_side_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^made: preparation\.test: 30 items asked for, 1\d are there"):
        prepared(tmp_path, ["train"] * 10 + ["test"])


@pytest.mark.parametrize(("sides", "found"), [(["train", "dev"], "'dev', 'train'"), (["train"], "'train'")])
def test_sides_that_are_not_known_are_named(tmp_path: Path, sides: list[str], found: str) -> None:
    with pytest.raises(
        UserError, match=f"made: sides: expected 'train', 'test' and perhaps 'validation', found {found}"
    ):
        prepared(tmp_path, sides)
