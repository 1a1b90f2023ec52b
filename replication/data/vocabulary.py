"""The student's characters: numbered by the training texts alone, so that no other split reaches the model.

Number 0 is padding and number 1 a character that the training texts do not have, or have too rarely. The others follow
by falling count and then by code point, so the numbering depends on the texts' multiset only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from replication.errors import UserError

PAD, UNKNOWN = 0, 1
RESERVED = 2


class CharacterVocabulary:
    """Characters and their numbers."""

    def __init__(self, characters: Sequence[str]) -> None:
        """Number `characters` from 2 on, in the given order.

        Raises:
            UserError: an entry is not one character, or stands there twice.
        """
        if any(not isinstance(character, str) or len(character) != 1 for character in characters):
            raise UserError("vocabulary: expected a list of single characters; train the student again")
        self.characters = list(characters)
        self._numbers = {character: number for number, character in enumerate(self.characters, RESERVED)}
        if len(self._numbers) != len(self.characters):
            raise UserError("vocabulary: a character stands there twice; train the student again")

    @classmethod
    def build(cls, texts: Iterable[str], min_count: int) -> CharacterVocabulary:
        """Take the characters that occur at least `min_count` times in the training texts (labelled and pool)."""
        counts = Counter[str]()
        for text in texts:
            counts.update(text)
        frequent = ((character, count) for character, count in counts.items() if count >= min_count)
        return cls([character for character, _ in sorted(frequent, key=lambda entry: (-entry[1], entry[0]))])

    def __len__(self) -> int:
        """Rows of an embedding for it, padding and the unknown character included."""
        return RESERVED + len(self.characters)

    def to_list(self) -> list[str]:
        """The characters in order, for JSON; the constructor takes them back."""
        return list(self.characters)

    def encode(self, texts: Sequence[str], max_characters: int) -> NDArray[np.int64]:
        """Number the first `max_characters` characters of each text: [texts, longest], padded at the end with 0."""
        rows = [[self._numbers.get(character, UNKNOWN) for character in text[:max_characters]] for text in texts]
        encoded = np.full((len(rows), max(map(len, rows), default=0)), PAD, dtype=np.int64)
        for row, numbers in zip(encoded, rows, strict=True):
            row[: len(numbers)] = numbers
        return encoded
