from __future__ import annotations

import itertools
import random

import pytest

from replication.data.duplicates import jaccard, near_duplicate_groups, shingles
from replication.data.normalise import skeleton


def test_shingles_and_jaccard_by_hand() -> None:
    assert shingles("一二三四") == {"一二三", "二三四"}
    assert shingles("一二") == {"一二"}
    assert jaccard(shingles("一二三四"), shingles("一二三四五")) == pytest.approx(2 / 3)
    assert jaccard(shingles("一二"), shingles("三四")) == 0


def test_hand_made_groups() -> None:
    texts = [
        "加微信abc123领取优惠券,先到先得,数量有限",  # 0
        "今天的早餐很不错,服务员态度也好,推荐大家来住",  # 1
        "加微信abc999领取优惠券,先到先得,数量有限!!!",  # 2: as 0 after masking
        "今天的早餐很不错,服务员的态度也好,推荐大家来住",  # 3: one character more than 1
        "早餐很差",  # 4
        "早餐很好",  # 5
        "1.早餐很差。",  # 6: the same 3-grams as 4 and one more
    ]
    assert jaccard(shingles(skeleton(texts[1])), shingles(skeleton(texts[3]))) == pytest.approx(17 / 22)
    assert near_duplicate_groups(texts, 0.7) == [0, 1, 0, 1, 4, 5, 6]
    assert near_duplicate_groups(texts, 0.6) == [0, 1, 0, 1, 4, 5, 4]
    assert near_duplicate_groups(texts, 0.8) == [0, 1, 0, 3, 4, 5, 6]


def test_exact_matching_after_masking_is_the_least() -> None:
    assert near_duplicate_groups(["好 1", "好2!", "坏", "好"], 1.0) == [0, 0, 2, 3]


def test_groups_are_transitive() -> None:
    chain = ["甲乙丙丁戊己庚辛壬癸", "乙丙丁戊己庚辛壬癸子", "丙丁戊己庚辛壬癸子丑"]
    sets = [shingles(text) for text in chain]
    assert jaccard(sets[0], sets[1]) == pytest.approx(7 / 9)
    assert jaccard(sets[0], sets[2]) == pytest.approx(6 / 10)
    assert near_duplicate_groups(chain, 0.7) == [0, 0, 0]


def test_no_texts_and_one_text() -> None:
    assert near_duplicate_groups([], 0.7) == []
    assert near_duplicate_groups(["一"], 0.7) == [0]


@pytest.mark.parametrize("similarity", [0.5, 0.7, 0.9])
def test_same_groups_as_comparing_all_pairs(similarity: float) -> None:
    source = random.Random(5)
    alphabet = [chr(code) for code in range(0x4E00, 0x4E00 + 300)]
    texts: list[str] = []
    for _ in range(60):
        text = source.choices(alphabet, k=source.randint(2, 40))
        for _ in range(4):
            texts.append("".join(text))
            text = [source.choice(alphabet) if source.random() < 0.05 else character for character in text]
    source.shuffle(texts)
    sets = [shingles(skeleton(text)) for text in texts]
    expected = list(range(len(texts)))
    for one, two in itertools.combinations(range(len(texts)), 2):
        if jaccard(sets[one], sets[two]) >= similarity and expected[one] != expected[two]:
            low, high = sorted((expected[one], expected[two]))
            expected = [low if group == high else group for group in expected]
    found = near_duplicate_groups(texts, similarity)
    assert found == expected
    assert 60 < len(set(found)) < len(texts)


@pytest.mark.parametrize("percent", [5, 30, 50, 55, 60, 70, 80, 95, 100])
def test_pairs_about_the_threshold_are_told_apart_whatever_the_other_texts_hold(percent: int) -> None:
    """Pairs of texts of `size` 3-grams each that share as many as the threshold asks for, or one fewer."""
    for size in range(1, 61):
        fewest = -(-2 * size * percent // (100 + percent))
        for shared in (fewest - 1, fewest):
            characters = map(chr, itertools.count(0x4E00))
            common = "".join(itertools.islice(characters, shared + 2 if shared else 0))
            pair = [common + "".join(itertools.islice(characters, size + 2 - len(common))) for _ in range(2)]
            assert jaccard(*map(shingles, pair)) == pytest.approx(shared / (2 * size - shared))
            often = [common[start : start + 3] for start in range(shared)]
            others = [gram + "".join(itertools.islice(characters, 40)) for gram in often]  # the shared grams are common
            found = near_duplicate_groups([*others, *pair], percent / 100)
            assert (found[-1] == found[-2]) == (shared == fewest)


@pytest.mark.parametrize("percent", [5, 30, 50, 55, 60, 70, 80, 95, 100])
def test_a_text_that_is_the_least_part_of_another_is_found(percent: int) -> None:
    """All of its 3-grams are the other's, exactly as many as the threshold asks for, and common besides."""
    for size in range(1, 101):
        if size * percent % 100:
            continue
        characters = map(chr, itertools.count(0x4E00))
        whole = "".join(itertools.islice(characters, size + 2))
        part = whole[: size * percent // 100 + 2]
        often = [part[start : start + 3] for start in range(len(part) - 2)]
        others = [gram + "".join(itertools.islice(characters, 40)) for gram in often]
        for pair in ([whole, part], [part, whole]):
            found = near_duplicate_groups([*others, *pair], percent / 100)
            assert found[-1] == found[-2]
