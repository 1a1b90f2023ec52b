"""Real reviews as carriers: openings of reviews, short enough to hide a sentence in, each given out once."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence

from replication.data.duplicates import near_duplicate_groups
from replication.data.normalise import normalise

SENTENCE_END = re.compile(r"[。！？!?~…;；]+|\.{2,}|(?<!\d)\.(?!\w)")
PAUSE = re.compile(r"[,，、]")
SIMILARITY = 0.6
"""Jaccard similarity from which on two openings are one; below the usual 0.7, since a sentence is to be added."""


def openings(reviews: Iterable[str], least: int, most: int) -> list[str]:
    """The openings of different reviews: whole sentences where they fit, else up to a pause.

    Args:
        reviews: raw texts.
        least: characters of an opening, at the least.
        most: and at the most.

    Returns:
        Normalised openings, no two of them near-duplicates and none a part of another, in the order of their texts.
    """
    found = {opening(text, most) for text in map(normalise, reviews)}
    whole = _outermost(sorted(text for text in found if len(text) >= least), least)
    groups = near_duplicate_groups(whole, SIMILARITY)
    return [text for row, text in enumerate(whole) if groups[row] == row]


def _outermost(texts: Sequence[str], least: int) -> list[str]:
    """The texts, each of at least `least` characters, that stand in no other one."""
    by_start: defaultdict[str, list[str]] = defaultdict(list)
    for text in texts:
        by_start[text[:least]].append(text)
    inner: set[str] = set()
    for text in texts:
        for start in range(len(text) - least + 1):
            possible = by_start.get(text[start : start + least], ())
            inner.update(other for other in possible if other != text and text.startswith(other, start))
    return [text for text in texts if text not in inner]


def opening(text: str, most: int) -> str:
    """The longest opening of a normalised text that ends with it, with a sentence or at a pause; empty if none fits."""
    if len(text) <= most:
        return text
    ends = [match.end() for match in SENTENCE_END.finditer(text) if match.end() <= most]
    pauses = [match.start() for match in PAUSE.finditer(text) if match.start() <= most]
    if ends and (not pauses or ends[-1] >= pauses[-1] - most // 2):
        return text[: ends[-1]].strip()
    return text[: pauses[-1]].strip() if pauses else ""


class Carriers:
    """Openings by length; each is taken once."""

    def __init__(self, texts: Iterable[str], seed: int) -> None:
        """Order equal lengths by a hash of seed and text, so that which one is taken says nothing."""
        keyed = ((len(text), hashlib.sha256(f"{seed}:{text}".encode()).hexdigest(), text) for text in texts)
        self._left = sorted(keyed)

    def __len__(self) -> int:
        return len(self._left)

    def take(self, length: int) -> str:
        """The opening whose length is nearest.

        Raises:
            IndexError: none is left.
        """
        place = bisect_left(self._left, (length, "", ""))
        near = [row for row in (place - 1, place) if 0 <= row < len(self._left)]
        if not near:
            raise IndexError("no opening is left")
        return self._left.pop(min(near, key=lambda row: (abs(self._left[row][0] - length), row)))[2]
