from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from replication.data.fetch import fetch
from replication.data.source import load_source
from replication.errors import UserError
from tests.data.mirror import needs_mirror

REVIEWS = 'label,review\n1,"很好,很""大"""\n0,差。\n\n1,"两行\n的评论"\n'


@pytest.mark.parametrize(
    ("dataset", "name"), [("chnsenticorp_htl", "ChnSentiCorp_htl_all.csv"), ("waimai_10k", "waimai_10k.csv")]
)
def test_a_file_of_reviews_is_read(tmp_path: Path, dataset: str, name: str) -> None:
    (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + REVIEWS.encode())
    items = list(load_source(dataset).read(tmp_path))
    assert [(item.text, item.label) for item in items] == [
        ('很好,很"大"', "1"),
        ("差。", "0"),
        ("两行\n的评论", "1"),
    ]


def test_the_category_is_the_class_of_a_shopping_review(tmp_path: Path) -> None:
    text = "cat,label,review\n书籍,1,好书\n水果,0,坏了\n"
    (tmp_path / "online_shopping_10_cats.csv").write_text(text, encoding="utf-8")
    items = list(load_source("shopping_categories").read(tmp_path))
    assert [(item.text, item.label) for item in items] == [("好书", "书籍"), ("坏了", "水果")]


def test_a_title_keeps_the_side_it_was_published_on(tmp_path: Path) -> None:
    (tmp_path / "dev.txt").write_text("股市大跌\t2\r\n双\t色球\t7\n", encoding="utf-8")
    (tmp_path / "test.txt").write_text("高考时间表\t3\n", encoding="utf-8")
    items = list(load_source("thucnews_titles").read(tmp_path))
    assert [(item.text, item.label, item.extra["side"]) for item in items] == [
        ("股市大跌", "stocks", "train"),
        ("双\t色球", "sports", "train"),
        ("高考时间表", "education", "test"),
    ]


@pytest.mark.parametrize("line", ["没有标签", "标题\t10", "标题\tx"])
def test_a_title_without_its_class_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "dev.txt").write_text(f"好\t0\n{line}\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"dev\.txt: line 2: expected title<TAB>0 to 9"):
        list(load_source("thucnews_titles").read(tmp_path))


@needs_mirror
@pytest.mark.parametrize(
    ("dataset", "expected"),
    [
        ("chnsenticorp_htl", {"0": 2444, "1": 5322}),
        ("waimai_10k", {"0": 7987, "1": 4000}),
        ("shopping_categories", {"书籍": 3851, "平板": 10000, "手机": 2323, "水果": 10000, "洗发水": 10000,
                                 "热水器": 575, "蒙牛": 2033, "衣服": 10000, "计算机": 3992, "酒店": 10000}),
    ],
)  # fmt: skip
def test_the_real_file_has_all_its_reviews(tmp_path: Path, dataset: str, expected: dict[str, int]) -> None:
    fetch(dataset, tmp_path)
    assert Counter(item.label for item in load_source(dataset).read(tmp_path)) == expected


@needs_mirror
def test_the_real_titles_are_a_thousand_a_class_on_each_side(tmp_path: Path) -> None:
    fetch("thucnews_titles", tmp_path)
    source = load_source("thucnews_titles")
    counts = Counter((item.extra["side"], item.label) for item in source.read(tmp_path))
    assert counts == {(side, name): 1000 for side in ("train", "test") for name in source.classes}
