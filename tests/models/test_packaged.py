from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from replication.errors import UserError
from replication.models.packaged import dequantise, open_packaged
from replication.models.packaged_layout import Entry

HALF = np.float16(0.5).tobytes()
BLOCK = HALF + bytes((element % 8) | ((15 - element % 8) << 4) for element in range(16))
"""Scale 0.5; elements 0-15 are 0..7 twice, elements 16-31 are 15..8 twice."""


def header(version: int = 1, hidden: int = 32, heads: int = 2, pieces: int = 2, block: int = 32) -> bytes:
    sizes = struct.pack("<I7ifi5i", version, hidden, 1, heads, 64, 2, 4, 2, 1e-12, block, pieces, 0, 2, 1, 3)
    tokenizer = struct.pack("<Q", 3) + struct.pack("<3I", 0, 1, 3) + struct.pack("<2f", -1, -2) + b"abc"
    return b"E5S1" + sizes + tokenizer + struct.pack("<iI", 0, 5) + b"\0" * 5


def entry(name: bytes, kind: int, elements: int, offset: int, size: int) -> bytes:
    return struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", kind, elements, offset, size)


def write(path: Path, word_bytes: int = 36) -> Path:
    """Two rows of 4-bit words [2, 32] and a float vector of 4."""
    data = BLOCK + bytes(reversed(BLOCK[2:])).join((np.float16(2).tobytes(), b"")) + struct.pack("<4f", 1, -2, 3.5, 0)
    names = (b"emb.word", b"bias")
    length = len(header()) + 4 + sum(2 + len(name) + 21 for name in names)
    directory = struct.pack("<i", 2) + entry(names[0], 1, 64, length, word_bytes)
    path.write_bytes(header() + directory + entry(names[1], 0, 4, length + 36, 16) + data)
    return path


def test_a_block_of_four_bit_numbers_has_the_values_worked_out_by_hand() -> None:
    values = dequantise(np.frombuffer(BLOCK, dtype=np.uint8).reshape(1, 18))

    low = [-4.0, -3.5, -3.0, -2.5, -2.0, -1.5, -1.0, -0.5]
    high = [3.5, 3.0, 2.5, 2.0, 1.5, 1.0, 0.5, 0.0]
    assert values.shape == (1, 32)
    assert values[0].tolist() == low + low + high + high


def test_tensors_are_read_whole_by_rows_and_as_vectors(tmp_path: Path) -> None:
    weights = open_packaged(write(tmp_path / "weights.bin"))

    assert (weights.header.hidden, weights.header.positions, weights.header.pad) == (32, 4, 1)
    assert weights.header.epsilon == pytest.approx(1e-12)
    assert weights.directory["bias"] == Entry(0, 4, len(weights.data) - 16, 16)
    whole = weights.matrix("emb.word", 32)
    assert whole.dtype == np.float32
    assert whole[0, :8].tolist() == [-4.0, -3.5, -3.0, -2.5, -2.0, -1.5, -1.0, -0.5]
    assert whole[1, 0] == (7 - 8) * 2.0  # the last byte, 0x87, comes first: low nibble 7
    assert whole[1, 16] == (8 - 8) * 2.0
    assert weights.matrix("emb.word", 32, np.array([1, 0, 1])).tolist() == whole[[1, 0, 1]].tolist()
    assert weights.vector("bias", 4).tolist() == [1.0, -2.0, 3.5, 0.0]


def test_a_tensor_that_is_missing_or_has_another_size_is_an_error(tmp_path: Path) -> None:
    weights = open_packaged(write(tmp_path / "weights.bin"))

    with pytest.raises(UserError, match=r"there is no tensor 'l0.q.w'"):
        weights.matrix("l0.q.w", 32)
    with pytest.raises(UserError, match="bias has 4 elements, expected 5"):
        weights.vector("bias", 5)
    with pytest.raises(UserError, match="rows of 48"):
        weights.matrix("emb.word", 48)
    with pytest.raises(UserError, match=r"emb\.word has 2 rows"):
        weights.matrix("emb.word", 32, np.array([0, 2]))


def test_a_file_cut_off_anywhere_is_an_error_of_one_line(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.bin").read_bytes()
    cut = tmp_path / "cut.bin"
    for length in range(1, len(whole)):
        cut.write_bytes(whole[:length])
        with pytest.raises(UserError, match=r"cut\.bin: not a usable E5S1 file: [^\n]+; delete it"):
            open_packaged(cut)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04" + header()[4:], "does not begin with E5S1"),
        (header(version=2), "version 2"),
        (header(hidden=-1), "hidden=-1"),
        (header(heads=5), "do not divide"),
        (header(block=64), "block=64"),
        (header(pieces=2**30), "pieces=1073741824"),
        (header() + struct.pack("<i", -1), "a directory of -1 tensors"),
        (header() + struct.pack("<i", 1) + entry(b"x", 2, 32, 0, 18), "x has type 2"),
        (header() + struct.pack("<i", 1) + entry(b"x", 1, 33, 0, 18), "33 elements"),
        (header() + struct.pack("<i", 1) + entry(b"x", 1, 32, 0, 19), "x has 19 bytes"),
        (header() + struct.pack("<i", 1) + entry(b"x", 1, 32, 2**63, 18), "x has 18 bytes at 9223372036854775808"),
    ],
)
def test_damage_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "damaged.bin"
    path.write_bytes(content)
    with pytest.raises(UserError, match=reason):
        open_packaged(path)


def test_a_missing_or_empty_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty.bin").touch()
    for name in ("absent.bin", "empty.bin"):
        with pytest.raises(UserError, match=f"{name}: cannot be read"):
            open_packaged(tmp_path / name)
