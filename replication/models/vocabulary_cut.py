"""The cut of the packaged tokenizer's vocabulary to the pieces that a Chinese corpus can meet.

The rule is fixed and knows no data: a piece stays when all its characters lie in `ALLOWED`, or when it is one letter of
`LETTERS`. A Unigram tokenizer weighs only the pieces that a text can be made of, so a text that is of allowed
characters once the tokenizer has normalised it is segmented as by the full tokenizer. For that the price of an unknown
character must stay too: it is set by the lowest score of all pieces, so one piece of that score is kept whatever it is.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replication.errors import UserError

ALLOWED = (
    (0x0009, 0x000D),  # tab and line ends
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x00BF),  # Latin-1 signs
    (0x00D7, 0x00D7),  # multiplication sign
    (0x00F7, 0x00F7),  # division sign
    (0x2000, 0x2BFF),  # punctuation, currencies, arrows, mathematics, enclosed figures, shapes, signs; the metaspace
    (0x2E80, 0x33FF),  # CJK radicals and punctuation, kana, bopomofo, strokes, enclosed and squared letters
    (0x3400, 0x4DBF),  # CJK extension A
    (0x4E00, 0x9FFF),  # CJK
    (0xF900, 0xFAFF),  # CJK compatibility
    (0xFE0F, 0xFE0F),  # emoji presentation
    (0xFE30, 0xFE6F),  # CJK compatibility and small forms
    (0xFF00, 0xFFEF),  # full-width and half-width forms
    (0x1F000, 0x1FAFF),  # emoji
    (0x20000, 0x3FFFF),  # further CJK extensions
)
"""First and last code point of each range."""
LETTERS = (
    (0x00C0, 0x024F),  # Latin with accents (pinyin's tones)
    (0x0370, 0x052F),  # Greek and Cyrillic (units, formulas, emoticons)
)
METASPACE = "\u2581"
"""Stands for the space before a word."""


def is_allowed(text: str) -> bool:
    """Whether all characters belong to the ones that a Chinese corpus can meet."""
    return all(_within(character, ALLOWED) for character in text)


def _stays(piece: str) -> bool:
    letter = piece.removeprefix(METASPACE)
    return is_allowed(piece) or (len(letter) == 1 and _within(letter, LETTERS))


def _within(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(character) <= last for first, last in ranges)


def cut_vocabulary(tokenizer: dict[str, Any]) -> tuple[dict[str, Any], NDArray[np.int64]]:
    """Cut a Unigram `tokenizer.json`.

    Returns:
        The tokenizer with the kept pieces numbered anew, and their old numbers [kept], in rising order: row i of the
        new embedding is row kept[i] of the old one.

    Raises:
        UserError: it is not a Unigram tokenizer.
    """
    model = tokenizer.get("model", {})
    if model.get("type") != "Unigram":
        raise UserError(f"tokenizer.json: expected a Unigram model, found {model.get('type')!r}; fetch it again")
    pieces: list[tuple[str, float]] = [(piece, score) for piece, score in model["vocab"]]
    needed = {token["id"] for token in tokenizer["added_tokens"]} | {model["unk_id"]}
    needed.add(min(range(len(pieces)), key=lambda number: pieces[number][1]))
    kept = [number for number, (piece, _) in enumerate(pieces) if number in needed or _stays(piece)]
    renumbered = {old: new for new, old in enumerate(kept)}
    cut = copy.copy(tokenizer)
    cut["model"] = {
        **model,
        "unk_id": renumbered[model["unk_id"]],
        "vocab": [model["vocab"][number] for number in kept],
    }
    cut["added_tokens"] = [{**token, "id": renumbered[token["id"]]} for token in tokenizer["added_tokens"]]
    cut["post_processor"] = copy.deepcopy(tokenizer["post_processor"])
    for token in cut["post_processor"]["special_tokens"].values():
        token["ids"] = [renumbered[number] for number in token["ids"]]
    return cut, np.array(kept, dtype=np.int64)
