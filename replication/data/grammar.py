"""A grammar of opinions: the file of patterns, words and rates that junk and hard ordinary posts are written by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from replication.data.pattern import complaint
from replication.errors import UserError, nearest
from replication.strict import Name, Positive, Strict, read_yaml, validate

PeriodName = Literal["legacy", "current"]
Share = Annotated[float, Field(ge=0, le=1)]
Texts = Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]
Lists = dict[Name, Texts]


class Evasions(Strict):
    """How often a junk sentence is disguised in each way."""

    variant: Share
    """Variant characters: the traditional form or one that looks alike."""
    split: Share
    """A character written as its two halves."""
    homophone: Share
    """A character or word that sounds alike."""
    symbol: Share
    """Symbols or spaces between the characters of a word."""
    digits: Share
    """Numbers in Chinese or other digits."""
    full_width: Share
    """Letters and digits in full width. Normalisation undoes it, as the encoders' own does."""
    emoji: Share
    """Pictures for words or beside them."""


class Habits(Strict):
    """How often a hard ordinary post shows the same peculiarities, for other reasons."""

    words: Share
    symbol: Share
    digits: Share
    full_width: Share
    emoji: Share


class Period(Strict):
    """How many posts a period has, and of which kinds."""

    items: PositiveInt
    """Posts, before near-duplicates are dropped."""
    held_out: Annotated[int, Field(ge=0)]
    """Posts of held-out families, on top."""
    junk: Share
    """Share of junk among the items."""
    hard: Share
    """Share of the hard among the ordinary items."""
    alone: Share
    """Share of the sentences that stand without a review around them."""
    contact: Share
    """Share of junk posts that say how to get in touch."""
    honest_contact: Share
    """Share of hard ordinary posts that do."""
    evasions: Evasions
    habits: Habits


class Lengths(Strict):
    """Log-normal lengths of whole posts, in characters, the same for posts of all kinds."""

    median: Positive
    spread: Positive
    """Standard deviation of the logarithm."""
    least: PositiveInt
    most: PositiveInt


class Disguise(Strict):
    """What a word turns into, by kind of evasion."""

    variant: list[str] = Field(default_factory=list)
    split: list[str] = Field(default_factory=list)
    homophone: list[str] = Field(default_factory=list)
    emoji: list[str] = Field(default_factory=list)


class Wording(Strict):
    """How a family writes in one period."""

    weight: Positive
    """Its share of the period's junk, up to a factor."""
    patterns: Texts
    words: Lists = Field(default_factory=dict)


class Family(Strict):
    """A kind of junk, and what honest people say in the same words."""

    gloss: str
    held_out: bool = False
    """Whether the test set alone may have it."""
    words: Lists = Field(default_factory=dict)
    periods: Annotated[dict[PeriodName, Wording], Field(min_length=1)]
    disguises: Annotated[dict[str, Disguise], Field(min_length=1)]
    honest: Texts


class Grammar(Strict):
    """The whole file."""

    periods: dict[PeriodName, Period]
    lengths: Lengths
    seams: Annotated[list[str], Field(min_length=1)]
    """What joins a sentence to the review around it."""
    marks: Texts
    """What stands between the characters of a word."""
    emoji: Texts
    digits: Annotated[list[Annotated[str, Field(min_length=10, max_length=10)]], Field(min_length=1)]
    """Ways to write 0 to 9, ten characters each."""
    words: Lists
    disguises: dict[str, Disguise]
    habits: dict[str, Texts]
    """What an ordinary writer makes of a word."""
    families: dict[Name, Family]

    def lists(self, family: str, period: PeriodName | None) -> Mapping[str, Sequence[str]]:
        """The word lists that a family's patterns may name, in a period or (None) in honest use."""
        kind = self.families[family]
        wording = kind.periods.get(period) if period else None
        return {**self.words, **kind.words, **(wording.words if wording else {})}

    @cached_property
    def trained(self) -> list[str]:
        """The families that are not held out."""
        return [name for name, family in self.families.items() if not family.held_out]

    @cached_property
    def untrained(self) -> list[str]:
        """The families that the test set alone may have."""
        return [name for name, family in self.families.items() if family.held_out]


def load_grammar(path: Path) -> Grammar:
    """Read and check a grammar.

    Raises:
        UserError: the file is missing, not YAML, or has a key, value or pattern that is not allowed.
    """
    grammar = validate(Grammar, read_yaml(path), str(path))
    for key, reason in _faults(grammar):
        raise UserError(f"{path}: {key}: {reason}; correct it")
    return grammar


def _faults(grammar: Grammar) -> Iterator[tuple[str, str]]:
    """Keys and what is wrong with them, beyond types and ranges."""
    for period in ("legacy", "current"):
        if period not in grammar.periods:
            yield "periods", f"{period!r} is missing"
    for name in ("contact_legacy", "contact_current", "honest_contact"):
        if name not in grammar.words:
            yield "words", f"the list {name!r} is missing{nearest(name, grammar.words)}"
    if grammar.lengths.least > grammar.lengths.most:
        yield "lengths.least", f"{grammar.lengths.least} is more than lengths.most, {grammar.lengths.most}"
    for name, family in grammar.families.items():
        if family.held_out and set(family.periods) != {"current"}:
            yield f"families.{name}.periods", "a held-out family has the period 'current' alone"
    for period, facts in grammar.periods.items():
        writers = {bool(family.held_out) for family in grammar.families.values() if period in family.periods}
        if False not in writers or (facts.held_out and True not in writers):
            yield f"periods.{period}", "no family writes its items"
    for key, patterns, words in _patterns(grammar):
        for number, pattern in enumerate(patterns):
            if reason := complaint(pattern, words):
                yield f"{key}.{number}", f"{pattern!r}: {reason}"


def _patterns(grammar: Grammar) -> Iterator[tuple[str, Sequence[str], Mapping[str, Sequence[str]]]]:
    """Every list of patterns: its key, the patterns, the words they may name."""
    for name, patterns in grammar.words.items():
        yield f"words.{name}", patterns, grammar.words
    for name, family in grammar.families.items():
        for list_name, patterns in family.words.items():
            yield f"families.{name}.words.{list_name}", patterns, grammar.lists(name, None)
        for period, wording in family.periods.items():
            for list_name, patterns in wording.words.items():
                yield f"families.{name}.periods.{period}.words.{list_name}", patterns, grammar.lists(name, period)
            yield f"families.{name}.periods.{period}.patterns", wording.patterns, grammar.lists(name, period)
        yield f"families.{name}.honest", family.honest, grammar.lists(name, None)
