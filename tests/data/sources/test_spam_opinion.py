"""Parsing on made files, always; and on the real ones, where they are at hand, that format tells nothing."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from replication.data.card import collections
from replication.data.fetch import fetch
from replication.data.level import MARK, is_chinese
from replication.data.source import RawItem, load_source
from replication.data.sources import spam_opinion
from replication.errors import UserError
from tests.data.mirror import needs_mirror

SEEN = 1.05
"""How much better than the larger group's share a classifier of formats may be."""


def sentence(seed: int) -> str:
    generator = np.random.default_rng(seed)
    return "".join(chr(0x4E00 + code) for code in generator.integers(0, 20_000, 20))


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A few hundred posts of each kind in the formats of the real files, each as its source would write it."""
    monkeypatch.setattr(spam_opinion, "LEGACY", 40)
    seeds = iter(range(100_000))
    lines = []
    for number in range(500):
        text = f"【{sentence(next(seeds))}】，拨{number}13800000000！"
        label = number % 2
        lines.append(f"{label}\t{text}" if number % 3 else f"{label}\t{text}\t{' '.join(text)}")
    lines += [f"{number % 2}\t{sentence(next(seeds))}。" for number in range(80)]
    (tmp_path / "train.txt").write_text("\n".join(lines[:400]) + "\r\n", encoding="utf-8")
    (tmp_path / "mudou_spam_test.txt").write_text("\n".join([*lines[400:], "0"]) + "\n", encoding="utf-8")
    comments = [f"{n},train,race,{n % 2},{sentence(next(seeds))}{'NBA' if n % 7 else ''}啊…" for n in range(600)]
    for name in spam_opinion.COMMENTS:
        rows = comments if name == "train.csv" else []
        (tmp_path / name).write_text("\n".join([",split,topic,label,TEXT", *rows]) + "\n", encoding="utf-8-sig")
    for name in spam_opinion.BASE_STATION:
        rows = [" ".join(sentence(next(seeds))) + (" 点击 URLabc " if n else " ") for n in range(12)]
        (tmp_path / name).write_text("\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


def shares(items: list[RawItem], period: str) -> dict[str, tuple[float, float]]:
    """Share of junk and of marked posts, by source."""
    found = {}
    for source in sorted({item.extra["source"] for item in items if item.extra["period"] == period}):
        chosen = [item for item in items if (item.extra["source"], item.extra["period"]) == (source, period)]
        junk = sum(item.label == "junk" for item in chosen) / len(chosen)
        found[source] = junk, sum(MARK in item.text for item in chosen) / len(chosen)
    return found


def check_design(items: list[RawItem]) -> None:
    assert shares(items, "current") == {"comments": (0.5, 0.975), "messages": (0.5, 0.975)}
    assert shares(items, "legacy") == {"base_station": (1.0, 0.975), "messages": (0.0, 0.975)}
    assert all(is_chinese(character) or character == MARK for item in items for character in item.text)
    assert max(item.text.count(MARK) for item in items) == 1
    assert len({item.text for item in items}) == len(items)
    families = {(item.extra["period"], item.label): set[str]() for item in items}
    for item in items:
        families[item.extra["period"], item.label].add(item.extra["family"])
    assert families == {
        ("current", "junk"): {"spam_message", "abuse"},
        ("current", "ordinary"): {"ordinary_message", "ordinary_comment"},
        ("legacy", "junk"): {"advertising", "fraud", "illegal_trade"},
        ("legacy", "ordinary"): {"ordinary_message"},
    }


def test_made_files_are_read_and_matched(made: Path) -> None:
    items = list(spam_opinion.read(made))
    check_design(items)
    assert Counter(item.extra["period"] for item in items)["legacy"] == 80
    assert list(spam_opinion.read(made)) == items


def test_the_card_counts_what_the_files_have_and_what_is_read_of_it(made: Path) -> None:
    items = list(spam_opinion.read(made))
    found = collections(spam_opinion.SOURCE, made, items)["collections"]
    assert {name: part["records"] for name, part in found.items()} == {
        "messages": 580, "comments": 600, "base_station": 12 * len(spam_opinion.BASE_STATION),
    }  # fmt: skip
    assert found["base_station"]["given"] == 40
    assert sum(part["given"] for part in found.values()) == len(items)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("train.txt", "0\t好\n2\t坏\n", r"train\.txt: line 2: expected 0 or 1 before the text, found '2'"),
        ("dev.csv", ",split,topic,label,TEXT\n1,dev,race,x,好\n", r"dev\.csv: line 2: label: expected 0 or 1"),
    ],
)  # fmt: skip
def test_a_wrong_label_is_named(made: Path, name: str, content: str, message: str) -> None:
    (made / name).write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        list(spam_opinion.read(made))


def test_the_political_category_is_not_read() -> None:
    assert len(spam_opinion.BASE_STATION) == 12
    assert {name.partition(":")[0] for name in spam_opinion.BASE_STATION} == {"AD", "FR", "IL"}


def formats(texts: list[str]) -> np.ndarray:
    """Counts that tell how a text is written and not what it says [texts, features]."""
    rows = []
    for text in texts:
        kinds = Counter(unicodedata.category(character)[0] for character in text)
        latin = sum(character.isascii() and character.isalpha() for character in text)
        other = sum(character.isalpha() and not is_chinese(character) for character in text)
        digits = sum(character.isdigit() for character in text)
        rows.append([kinds["P"], kinds["S"], kinds["Z"], latin, other, digits, float(digits > 0)])
    return np.array(rows, dtype=float)


def told_apart(texts: list[str], groups: list[str]) -> float:
    """Accuracy of a logistic regression on formats, cross-validated, over the share of the larger group."""
    model = make_pipeline(StandardScaler(), LogisticRegression())
    guessed = cross_val_predict(model, formats(texts), np.array(groups), cv=5)
    return float(np.mean(guessed == np.array(groups))) / (max(Counter(groups).values()) / len(groups))


def test_formats_of_raw_texts_tell_the_sources_apart() -> None:
    """The measure can see: without levelling it tells a message from a comment."""
    raw = [f"【{sentence(n)}】拨13800000000！" for n in range(100)] + [sentence(n) for n in range(100, 200)]
    assert told_apart(raw, ["messages"] * 100 + ["comments"] * 100) > 1.9


def check_formats(items: list[RawItem]) -> None:
    for period in ("current", "legacy"):
        chosen = [item for item in items if item.extra["period"] == period]
        assert told_apart([item.text for item in chosen], [item.extra["source"] for item in chosen]) < SEEN


def test_formats_of_made_files_tell_nothing(made: Path) -> None:
    check_formats(list(spam_opinion.read(made)))


@needs_mirror
def test_formats_of_the_real_files_tell_nothing(tmp_path: Path) -> None:
    fetch("spam_opinion", tmp_path)
    items = list(load_source("spam_opinion").read(tmp_path))
    check_design(items)
    check_formats(items)
    periods = Counter((item.extra["period"], item.label) for item in items)
    assert periods["legacy", "junk"] == periods["legacy", "ordinary"] == 800
    assert periods["current", "junk"] == periods["current", "ordinary"] > 3000
