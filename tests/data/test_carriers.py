from __future__ import annotations

import pytest

from replication.data.carriers import Carriers, opening, openings


@pytest.mark.parametrize(
    ("text", "most", "found"),
    [
        ("房间很大。", 10, "房间很大。"),
        ("房间很大。早餐也不错,就是贵了一点点", 12, "房间很大。"),
        ("房间很大,早餐也不错,就是贵了一点点", 12, "房间很大,早餐也不错"),
        ("很大。早餐也不错的,就是贵了一点点", 12, "很大。"),
        ("好。早餐真的也不错的样子,就是贵了一点点", 14, "好。早餐真的也不错的样子"),
        ("没有一个停顿的一句话就是这样的", 8, ""),
    ],
)
def test_an_opening_ends_with_a_sentence_or_at_a_pause(text: str, most: int, found: str) -> None:
    assert opening(text, most) == found


def test_openings_are_different_normalised_and_long_enough() -> None:
    reviews = [
        "房间很大，早餐也不错的样子\n",
        "房间很大,早餐也不错的样子!",
        "短",
        "内容还没有看,",
        "包装完好，内容还没有看，",
        "书到了，包装完好，内容还没有看",
        "书到了，包装完好，内容还没有看",
    ]
    found = openings(reviews, 8, 40)
    assert len(found) == 2
    assert "书到了,包装完好,内容还没有看" in found
    assert openings(reversed(reviews), 8, 40) == found


def test_each_is_given_out_once_the_nearest_in_length() -> None:
    carriers = Carriers(["一" * length for length in (10, 20, 30)], seed=0)
    assert [len(carriers.take(length)) for length in (21, 21, 100)] == [20, 30, 10]
    assert len(carriers) == 0
    with pytest.raises(IndexError):
        carriers.take(10)


def test_which_of_equal_length_comes_first_depends_on_the_seed() -> None:
    texts = [chr(0x4E00 + number) * 10 for number in range(20)]
    first = [Carriers(texts, seed).take(10) for seed in range(10)]
    assert len(set(first)) > 3
    assert [Carriers(reversed(texts), seed).take(10) for seed in range(10)] == first
