from __future__ import annotations

from itertools import chain

import numpy as np
import pytest

from replication.data import disguise
from replication.data.grammar import Disguise, Evasions, Grammar, Habits, load_grammar
from replication.data.normalise import normalise
from replication.data.sources.spam_opinion_made import RECIPE

NEVER = dict.fromkeys(Evasions.model_fields, 0.0)
TEXT = "代开发票请加微信，电话12912345678"
WORDS = {
    "发票": Disguise(variant=["發票"], split=["发西示"], homophone=["花飘"], emoji=["🧾"]),
    "微信": Disguise(homophone=["威信"]),
    "加": Disguise(split=["力口"]),
}


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    return load_grammar(RECIPE.grammar)


def evaded(grammar: Grammar, kind: str, seed: int = 0) -> str:
    return disguise.evade(TEXT, WORDS, Evasions(**NEVER | {kind: 1.0}), grammar, np.random.default_rng(seed))


def test_no_evasion_and_no_habit_leave_the_text(grammar: Grammar) -> None:
    random = np.random.default_rng(0)
    assert disguise.evade(TEXT, WORDS, Evasions(**NEVER), grammar, random) == TEXT
    never = Habits(**dict.fromkeys(Habits.model_fields, 0.0))
    assert disguise.misspell(TEXT, never, grammar, random) == TEXT


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("variant", "代开發票请加微信，电话12912345678"),
        ("split", "代开发西示请力口微信，电话12912345678"),
        ("homophone", "代开花飘请加威信，电话12912345678"),
        ("full_width", "代开发票请加微信，电话１２９１２３４５６７８"),
    ],
)
def test_each_kind_of_writing(grammar: Grammar, kind: str, found: str) -> None:
    assert evaded(grammar, kind) == found


def test_symbols_stand_between_the_characters_of_a_known_word(grammar: Grammar) -> None:
    found = {evaded(grammar, "symbol", seed) for seed in range(60)}
    allowed = {TEXT.replace(word, mark.join(word)) for word in ("发票", "微信") for mark in grammar.marks}
    assert found <= allowed
    assert len(found) > 10


def test_numbers_in_other_digits_read_the_same(grammar: Grammar) -> None:
    for seed in range(20):
        text = evaded(grammar, "digits", seed)
        style = next(style for style in grammar.digits if text.endswith("".join(style[int(d)] for d in "12912345678")))
        assert text == TEXT.replace("12912345678", "".join(style[int(digit)] for digit in "12912345678"))


def test_emoji_replace_a_word_and_stand_beside_the_sentence(grammar: Grammar) -> None:
    text = evaded(grammar, "emoji")
    assert "代开🧾请加微信" in text
    assert any(text.startswith(sign) or text.endswith(sign) for sign in grammar.emoji)


def test_every_disguise_but_full_width_survives_normalisation(grammar: Grammar) -> None:
    tables = [grammar.disguises, *(family.disguises for family in grammar.families.values())]
    forms = {
        form: word
        for table in tables
        for word, entry in table.items()
        for form in chain(entry.variant, entry.split, entry.homophone, entry.emoji)
    }
    forms |= {form: word for word, entry in grammar.habits.items() for form in entry}
    for form, word in forms.items():
        assert normalise(f"好{form}好") == f"好{form}好", form
        assert form != word
    for sign in (*grammar.digits, *grammar.emoji):
        assert normalise(f"好{sign}好") == f"好{sign}好"
    for mark in grammar.marks:
        assert normalise(mark.join("发票")) == mark.join("发票") != "发票"
    assert all(len(set(style)) == 10 for style in grammar.digits)
    wide = disguise.widen(TEXT)
    assert wide != TEXT
    assert normalise(wide) == normalise(TEXT)


def test_habits_change_two_words_at_the_most(grammar: Grammar) -> None:
    always = Habits(**dict.fromkeys(Habits.model_fields, 0.0) | {"words": 1.0})
    text = "房间非常漂亮，服务不错，质量真的很好"
    for seed in range(20):
        found = disguise.misspell(text, always, grammar, np.random.default_rng(seed))
        changed = [word for word in grammar.habits if word in text and word not in found]
        assert 1 <= len(changed) <= 3  # a word may be a part of another
        assert found != text


def test_a_text_without_words_to_spread_stays() -> None:
    assert disguise.spread("ok 5", [], ["*"], np.random.default_rng(0)) == "ok 5"
    assert disguise.spread("很好", [], ["*"], np.random.default_rng(0)) == "很*好"
