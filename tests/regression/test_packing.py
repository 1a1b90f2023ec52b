from __future__ import annotations

import numpy as np
import pytest

from replication.regression.packing import pack, unpack


def test_bits_are_those_worked_out_by_hand() -> None:
    assert pack(np.array([1, 0, 1, 1]), 2) == "sA=="  # 1011 0000
    assert pack(np.array([2, 0, 1]), 3) == "hA=="  # 10 00 01 00


@pytest.mark.parametrize("classes", [2, 3, 4, 10, 15, 100])
@pytest.mark.parametrize("items", [1, 7, 8, 1500])
def test_unpacking_gives_back_what_was_packed_in_the_fewest_bits(classes: int, items: int) -> None:
    values = np.random.default_rng(classes).integers(classes, size=items)
    text = pack(values, classes)
    assert np.array_equal(unpack(text, items, classes), values)
    bits = int(np.ceil(np.log2(classes)))
    assert len(text) == 4 * int(np.ceil(int(np.ceil(items * bits / 8)) / 3))


def test_what_is_no_class_is_refused() -> None:
    with pytest.raises(ValueError, match="from 0 to 3: expected 0 to 2"):
        pack(np.array([0, 3]), 3)
    with pytest.raises(ValueError, match="class index 3: expected 0 to 2"):
        unpack(pack(np.array([0, 3]), 4), 2, 3)


def test_a_text_of_another_length_or_of_other_signs_is_refused() -> None:
    with pytest.raises(ValueError, match="1 bytes: expected 2 for 9 items"):
        unpack("sA==", 9, 2)
    with pytest.raises(ValueError, match="not base64"):
        unpack("s*==", 4, 2)
