"""`cards.json`: the data cards, by dataset."""

from __future__ import annotations

from pydantic import BaseModel, Field


class DataFile(BaseModel):
    """A pinned file that a dataset was read from."""

    file: str
    sha256: str
    contents: dict[str, str]


class FamilyCard(BaseModel):
    """One kind of junk, or of ordinary text, of an opinion set."""

    counts: dict[str, dict[str, int]]
    """Items by split and period; what is not there is 0."""
    held_out: bool
    """Whether the test set alone has it."""
    examples: list[str]
    """Texts with names and long runs of digits masked."""

    def items(self, split: str) -> int:
        """Items of a split, in both periods."""
        return sum(self.counts.get(split, {}).values())


class Generation(BaseModel):
    """What made a generated set."""

    grammar: str
    sha256: str
    """Of the grammar's file."""
    seed: int
    items: str
    """sha256 of all that was generated."""


class Collection(BaseModel):
    """A collection that a set was put together of."""

    records: int
    """In its files."""
    given: int
    """Before preparation, of which near-duplicates and the like are still dropped."""


class DataCard(BaseModel):
    """What the report shows of a prepared dataset's card; a card may say more."""

    title: str
    language: str
    domain: str
    kind: str
    licence: str
    citation: str
    classes: list[str]
    glosses: dict[str, str]
    files: list[DataFile]
    raw_items: int
    empties_dropped: int
    conflicts_dropped: int
    duplicates_dropped: int
    items: int
    counts: dict[str, dict[str, int]]
    """Items by split and class name."""
    lengths: dict[str, dict[str, float]]
    """Quantiles of the texts' lengths in characters, by split."""
    data: str
    """sha256 of the prepared data."""
    families: dict[str, FamilyCard] = Field(default_factory=dict)
    """Of an opinion set."""
    collections: dict[str, Collection] = Field(default_factory=dict)
    """Of a set whose source leaves records out, by collection."""
    generation: Generation | None = None
    """Of a set that a program made in part."""

    def size(self, split: str) -> int:
        """Items of a split; 0 where the set has no such split."""
        return sum(self.counts.get(split, {}).values())
