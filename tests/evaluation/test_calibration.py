"""Calibration error against hand values and a plain loop; the bins hold equal numbers and keep equals together."""

from __future__ import annotations

import numpy as np
import pytest

from replication.evaluation.calibration import (
    BINS,
    Binned,
    bin_items,
    by_chance,
    calibration_error,
    calibration_scores,
    reliability,
    signed_columns,
)
from replication.evaluation.means import Means
from replication.metrics import Floats
from replication.statistics import Resamples


def logits_of(confidences: list[float]) -> Floats:
    """Two classes, the first one predicted with these probabilities."""
    shares = np.array(confidences)
    return np.asarray(np.log(np.stack([shares, 1 - shares], axis=1)))


def error_of(binned: Binned, bins: int = BINS) -> float:
    return float(calibration_error(signed_columns(binned, bins).mean(axis=0)))


def test_two_bins_by_hand() -> None:
    binned = bin_items(logits_of([0.6, 0.7, 0.8, 0.9]), np.array([0, 1, 0, 0]), bins=2)
    assert binned.bins.tolist() == [0, 0, 1, 1]
    # |0.5 - 0.65| and |1 - 0.85|, each with half of the items.
    assert error_of(binned, 2) == pytest.approx(0.5 * 0.15 + 0.5 * 0.15)


def test_opposite_errors_within_a_bin_cancel_and_between_bins_do_not() -> None:
    one = bin_items(logits_of([0.75, 0.75]), np.array([0, 1]), bins=1)
    assert error_of(one, 1) == pytest.approx(0.25)
    two = bin_items(logits_of([0.7, 0.8]), np.array([0, 1]), bins=2)
    assert error_of(two, 2) == pytest.approx((0.3 + 0.8) / 2)


def test_bins_have_equal_numbers() -> None:
    generator = np.random.default_rng(0)
    binned = bin_items(generator.normal(size=(1500, 3)), generator.integers(3, size=1500))
    assert np.bincount(binned.bins).tolist() == [100] * BINS


def test_equal_confidences_share_a_bin() -> None:
    binned = bin_items(logits_of([0.9] * 20 + [0.6]), np.zeros(21, dtype=int))
    assert len(set(binned.bins[:20])) == 1


def test_fewer_items_than_bins() -> None:
    binned = bin_items(logits_of([0.6, 0.9]), np.array([0, 0]))
    assert error_of(binned) == pytest.approx((0.4 + 0.1) / 2)


def test_a_calibrated_network_has_an_error_near_zero_and_a_sure_one_has_not() -> None:
    generator = np.random.default_rng(1)
    shares = generator.uniform(0.5, 1, size=20_000)
    labels = (generator.random(20_000) > shares).astype(int)
    assert error_of(bin_items(logits_of(shares.tolist()), labels)) < 0.015
    assert error_of(bin_items(5 * logits_of(shares.tolist()), labels)) > 0.15


def test_resamples_lie_around_the_observed_error() -> None:
    generator = np.random.default_rng(2)
    run = bin_items(generator.normal(size=(200, 2)), generator.integers(2, size=200))
    means = Means(Resamples(200, 0, 300), {("bins", "a", 4): signed_columns(run)})
    scores = calibration_scores(means, "a")
    assert scores.seeds == (4,)
    assert scores.observed[0] == pytest.approx(error_of(run))
    assert scores.drawn.mean() > error_of(run), "a resample adds noise of its own"


def test_what_chance_makes_of_the_error_is_what_calibrated_networks_show() -> None:
    generator = np.random.default_rng(3)
    shares = generator.uniform(0.5, 1, size=1500)
    found = []
    for _ in range(200):
        labels = (generator.random(1500) > shares).astype(int)
        found.append(error_of(bin_items(logits_of(shares.tolist()), labels)))
    assert by_chance(bin_items(logits_of(shares.tolist()), labels)) == pytest.approx(np.mean(found), rel=0.05)


def test_reliability_pools_the_seeds_and_keeps_their_range() -> None:
    first = Binned(np.array([0, 0]), np.array([0.6, 0.7]), np.array([True, False]))
    second = Binned(np.array([0, 3]), np.array([0.8, 0.9]), np.array([True, True]))
    low, high = reliability({0: first, 1: second})
    assert (low.confidence, low.accuracy) == pytest.approx((0.7, 2 / 3), abs=1e-6)
    assert (low.low, low.high, low.items) == (0.5, 1.0, 3)
    assert (high.confidence, high.accuracy, high.items) == (0.9, 1.0, 1)
