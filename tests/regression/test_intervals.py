from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from replication.regression.intervals import Parts, interval, parts, trained_again
from replication.statistics import Scores, Variance

UNKNOWN = Variance(0.0, 0.0)


def test_a_difference_is_taken_apart() -> None:
    drawn = np.array([[0.5, 0.7], [0.7, 0.9]])
    current = Scores((4, 5), np.array([0.6, 0.8]), drawn)
    accepted = Scores((0, 1, 2), np.array([0.5, 0.6, 0.7]), np.full((2, 3), 0.6))
    found = parts(current, accepted, deterministic=False)
    assert found.difference == pytest.approx(0.1)
    assert found.items == pytest.approx(0.01)  # means of the draws 0.6 and 0.8, minus 0.6 each
    assert found.seed_variance == pytest.approx(((0.02 + 0.02) / 3, 3))
    assert found.seeds == pytest.approx(1 / 2 + 1 / 3)


def test_items_alone_give_the_normal_interval_at_bonferronis_level() -> None:
    found = interval(Parts(-0.05, 0.0004, UNKNOWN, 0.0), UNKNOWN, cells=5, confidence=0.95)
    assert found is not None
    half = stats.norm.ppf(1 - 0.05 / 10) * 0.02
    assert found == pytest.approx((-0.05, -0.05 - half, -0.05 + half))


def test_seeds_alone_give_students_interval_of_two_samples() -> None:
    now, then = [0.60, 0.64, 0.62, 0.66], [0.70, 0.69, 0.74, 0.71]
    arms = [Scores((0, 1, 2, 3), np.array(one), np.tile(np.array(one), (5, 1))) for one in (now, then)]
    found = interval(parts(arms[0], arms[1], False), UNKNOWN, cells=1, confidence=0.95)
    expected = stats.ttest_ind(now, then).confidence_interval(0.95)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_an_arm_trained_again_differs_as_much_as_its_own_seeds_do() -> None:
    drawn = np.array([[0.5, 0.7, 0.6], [0.7, 0.7, 0.4]])  # around their means: -0.1, 0.1, 0 and 0.1, 0.1, -0.2
    found = trained_again(Scores((0, 1, 2), np.array([0.6, 0.7, 0.5]), drawn))
    assert found is not None and found.difference == 0.0
    assert found.items == pytest.approx((0.01 + 0.0 + 0.01) / 2 * 2 / 3)
    assert found.seed_variance == pytest.approx((0.01, 2))
    assert found.seeds == pytest.approx(2 / 3)
    assert trained_again(Scores((0,), np.array([0.6]), np.array([[0.5], [0.7]]))) is None


def test_two_independent_arms_vary_by_the_items_as_an_arm_trained_again_is_said_to() -> None:
    generator = np.random.default_rng(0)
    shared = generator.normal(size=(20_000, 1))
    old, new = (shared + generator.normal(size=(20_000, 4)) for _ in range(2))
    seeds = np.array([0.6, 0.7, 0.5, 0.6])
    again = trained_again(Scores((0, 1, 2, 3), seeds, old))
    actual = parts(Scores((4, 5, 6, 7), seeds, new), Scores((0, 1, 2, 3), seeds, old), deterministic=False)
    assert again is not None and again.items == pytest.approx(actual.items, rel=0.05)
    assert again.items == pytest.approx(0.5, rel=0.05)  # 1/4 + 1/4


def test_one_seed_an_arm_needs_a_prior() -> None:
    cell = Parts(-0.1, 0.0001, UNKNOWN, 2.0)
    assert interval(cell, UNKNOWN, 1, 0.95) is None
    found = interval(cell, Variance(0.0004, 10), 1, 0.95)
    assert found is not None and found.high - found.mean > stats.t.ppf(0.975, 100) * math.sqrt(0.0009)


def test_a_variance_is_drawn_towards_what_the_cells_share() -> None:
    small = interval(Parts(0.0, 0.0, Variance(0.0001, 6), 0.5), Variance(0.0003, 6), 1, 0.95)
    assert small is not None
    assert small.high == pytest.approx(stats.t.ppf(0.975, 12) * math.sqrt(0.0002 * 0.5))
