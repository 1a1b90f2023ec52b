from __future__ import annotations

import hashlib
import random

import pytest

from replication.data.clean import clean, text_id
from replication.data.source import RawItem
from replication.errors import UserError

CLASSES = ["bad", "good"]


def test_every_raw_item_is_accounted_for() -> None:
    raw = [
        RawItem("住得很舒服,下次还会再来的", "good"),
        RawItem("住得很舒服,下次还会再来的!", "good"),  # duplicate after dropping signs
        RawItem("　住得很舒服，下次还会再来的", "good"),  # the same text after normalising
        RawItem("早餐一般", "good"),  # conflict, whole group of three
        RawItem("早餐一般。", "bad"),
        RawItem("早餐一般", "good"),
        RawItem("！！！", "bad"),  # empty
        RawItem("房间又小又吵,再也不来了", "bad"),
    ]
    cleaned = clean(raw, CLASSES, 0.7)
    kept = {item.text: item.label for item in cleaned.items}
    duplicates = ("住得很舒服,下次还会再来的", "住得很舒服,下次还会再来的!")
    assert kept == {min(duplicates, key=text_id): 1, "房间又小又吵,再也不来了": 0}
    assert (cleaned.raw_items, cleaned.empties_dropped) == (8, 1)
    assert (cleaned.conflicts_dropped, cleaned.duplicates_dropped) == (3, 2)


def test_ids_are_of_the_normalised_text_and_the_order_of_the_source_does_not_matter() -> None:
    raw = [
        RawItem(f"第{chr(0x4E00 + 7 * number)}号房间{'很好' * (number % 5)}", CLASSES[number % 2])
        for number in range(60)
    ]
    cleaned = clean(raw, CLASSES, 0.9)
    for item in cleaned.items:
        assert item.id == hashlib.sha256(item.text.encode()).hexdigest()[:16]
    assert [item.id for item in cleaned.items] == sorted(item.id for item in cleaned.items)
    random.Random(1).shuffle(raw)
    assert clean(raw, CLASSES, 0.9) == cleaned


def test_further_facts_are_carried() -> None:
    raw = [RawItem("贷款快来", "bad", {"family": "loans"}), RawItem("好的", "good", {"family": "none"})]
    assert {item.text: item.extra["family"] for item in clean(raw, CLASSES, 0.7).items} == {
        "贷款快来": "loans",
        "好的": "none",
    }


def test_an_unknown_label_is_named_with_its_item() -> None:
    with pytest.raises(
        UserError, match=r"item 2: unknown label 'goood' \(did you mean 'good'\?\); the classes are bad"
    ):
        clean([RawItem("好", "good"), RawItem("很好", "goood")], CLASSES, 0.7)


def test_a_class_without_items_is_an_error() -> None:
    with pytest.raises(UserError, match="class 'bad': no item is left of 1 raw ones"):
        clean([RawItem("好", "good")], CLASSES, 0.7)
