"""Flipped labels: exact in number, never onto the same class, and as the transition matrix has it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from replication.data.noise import Kind, apportion, flip, folder_name, transitions, write_noisy
from replication.data.splits import load_splits
from replication.errors import UserError
from tests.made_data import make_data

LABELS = np.repeat([0, 1, 2], [60, 30, 10])


@pytest.mark.parametrize("kind", ["symmetric", "class_dependent"])
@pytest.mark.parametrize("rate", [0.1, 0.2, 0.3, 0.4])
def test_the_number_of_flips_is_exact_in_all_and_in_each_class(kind: Kind, rate: float) -> None:
    noisy = flip(LABELS, transitions(kind, rate, 3), seed=1)
    flipped = noisy != LABELS
    assert flipped.sum() == round(rate * 100)
    assert [int(flipped[label == LABELS].sum()) for label in range(3)] == [round(rate * n) for n in (60, 30, 10)]


def test_a_transition_matrix_by_hand() -> None:
    np.testing.assert_allclose(transitions("symmetric", 0.2, 3), [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]])
    np.testing.assert_allclose(
        transitions("class_dependent", 0.3, 3), [[0.7, 0.3, 0], [0, 0.7, 0.3], [0.3, 0, 0.7]], atol=1e-12
    )


@pytest.mark.parametrize("kind", ["symmetric", "class_dependent"])
def test_flips_follow_the_transition_matrix(kind: Kind) -> None:
    matrix = transitions(kind, 0.2, 3)
    noisy = flip(LABELS, matrix, seed=1)
    counts = np.array([[int((noisy[row == LABELS] == column).sum()) for column in range(3)] for row in range(3)])
    np.testing.assert_allclose(counts, matrix * np.array([[60], [30], [10]]), atol=1e-9)


def test_flips_are_seeded_and_grow_with_the_rate() -> None:
    few, again, other = (flip(LABELS, transitions("symmetric", 0.2, 3), seed) for seed in (1, 1, 2))
    many = flip(LABELS, transitions("symmetric", 0.4, 3), 1)
    assert (few == again).all()
    assert (few != other).any()
    assert set(np.flatnonzero(few != LABELS)) < set(np.flatnonzero(many != LABELS))


def test_largest_remainders_by_hand() -> None:
    generator = np.random.default_rng(0)
    assert apportion(10, np.array([5.0, 3.0, 1.0]), generator).tolist() == [6, 3, 1]
    assert apportion(7, np.array([1.0, 1.0]), generator).tolist() in ([4, 3], [3, 4])
    assert apportion(0, np.array([0.0, 0.0]), generator).tolist() == [0, 0]


def test_a_noisy_dataset_differs_in_its_labelled_labels_alone(tmp_path: Path) -> None:
    clean = tmp_path / "data/titles"
    make_data(clean, "titles", ["a", "b", "c"])
    noisy = tmp_path / "noise" / folder_name("symmetric", 0.2) / "data"
    write_noisy(clean, "symmetric", 0.2, 3, noisy)
    before, after = load_splits(clean), load_splits(noisy)
    assert before.labelled.labels is not None
    assert after.labelled.labels is not None
    assert (before.labelled.labels != after.labelled.labels).sum() == 6
    assert (after.labelled.ids, after.labelled.texts) == (before.labelled.ids, before.labelled.texts)
    assert after.pool == before.pool
    assert after.test == before.test
    np.testing.assert_array_equal(np.array(after.validation.labels), np.array(before.validation.labels))
    assert after.digest != before.digest
    card = json.loads((noisy / "card.json").read_text(encoding="utf-8"))
    assert card["noise"] == {
        "kind": "symmetric", "rate": 0.2, "seed": 3, "flipped": 6, "clean": before.digest
    }  # fmt: skip
    assert sum(card["counts"]["labelled"].values()) == 30
    assert not (noisy / "withheld.parquet").exists()
    assert noisy.parent.name == "symmetric-0.2"


def test_the_same_noise_has_the_same_digest_and_another_seed_another(tmp_path: Path) -> None:
    clean = tmp_path / "titles"
    make_data(clean, "titles", ["a", "b", "c"])
    digests = []
    for name, seed in (("one", 3), ("same", 3), ("other", 4)):
        write_noisy(clean, "symmetric", 0.2, seed, tmp_path / name)
        digests.append(load_splits(tmp_path / name).digest)
    assert digests[0] == digests[1] != digests[2]


def test_a_rate_that_flips_nothing_is_an_error(tmp_path: Path) -> None:
    clean = tmp_path / "titles"
    make_data(clean, "titles", ["a", "b", "c"])
    with pytest.raises(UserError, match=r"0\.001 flips none of the 30 labels of titles; name a larger rate"):
        write_noisy(clean, "symmetric", 0.001, 3, tmp_path / "noisy")
