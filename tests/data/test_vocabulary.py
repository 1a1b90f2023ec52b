from __future__ import annotations

import numpy as np
import pytest

from replication.data.vocabulary import CharacterVocabulary
from replication.errors import UserError


def test_characters_are_numbered_by_falling_count_then_code_point_whatever_the_order_of_texts() -> None:
    texts = ["好好坏", "好坏a", "b"]
    vocabulary = CharacterVocabulary.build(texts, min_count=1)
    assert vocabulary.to_list() == ["好", "坏", "a", "b"]
    assert CharacterVocabulary.build(reversed(texts), min_count=1).to_list() == vocabulary.to_list()
    assert len(vocabulary) == 6


def test_rare_characters_are_unknown() -> None:
    vocabulary = CharacterVocabulary.build(["好好坏坏a"], min_count=2)
    assert vocabulary.to_list() == ["坏", "好"]
    assert vocabulary.encode(["好a坏"], 8).tolist() == [[3, 1, 2]]


def test_texts_are_cut_and_padded_at_the_end() -> None:
    vocabulary = CharacterVocabulary(["好", "坏"])
    encoded = vocabulary.encode(["好坏好坏", "", "坏新"], 3)
    assert encoded.dtype == np.int64
    assert encoded.tolist() == [[2, 3, 2], [0, 0, 0], [3, 1, 0]]
    assert vocabulary.encode([], 3).shape == (0, 0)


def test_the_list_gives_the_same_vocabulary_back() -> None:
    vocabulary = CharacterVocabulary.build(["𠮷好吃😀"], min_count=1)
    again = CharacterVocabulary(vocabulary.to_list())
    assert again.encode(["好😀𠮷?"], 9).tolist() == vocabulary.encode(["好😀𠮷?"], 9).tolist()


@pytest.mark.parametrize("characters", [["好", "好"], ["好的"], [""]])
def test_a_damaged_list_is_an_error(characters: list[str]) -> None:
    with pytest.raises(UserError, match="vocabulary"):
        CharacterVocabulary(characters)
