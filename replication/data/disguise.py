"""How a sentence is disguised: other characters for its words, symbols between them, other digits, emoji.

Junk does it to slip past a filter, ordinary people for fun or out of anger; both go through the same functions, so that
no sign and no spelling gives a label away by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from replication.data.grammar import Disguise, Evasions, Grammar, Habits

KINDS = ("variant", "split", "homophone", "emoji")
MISSPELT = 2
"""Words of an ordinary post that are misspelt, at the most."""
NUMBER = re.compile(r"\d{2,}")
WORD = re.compile(r"[一-鿿]{2,}")
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if chr(code).isalnum()}
LETTERS = re.compile(r"[0-9A-Za-z]+")


def evade(
    text: str, words: Mapping[str, Disguise], rates: Evasions, grammar: Grammar, random: np.random.Generator
) -> str:
    """Disguise a junk sentence.

    Args:
        text: the sentence.
        words: the words that filters look for, and what becomes of them.
        rates: how often each evasion is used.
        grammar: marks, digits and emoji.
        random: where every choice is drawn from.
    """
    active = [kind for kind in KINDS if random.random() < getattr(rates, kind)]
    symbol, digits, wide = (random.random() < rate for rate in (rates.symbol, rates.digits, rates.full_width))
    if symbol:
        known = [word for word in words if len(word) > 1 and word in text]
        text = spread(text, known, grammar.marks, random)
    options = {word: [form for kind in active for form in getattr(disguise, kind)] for word, disguise in words.items()}
    text = replace(text, options, random)
    if "emoji" in active:
        text = decorate(text, grammar.emoji, random)
    return _renumber(text, digits, wide, grammar, random)


def misspell(text: str, rates: Habits, grammar: Grammar, random: np.random.Generator) -> str:
    """Write a hard ordinary post as people do who are in a hurry, in a rage or in a good mood."""
    words, symbol, digits, wide, emoji = (
        random.random() < rate for rate in (rates.words, rates.symbol, rates.digits, rates.full_width, rates.emoji)
    )
    if symbol:
        text = spread(text, [word for word in grammar.habits if len(word) > 1 and word in text], grammar.marks, random)
    if words:
        known = [word for word in grammar.habits if word in text]
        chosen = random.permutation(len(known))[:MISSPELT]
        text = replace(text, {known[row]: grammar.habits[known[row]] for row in sorted(chosen)}, random)
    if emoji:
        text = decorate(text, grammar.emoji, random)
    return _renumber(text, digits, wide, grammar, random)


def replace(text: str, options: Mapping[str, Sequence[str]], random: np.random.Generator) -> str:
    """Put one of its forms in the place of every word that has any; longer words first."""
    for word in sorted(options, key=lambda word: (-len(word), word)):
        if options[word] and word in text:
            text = text.replace(word, options[word][int(random.integers(len(options[word])))])
    return text


def spread(text: str, words: Sequence[str], marks: Sequence[str], random: np.random.Generator) -> str:
    """Put a mark between the characters of one word: one of `words`, or where there is none any two to four."""
    chosen = ""
    if words:
        chosen = words[int(random.integers(len(words)))]
    elif stretches := WORD.findall(text):
        stretch = stretches[int(random.integers(len(stretches)))]
        length = min(len(stretch), int(random.integers(2, 5)))
        start = int(random.integers(len(stretch) - length + 1))
        chosen = stretch[start : start + length]
    mark = marks[int(random.integers(len(marks)))]
    return text.replace(chosen, mark.join(chosen), 1) if chosen else text


def decorate(text: str, emoji: Sequence[str], random: np.random.Generator) -> str:
    """Add one to three of one emoji at the beginning or the end."""
    sign = emoji[int(random.integers(len(emoji)))] * int(random.integers(1, 4))
    return f"{sign}{text}" if random.random() < 0.25 else f"{text}{sign}"


def renumber(text: str, digits: Sequence[str], random: np.random.Generator) -> str:
    """Write every number of two or more digits in other digits."""
    style = digits[int(random.integers(len(digits)))]
    return NUMBER.sub(lambda number: "".join(style[int(digit)] for digit in number[0]), text)


def widen(text: str) -> str:
    """ASCII letters and digits in full width."""
    return LETTERS.sub(lambda run: run[0].translate(FULL_WIDTH), text)


def _renumber(text: str, digits: bool, wide: bool, grammar: Grammar, random: np.random.Generator) -> str:
    if digits:
        text = renumber(text, grammar.digits, random)
    return widen(text) if wide else text
