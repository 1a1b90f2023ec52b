"""`cards.json`: the data cards, by dataset."""

from __future__ import annotations

from pydantic import BaseModel


class DataFile(BaseModel):
    """A pinned file that a dataset was read from."""

    file: str
    sha256: str
    contents: dict[str, str]


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
