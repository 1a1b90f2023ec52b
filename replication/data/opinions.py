"""Posts written by a grammar: junk, mostly hidden in a real review, hard ordinary ones, and reviews as they are.

Every draw comes from a generator keyed by the seed and the post's own place (period, family, number), so that a change
to one family leaves the sentences of the others as they are. Every kind of post has nearly the same distribution of
lengths: a longer sentence takes a shorter review to hide in.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from replication.data.carriers import Carriers, openings
from replication.data.disguise import evade, misspell
from replication.data.grammar import Disguise, Grammar, Period, PeriodName
from replication.data.pattern import expand
from replication.data.source import RawItem
from replication.errors import UserError

ORDINARY, HARD = "ordinary", "ordinary_hard"
JUNK = "junk"
SHORTEST = 8
"""Characters of a carrier, at the least."""
SENTENCES = 3
"""Of a post without a review, at the most."""
BOUNDARY = re.compile(r"[,，。！？!?~…;；]|(?<!\d)\.(?!\w)")


@dataclass(frozen=True)
class Post:
    """What is to be written."""

    period: PeriodName
    family: str
    """Of junk, or `ordinary` or `ordinary_hard`."""
    number: int
    """Among those of its period and family."""

    def generator(self, seed: int, purpose: str) -> np.random.Generator:
        """Random numbers that depend on seed, post and purpose alone."""
        key = hashlib.sha256(f"{seed}:{purpose}:{self.period}:{self.family}:{self.number}".encode()).digest()
        return np.random.default_rng(int.from_bytes(key[:16], "little"))


def write_posts(grammar: Grammar, reviews: Iterable[str], seed: int) -> Iterator[RawItem]:
    """Write all posts of a grammar.

    Args:
        grammar: patterns, words and rates.
        reviews: real reviews, raw; no review is used in two posts.
        seed: of every draw.

    Raises:
        UserError: fewer different reviews than the posts need.
    """
    carriers = Carriers(openings(reviews, SHORTEST, grammar.lengths.most), seed)
    posts = [post for name, period in sorted(grammar.periods.items()) for post in plan(grammar, name, period)]
    posts.sort(key=lambda post: post.generator(seed, "order").bytes(16))
    for post in posts:
        if not len(carriers):
            raise UserError(f"periods: {len(posts)} items need more reviews than there are; lower periods.*.items")
        yield RawItem(_text(grammar, post, carriers, seed), *_facts(grammar, post))


def plan(grammar: Grammar, name: PeriodName, period: Period) -> Iterator[Post]:
    """The posts of a period, by family."""
    junk = round(period.items * period.junk)
    hard = round((period.items - junk) * period.hard)
    counts = {ORDINARY: period.items - junk - hard, HARD: hard}
    for families, total in ((grammar.trained, junk), (grammar.untrained, period.held_out)):
        weights = {f: grammar.families[f].periods[name].weight for f in families if name in grammar.families[f].periods}
        ends = np.cumsum([0.0, *weights.values()]) / (sum(weights.values()) or 1.0) * total
        counts |= dict(zip(weights, np.diff(np.rint(ends)).astype(int).tolist(), strict=True))
    for family, count in counts.items():
        yield from (Post(name, family, number) for number in range(count))


def _facts(grammar: Grammar, post: Post) -> tuple[str, dict[str, str]]:
    """Label and facts of a post."""
    extra = {"family": post.family, "period": post.period}
    if post.family in (ORDINARY, HARD):
        return ORDINARY, extra
    return JUNK, extra | ({"held_out": "test"} if grammar.families[post.family].held_out else {})


def _text(grammar: Grammar, post: Post, carriers: Carriers, seed: int) -> str:
    random = post.generator(seed, "text")
    lengths, period = grammar.lengths, grammar.periods[post.period]
    drawn = float(lengths.median * np.exp(lengths.spread * random.standard_normal()))
    length = round(min(max(drawn, lengths.least), lengths.most))
    if post.family == ORDINARY:
        return carriers.take(length)
    alone = bool(random.random() < period.alone)
    sentence = _sentence(grammar, post, length if alone else 0, random)
    if post.family != HARD:
        sentence = evade(sentence, _disguises(grammar, post.family), period.evasions, grammar, random)
    text = sentence if alone else hide(sentence, carriers.take(max(SHORTEST, length - len(sentence))), grammar, random)
    return text if post.family != HARD else misspell(text, period.habits, grammar, random)


def _sentence(grammar: Grammar, post: Post, length: int, random: np.random.Generator) -> str:
    """One sentence, or as many as `length` takes, and a way to get in touch."""
    period = grammar.periods[post.period]
    if post.family == HARD:
        family = sorted(grammar.families)[int(random.integers(len(grammar.families)))]
        patterns, contacts, rate = grammar.families[family].honest, "honest_contact", period.honest_contact
        words = grammar.lists(family, None)
    else:
        patterns = grammar.families[post.family].periods[post.period].patterns
        contacts, rate = f"contact_{post.period}", period.contact
        words = grammar.lists(post.family, post.period)
    parts: list[str] = []
    for row in random.permutation(len(patterns))[:SENTENCES]:
        parts.append(expand(patterns[row], words, random))
        if sum(map(len, parts)) >= length - SHORTEST:
            break
    if random.random() < rate:
        parts.append(expand(f"{{{contacts}}}", words, random))
    return "".join(part + _pick(grammar.seams, random) for part in parts[:-1]) + parts[-1]


def _disguises(grammar: Grammar, family: str) -> dict[str, Disguise]:
    return {**grammar.disguises, **grammar.families[family].disguises}


def hide(sentence: str, carrier: str, grammar: Grammar, random: np.random.Generator) -> str:
    """Put a sentence before, behind or, where a review has several sentences or clauses, between those of a review."""
    inside = [match.end() for match in BOUNDARY.finditer(carrier) if match.end() < len(carrier)]
    place = int(random.integers(3))
    if place == 2 and inside:
        cut = inside[int(random.integers(len(inside)))]
        return carrier[:cut] + sentence + _pick(grammar.seams, random) + carrier[cut:]
    if place == 0:
        return sentence + _pick(grammar.seams, random) + carrier
    seam = "" if BOUNDARY.search(carrier[-1:]) else _pick(grammar.seams, random)
    return carrier + seam + sentence


def _pick(options: Sequence[str], random: np.random.Generator) -> str:
    return options[int(random.integers(len(options)))]
