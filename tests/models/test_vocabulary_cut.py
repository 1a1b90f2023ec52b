from __future__ import annotations

import copy
import json
import random
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from replication.data.package_files import read_members
from replication.errors import UserError
from replication.models.packaged_encoder import TOKENIZER
from replication.models.vocabulary_cut import ALLOWED, cut_vocabulary, is_allowed

TOY: dict[str, Any] = {
    "added_tokens": [{"id": 0, "content": "<s>"}, {"id": 6, "content": "<mask>"}],
    "post_processor": {"special_tokens": {"<s>": {"ids": [0]}, "<mask>": {"ids": [6]}}},
    "model": {
        "type": "Unigram",
        "unk_id": 2,
        "vocab": [
            ["<s>", 0.0], ["день", -5.0], ["<unk>", 0.0], ["▁好", -3.0], ["안", -9.0], ["été", -7.0], ["<mask>", 0.0],
            ["ok", -4.0], ["▁é", -6.0],
        ],
    },
}  # fmt: skip
SENTENCES = [
    "房间很干净,服务也不错,下次还会来!",
    "iPhone 15 Pro Max 降价 ￥8,999 元～速抢 😀👍🏻",
    "中文 and English mixed １２３ＡＢＣ、（全角）「引号」……",
    "加V信：ab_c-88  ①②③ ★☆ №1 ℃ ½ ‰ →",
    "日本の「アニメ」ひらがな ㈱ ㎡ 龘𠮷",
    "\t多  空   格\n换行",
]


def test_pieces_of_allowed_characters_stay_and_numbers_agree_everywhere() -> None:
    before = copy.deepcopy(TOY)
    cut, kept = cut_vocabulary(TOY)

    assert kept.tolist() == [0, 2, 3, 4, 6, 7, 8]  # 4 has the lowest score, which prices unknown characters
    assert [piece for piece, _ in cut["model"]["vocab"]] == ["<s>", "<unk>", "▁好", "안", "<mask>", "ok", "▁é"]
    assert cut["model"]["unk_id"] == 1
    assert [token["id"] for token in cut["added_tokens"]] == [0, 4]
    assert cut["post_processor"]["special_tokens"] == {"<s>": {"ids": [0]}, "<mask>": {"ids": [4]}}
    assert before == TOY


def test_another_kind_of_tokenizer_is_refused() -> None:
    with pytest.raises(UserError, match="expected a Unigram model, found 'BPE'"):
        cut_vocabulary({"model": {"type": "BPE"}})


@pytest.mark.parametrize(
    ("text", "allowed"), [("▁好的，OK！①😀の", True), ("été", False), ("да", False), ("안녕", False)]
)
def test_the_rule(text: str, allowed: bool) -> None:
    assert is_allowed(text) is allowed


@pytest.fixture(scope="module")
def tokenizers() -> tuple[Tokenizer, Tokenizer, list[int]]:
    """The full packaged tokenizer, the cut one, and the old number of each kept piece."""
    (content,) = read_members(TOKENIZER).values()
    full = json.loads(content)
    cut, kept = cut_vocabulary(full)
    return Tokenizer.from_str(content.decode()), Tokenizer.from_str(json.dumps(cut)), kept.tolist()


def test_the_cut_takes_more_than_half_and_keeps_chinese(tokenizers: tuple[Tokenizer, Tokenizer, list[int]]) -> None:
    full, cut, kept = tokenizers
    assert cut.get_vocab_size() == len(kept) < full.get_vocab_size() / 2
    assert np.all(np.diff(kept) > 0)
    assert all(cut.token_to_id(piece) is not None for piece in ("的", "▁", "。", "、", "😀", "<mask>", "0", "の"))
    assert all(cut.token_to_id(piece) is None for piece in ("▁на", "на", "안"))
    assert all(cut.token_to_id(piece) is not None for piece in ("▁β", "Д", "é"))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentences_of_allowed_characters_are_segmented_as_by_the_full_tokenizer(
    tokenizers: tuple[Tokenizer, Tokenizer, list[int]], sentence: str
) -> None:
    full, cut, kept = tokenizers
    expected, found = full.encode(sentence), cut.encode(sentence)
    assert found.tokens == expected.tokens
    assert [kept[number] for number in found.ids] == expected.ids


def test_random_texts_of_allowed_characters_are_segmented_the_same(
    tokenizers: tuple[Tokenizer, Tokenizer, list[int]],
) -> None:
    full, cut, kept = tokenizers
    generator, compared = random.Random(5), 0
    for _ in range(2000):
        ranges = generator.choices(ALLOWED, k=generator.randint(1, 40))
        text = "".join(chr(generator.randint(*generator.choice([bounds, (0x20, 0x7E)]))) for bounds in ranges)
        if is_allowed(cut.normalizer.normalize_str(text)):
            compared += 1
            assert [kept[number] for number in cut.encode(text).ids] == full.encode(text).ids
    assert compared > 1000
