from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from replication.data.pattern import PRESENT, complaint, expand

WORDS = {"fruit": ["苹果", "梨"], "basket": ["一篮{fruit}", "空"], "looped": ["{other}"], "other": ["又{looped}", "x"]}


def expansions(pattern: str, count: int = 400) -> Counter[str]:
    random = np.random.default_rng(5)
    return Counter(expand(pattern, WORDS, random) for _ in range(count))


def test_text_without_signs_stays() -> None:
    assert expansions("好吃，5折。", 3) == {"好吃，5折。": 3}


def test_one_of_several_each_as_often() -> None:
    found = expansions("(甲|乙|)买{fruit}")
    assert found.keys() == {"甲买苹果", "甲买梨", "乙买苹果", "乙买梨", "买苹果", "买梨"}
    assert all(40 < count < 95 for count in found.values())


def test_an_optional_part_is_there_as_often_as_documented() -> None:
    found = expansions("很[非常|特别]好", 2000)
    assert found.keys() == {"很好", "很非常好", "很特别好"}
    assert abs(1 - found["很好"] / 2000 - PRESENT) < 0.04


def test_parts_and_words_nest() -> None:
    assert expansions("(买[了]{basket}|不买)").keys() == {
        *("买一篮苹果", "买一篮梨", "买空", "买了一篮苹果", "买了一篮梨", "买了空", "不买"),
    }


def test_a_number_does_not_begin_with_nought_unless_it_is_written_so() -> None:
    found = list(expansions("##元#.#%，0##，电129##"))
    assert all(re.fullmatch(r"[1-9]\d元[1-9]\.\d%，0\d\d，电129\d\d", text) for text in found)
    assert {text[-2] for text in found} == set("0123456789")
    assert {text[0] for text in found} == set("123456789")


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("买{fruits}", "no list of words is called 'fruits' (did you mean 'fruit'?)"),
        ("(买|卖", "'(' stands alone"),
        ("买|卖", "'|' stands alone"),
        ("买]", "']' stands alone"),
        ("({fruit})]", "']' stands alone"),
        ("{fruit|梨}", "'{' stands alone"),
        ("说{looped}", "the list of words 'looped' contains itself"),
    ],
)
def test_what_is_wrong_is_said(pattern: str, says: str) -> None:
    assert says in complaint(pattern, WORDS)


def test_nothing_is_wrong_with_what_can_be_written_out() -> None:
    for pattern in ("", "好", "(甲|[乙]|{basket})#[?]", "[(a|b)c]"):
        assert complaint(pattern, WORDS) == ""
