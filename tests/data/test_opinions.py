from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from replication.data import opinions
from replication.data.carriers import Carriers
from replication.data.grammar import Grammar, load_grammar
from replication.data.opinions import HARD, ORDINARY, hide, plan, write_posts
from replication.data.source import RawItem
from replication.data.sources.spam_opinion_made import RECIPE
from replication.errors import UserError
from replication.files import digest

ITEMS = {"legacy": 60, "current": 200}


def small_grammar() -> Grammar:
    """The committed grammar with few items."""
    grammar = load_grammar(RECIPE.grammar)
    periods = {
        name: period.model_copy(update={"items": ITEMS[name], "held_out": 20 if name == "current" else 0})
        for name, period in grammar.periods.items()
    }
    return grammar.model_copy(update={"periods": periods})


def made_reviews(count: int = 400) -> list[str]:
    """Texts of different characters in several clauses."""
    random = np.random.default_rng(2)
    texts = []
    for _ in range(count):
        clauses = [
            "".join(chr(0x5000 + code) for code in random.integers(0, 3000, int(random.integers(4, 12))))
            for _ in range(int(random.integers(2, 6)))
        ]
        texts.append("，".join(clauses) + "。")
    return texts


def summary(items: Iterable[RawItem]) -> str:
    return digest([[item.text, item.label, item.extra] for item in items])


def test_counts_by_period_and_family() -> None:
    grammar = small_grammar()
    counts = Counter((item.extra["period"], item.extra["family"]) for item in write_posts(grammar, made_reviews(), 1))
    for period, facts in grammar.periods.items():
        items = ITEMS[period]
        junk = sum(counts[period, family] for family in grammar.trained)
        hard = round((items - junk) * facts.hard)
        assert junk == round(0.4 * items)
        assert (counts[period, ORDINARY], counts[period, HARD]) == (items - junk - hard, hard)
        assert all(counts[period, family] > 0 for family in grammar.trained)
    assert sum(counts["current", family] for family in grammar.untrained) == 20
    assert counts.total() == 280


def test_labels_and_held_out_marks() -> None:
    grammar = small_grammar()
    for item in write_posts(grammar, made_reviews(), 1):
        family = item.extra["family"]
        assert item.label == (ORDINARY if family in (ORDINARY, HARD) else "junk")
        assert item.extra.get("held_out") == ("test" if family in grammar.untrained else None)


def test_every_carrier_is_used_once(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []

    def take(self: Carriers, length: int) -> str:
        taken.append(original(self, length))
        return taken[-1]

    original = Carriers.take
    monkeypatch.setattr(Carriers, "take", take)
    items = list(write_posts(small_grammar(), made_reviews(), 1))
    assert len(taken) == len(set(taken))
    assert len(items) * 0.6 < len(taken) < len(items)
    plain = [item.text for item in items if item.extra["family"] == ORDINARY]
    assert set(plain) <= set(taken)


def test_junk_leaves_the_review_around_it_whole() -> None:
    grammar = small_grammar()
    review = "房间很大，早餐不错。下次再来"
    sentence = "加我领钱"
    found = {hide(sentence, review, grammar, np.random.default_rng(seed)) for seed in range(80)}
    before = {sentence + seam + review for seam in grammar.seams}
    behind = {review + seam + sentence for seam in grammar.seams}
    cuts = (review.index("早"), review.index("下次"))
    inside = {review[:cut] + sentence + seam + review[cut:] for cut in cuts for seam in grammar.seams}
    assert found <= before | behind | inside
    assert all(len(found & place) > 2 for place in (before, behind, inside))


def test_the_same_seed_gives_the_same_posts_in_any_process() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from tests.data.test_opinions import *\n"
        "print(summary(write_posts(small_grammar(), made_reviews(), 1)))"
    )
    root = str(Path(__file__).parents[2])
    found = {
        subprocess.run(
            [sys.executable, "-c", code, root],
            env={"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed in ("1", "2")
    }
    assert found == {summary(write_posts(small_grammar(), made_reviews(), 1))}


def test_another_seed_gives_other_posts() -> None:
    grammar, reviews = small_grammar(), made_reviews()
    assert summary(write_posts(grammar, reviews, 1)) != summary(write_posts(grammar, reviews, 2))


def test_the_order_of_the_reviews_and_their_repetitions_do_not_matter() -> None:
    grammar, reviews = small_grammar(), made_reviews()
    assert summary(write_posts(grammar, [*reversed(reviews), *reviews], 1)) == summary(write_posts(grammar, reviews, 1))


def test_a_pattern_more_in_one_family_leaves_the_sentences_of_the_others() -> None:
    grammar = small_grammar()
    loans = grammar.families["loans"]
    wording = loans.periods["current"]
    longer = wording.model_copy(update={"patterns": [*wording.patterns, "钱"]})
    changed = loans.model_copy(update={"periods": {**loans.periods, "current": longer}})
    other = grammar.model_copy(update={"families": {**grammar.families, "loans": changed}})

    def sentences(grammar: Grammar) -> dict[tuple[str, int], str]:
        posts = [post for name, period in grammar.periods.items() for post in plan(grammar, name, period)]
        return {
            (post.family, post.number): opinions._sentence(grammar, post, 20, post.generator(1, "text"))
            for post in posts
            if post.period == "current" and post.family != ORDINARY
        }

    before, after = sentences(grammar), sentences(other)
    assert {family for family, number in before if before[family, number] != after[family, number]} == {"loans"}


def test_too_few_reviews_are_said() -> None:
    with pytest.raises(
        UserError, match=r"periods: 280 items need more reviews than there are; lower periods\.\*\.items"
    ):
        list(write_posts(small_grammar(), made_reviews(50), 1))
