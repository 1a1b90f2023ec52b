"""Patterns: Chinese text with choices, optional parts, words from lists and random digits, and how one is written out.

`{name}` stands for a word of the list `name`, `(a|b)` for one of several, `[a|b]` for one of several or nothing, `#`
for a digit (not 0 where a number begins). Patterns nest, and words of a list are patterns again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from replication.errors import nearest

INNERMOST = re.compile(r"\{([^{}()\[\]|]*)\}|\(([^{}()\[\]]*)\)|\[([^{}()\[\]]*)\]")
SLOT = re.compile(r"\{([^{}()\[\]|]*)\}")
DIGIT = re.compile(r"(?<![\d#.])#|#")
PRESENT = 0.6
"""Chance that an optional part is there."""


def expand(pattern: str, words: Mapping[str, Sequence[str]], random: np.random.Generator) -> str:
    """Write a pattern out.

    Args:
        pattern: one that `complaint` finds nothing wrong with.
        words: the lists that it may name.
        random: where every choice is drawn from, words before the parts around them and from left to right.
    """

    def choose(match: re.Match[str]) -> str:
        name, several, perhaps = match.groups()
        if name is not None:
            return _one(words[name], random)
        if perhaps is not None and random.random() >= PRESENT:
            return ""
        return _one((several if several is not None else perhaps).split("|"), random)

    text = pattern
    while INNERMOST.search(text):
        text = INNERMOST.sub(choose, text)
    return DIGIT.sub(lambda match: _digit(match, text, random), text)


def complaint(pattern: str, words: Mapping[str, Sequence[str]]) -> str:
    """What is wrong with a pattern, as half a sentence; empty when nothing is."""
    for name in SLOT.findall(pattern):
        if name not in words:
            return f"no list of words is called {name!r}{nearest(name, words)}"
    for name in sorted(_named([pattern], words)):
        if name in _named(words[name], words):
            return f"the list of words {name!r} contains itself"
    left = pattern
    while INNERMOST.search(left):
        left = INNERMOST.sub("", left)
    found = re.search(r"[{}()\[\]|]", left)
    return f"{found[0]!r} stands alone; brackets close, and '|' stands inside ( ) or [ ]" if found else ""


def _named(patterns: Sequence[str], words: Mapping[str, Sequence[str]]) -> set[str]:
    """The lists that patterns name, and those that their words name in turn."""
    found: set[str] = set()
    left = list(patterns)
    while left:
        new = {name for name in SLOT.findall(left.pop()) if name in words} - found
        found |= new
        left += [word for name in sorted(new) for word in words[name]]
    return found


def _one(options: Sequence[str], random: np.random.Generator) -> str:
    return options[int(random.integers(len(options)))]


def _digit(match: re.Match[str], text: str, random: np.random.Generator) -> str:
    begins = match.start() == 0 or not re.match(r"[\d#.]", text[match.start() - 1])
    return str(random.integers(1 if begins else 0, 10))
