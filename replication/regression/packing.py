"""Class indices of items as text: as few bits an item as the classes need, in base64."""

from __future__ import annotations

import base64
import binascii

import numpy as np
import numpy.typing as npt

from replication.metrics import Integers


def pack(values: Integers, classes: int) -> str:
    """Class indices [items] -> base64 of their bits, the highest bit of an item first, padded with zeros to a byte.

    Raises:
        ValueError: a value is no class index.
    """
    if len(values) and not (values.min() >= 0 and values.max() < classes):
        raise ValueError(f"class indices from {values.min()} to {values.max()}: expected 0 to {classes - 1}")
    bits = (values[:, None] >> np.arange(_width(classes))[::-1]) & 1
    return base64.b64encode(np.packbits(bits.astype(np.uint8)).tobytes()).decode("ascii")


def unpack(text: str, items: int, classes: int) -> npt.NDArray[np.int64]:
    """What `pack` packed: class indices [items].

    Raises:
        ValueError: the text does not hold that many class indices.
    """
    width = _width(classes)
    try:
        packed = np.frombuffer(base64.b64decode(text, validate=True), dtype=np.uint8)
    except binascii.Error as error:
        raise ValueError(f"not base64: {error}") from None
    if len(packed) != (items * width + 7) // 8:
        raise ValueError(f"{len(packed)} bytes: expected {(items * width + 7) // 8} for {items} items")
    bits = np.unpackbits(packed)[: items * width].reshape(items, width).astype(np.int64)
    values = (bits << np.arange(width)[::-1]).sum(axis=1)
    if items and values.max() >= classes:
        raise ValueError(f"class index {values.max()}: expected 0 to {classes - 1}")
    return np.asarray(values, dtype=np.int64)


def _width(classes: int) -> int:
    """Bits that tell `classes` classes apart."""
    return max(1, (classes - 1).bit_length())
