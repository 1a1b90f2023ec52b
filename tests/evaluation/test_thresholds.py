"""The threshold on the probability of junk, against hand values and a search over every cut."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from replication.evaluation.thresholds import choose_threshold, junk_probability


def test_probability_of_two_classes_by_hand() -> None:
    logits = np.array([[0.0, np.log(3.0)], [2.0, 2.0]], dtype=np.float32)
    assert junk_probability(logits) == pytest.approx([0.75, 0.5])


def test_by_hand() -> None:
    probability = np.array([0.1, 0.2, 0.3, 0.4])
    # From 0.15 on: 2 of 3 are junk and none is lost, F1 = 4/5; from 0.35 on: F1 = 2/3; from 0.25 on: 1/2.
    assert choose_threshold(probability, np.array([False, True, False, True])) == pytest.approx(0.15)


def test_of_equally_good_ones_the_nearest_to_one_half() -> None:
    junk = np.array([False, False, True, True])
    assert choose_threshold(np.array([0.1, 0.3, 0.9, 0.95]), junk) == 0.5
    assert choose_threshold(np.array([0.1, 0.6, 0.9, 0.95]), junk) == pytest.approx(0.75)
    assert choose_threshold(np.array([0.5, 0.5, 0.5, 0.5]), junk) == 0.5


def test_without_junk_it_is_one_half() -> None:
    assert choose_threshold(np.array([0.2, 0.8]), np.array([False, False])) == 0.5


@pytest.mark.parametrize("seed", range(10))
def test_no_cut_has_a_larger_f1(seed: int) -> None:
    generator = np.random.default_rng(seed)
    junk = generator.random(40) < 0.4
    probability = np.round(np.clip(0.3 * junk + generator.random(40) * 0.7, 0, 1), 1 + seed % 2)
    found = f1_score(junk, probability >= choose_threshold(probability, junk))
    cuts = [f1_score(junk, probability >= cut) for cut in np.unique(probability)]
    assert found == pytest.approx(max(cuts), abs=1e-12)
    assert len(set(cuts)) > 2
