"""Header and directory of an E5S1 file, read strictly: a damaged file is noticed before anything is decoded.

The format is described in `packaged.py`.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from replication.errors import UserError

MAGIC = b"E5S1"
BLOCK = 32
BLOCK_BYTES = 18
LARGEST = 1 << 24
"""More than any size in the header; a damaged header is noticed before anything is allocated."""
FLOAT, FOUR_BIT = 0, 1


class Entry(NamedTuple):
    """Where a tensor lies in the file."""

    kind: int
    elements: int
    offset: int
    bytes: int


class Header(NamedTuple):
    """Sizes of the network, in the file's order."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    segment_types: int
    epsilon: float
    block: int
    pieces: int
    bos: int
    eos: int
    pad: int
    unk: int


def damaged(path: Path, reason: str) -> UserError:
    """One line for a file that is not what it should be."""
    return UserError(f"{path}: not a usable E5S1 file: {reason}; delete it and fetch it again")


def read_layout(path: Path, data: NDArray[np.uint8]) -> tuple[Header, dict[str, Entry]]:
    """Read the header and the directory out of a file's bytes.

    Args:
        path: for messages.
        data: [bytes of the file].

    Raises:
        UserError: the file is truncated or damaged.
    """
    cursor = _Cursor(path, data)
    if cursor.take(4) != MAGIC:
        raise damaged(path, f"it does not begin with {MAGIC.decode()}")
    (version,) = cursor.unpack("I")
    header = Header(*cursor.unpack("7ifi5i"))
    sizes = (*header[:7], header.pieces)
    if version != 1 or header.block != BLOCK or any(not 0 < size < LARGEST for size in sizes):
        raise damaged(path, f"header out of range (version {version}, {header})")
    if header.hidden % header.heads or header.hidden % BLOCK or header.feed_forward % BLOCK:
        raise damaged(path, f"sizes that do not divide ({header})")
    (blob,) = cursor.unpack("Q")
    cursor.skip(4 * (header.pieces + 1) + 4 * header.pieces + blob)
    _, normalisation = cursor.unpack("iI")
    cursor.skip(normalisation)
    return header, _read_directory(cursor)


class _Cursor:
    """Reads forward, never past the end."""

    def __init__(self, path: Path, data: NDArray[np.uint8]) -> None:
        self.path, self.data, self.position = path, data, 0

    def skip(self, count: int) -> None:
        if count > len(self.data) - self.position:
            raise damaged(self.path, f"it ends after {len(self.data)} bytes, in the middle of its header")
        self.position += count

    def take(self, count: int) -> bytes:
        start = self.position
        self.skip(count)
        return self.data[start : self.position].tobytes()

    def unpack(self, layout: str) -> tuple[int, ...]:
        return struct.unpack(f"<{layout}", self.take(struct.calcsize(f"<{layout}")))


def _read_directory(cursor: _Cursor) -> dict[str, Entry]:
    directory: dict[str, Entry] = {}
    (count,) = cursor.unpack("i")
    if not 0 <= count < LARGEST:
        raise damaged(cursor.path, f"a directory of {count} tensors")
    for _ in range(count):
        (length,) = cursor.unpack("H")
        name = cursor.take(length).decode("ascii", errors="replace")
        entry = Entry(*cursor.unpack("BIQQ"))
        expected = entry.elements // BLOCK * BLOCK_BYTES if entry.kind == FOUR_BIT else 4 * entry.elements
        if entry.kind not in (FLOAT, FOUR_BIT) or (entry.kind == FOUR_BIT and entry.elements % BLOCK):
            raise damaged(cursor.path, f"{name} has type {entry.kind} and {entry.elements} elements")
        if entry.bytes != expected or entry.offset + entry.bytes > len(cursor.data):
            raise damaged(cursor.path, f"{name} has {entry.bytes} bytes at {entry.offset}, expected {expected} inside")
        directory[name] = entry
    return directory
