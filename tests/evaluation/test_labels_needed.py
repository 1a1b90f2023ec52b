"""Labels for the same score, by hand values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from replication.evaluation.few_samples import compare_labels
from replication.evaluation.labels_needed import CurveDraws, labels_for, labels_needed, ratio_draws
from replication.evaluation.sweeps import Scored
from replication.statistics import Resamples, Scores

SIZES = np.array([100.0, 400.0, 1600.0])


def test_between_two_sizes_the_curve_is_linear_in_the_logarithm() -> None:
    fit = np.array([0.5, 0.6, 0.8])
    assert labels_for(0.55, SIZES, fit) == pytest.approx((200.0, False))
    assert labels_for(0.7, SIZES, fit) == pytest.approx((800.0, False))
    assert labels_for(0.65, SIZES, fit)[0] == pytest.approx(400.0 * 4**0.25)


def test_a_size_of_the_curve_needs_itself_and_a_plateau_its_start() -> None:
    assert labels_for(0.6, SIZES, np.array([0.5, 0.6, 0.8])) == pytest.approx((400.0, False))
    assert labels_for(0.6, SIZES, np.array([0.5, 0.6, 0.6])) == pytest.approx((400.0, False))


def test_a_score_that_the_smallest_size_has_is_a_bound() -> None:
    assert labels_for(0.5, SIZES, np.array([0.5, 0.6, 0.8])) == (100.0, True)
    assert labels_for(0.3, SIZES, np.array([0.5, 0.6, 0.8])) == (100.0, True)


def test_the_ratio_is_at_the_score_that_both_arms_reach() -> None:
    # Alone ends at 0.7; the taught arm has that halfway from 400 to 1600, in the logarithm: at 800.
    found = labels_needed(SIZES, np.array([0.4, 0.5, 0.7]), np.array([0.5, 0.6, 0.8]))
    assert (found.score, found.alone) == pytest.approx((0.7, 1600.0))
    assert found.taught == pytest.approx(800.0)
    assert found.ratio == pytest.approx(0.5) and found.bound == "exact"


def test_a_teacher_that_hurts_gives_a_ratio_above_one() -> None:
    found = labels_needed(SIZES, np.array([0.5, 0.6, 0.8]), np.array([0.4, 0.5, 0.7]))
    assert found.ratio == pytest.approx(2.0) and found.bound == "exact"


def test_bounds_of_the_ratio() -> None:
    low, high = np.array([0.4, 0.5, 0.6]), np.array([0.65, 0.7, 0.8])
    at_most = labels_needed(SIZES, low, high)
    assert at_most.ratio == pytest.approx(1 / 16) and at_most.bound == "at most"
    at_least = labels_needed(SIZES, high, low)
    assert at_least.ratio == pytest.approx(16.0) and at_least.bound == "at least"
    flat = labels_needed(SIZES, np.full(3, 0.5), np.full(3, 0.5))
    assert flat.ratio == 1.0 and flat.bound == "unknown"


def test_equal_curves_have_the_ratio_one() -> None:
    curve = np.array([0.5, 0.7, 0.69])
    assert labels_needed(SIZES, curve, curve).ratio == pytest.approx(1.0)


def test_a_fall_by_chance_is_pooled() -> None:
    # The taught curve's last two are pooled to their mean, 0.7, which alone reaches at the end.
    found = labels_needed(SIZES, np.array([0.4, 0.5, 0.7]), np.array([0.5, 0.72, 0.68]))
    assert found.score == pytest.approx(0.7) and found.taught == pytest.approx(400.0)


def test_the_parts_of_the_variance_are_those_of_the_draws() -> None:
    alone = np.tile([0.4, 0.5, 0.7], (4, 1))
    taught = np.array([[0.5, 0.6, 0.8], [0.5, 0.6, 0.8], [0.5, 0.7, 0.8], [0.7, 0.75, 0.8]])
    steady = np.tile([0.5, 0.6, 0.8], (4, 1))
    found = ratio_draws(SIZES, CurveDraws(alone, alone), CurveDraws(steady, taught))
    logarithms = [math.log(ratio) for ratio in (0.5, 0.5, 0.25, 1 / 16)]
    assert found.variance == pytest.approx(np.var(logarithms, ddof=1))
    assert found.item_variance == pytest.approx(0.0, abs=1e-20)
    assert found.bounded == 0.25


@pytest.mark.parametrize(("seed_deviation", "item_deviation"), [(0.0, 0.01), (0.01, 0.01), (0.02, 0.002)])
def test_the_interval_covers_the_true_ratio(seed_deviation: float, item_deviation: float) -> None:
    """Items rule, both count, seeds rule; four seeds, curves that rise, the ratio inside the sizes."""
    generator = np.random.default_rng(11)
    truth = {"alone": np.array([0.5, 0.6, 0.7]), "taught": np.array([0.55, 0.65, 0.75])}
    expected = labels_needed(SIZES, truth["alone"], truth["taught"]).ratio
    repeats, draws, seeds = 300, 120, 4
    inside = 0
    for repeat in range(repeats):
        scores = {}
        for arm, curve in truth.items():
            for at, mean in enumerate(curve):
                on_items = generator.normal(0, item_deviation)
                observed = mean + on_items + generator.normal(0, seed_deviation, seeds)
                drawn = observed + generator.normal(0, item_deviation, (draws, 1))
                scores[f"{arm}{at}"] = Scores(tuple(range(seeds)), observed, drawn)
        scored = Scored(Resamples(1500, repeat, draws), scores)
        alone, taught = ([f"{arm}{at}" for at in range(3)] for arm in truth)
        _, (one,) = compare_labels(scored, [100, 400, 1600], alone, taught, "set")
        inside += one.low <= expected <= one.high
    # Two standard errors of a share of 95% are 2.5 points.
    assert 0.92 <= inside / repeats <= 0.995
