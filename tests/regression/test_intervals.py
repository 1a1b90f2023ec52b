from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from replication.regression.intervals import EXACT, Parts, Prior, interval, parts, prior
from replication.statistics import Scores


def test_a_difference_is_taken_apart() -> None:
    drawn = np.array([[0.5, 0.7], [0.7, 0.9]])
    current = Scores((4, 5), np.array([0.6, 0.8]), drawn)
    accepted = Scores((0, 1, 2), np.array([0.5, 0.6, 0.7]), np.full((2, 3), 0.6))
    found = parts(current, accepted, deterministic=False)
    assert found.difference == pytest.approx(0.1)
    assert found.items == pytest.approx(0.01)  # means of the draws 0.6 and 0.8, minus 0.6 each
    assert found.freedom == 3 and found.seed_variance == pytest.approx((0.02 + 0.02) / 3)
    assert found.seeds == pytest.approx(1 / 2 + 1 / 3)


def test_items_alone_give_the_normal_interval_at_bonferronis_level() -> None:
    found = interval(Parts(-0.05, 0.0004, 0.0, 0, 0.0), Prior(0.0, 0.0), cells=5, confidence=0.95)
    assert found is not None
    half = stats.norm.ppf(1 - 0.05 / 10) * 0.02
    assert found == pytest.approx((-0.05, -0.05 - half, -0.05 + half))


def test_seeds_alone_give_students_interval_of_two_samples() -> None:
    now, then = [0.60, 0.64, 0.62, 0.66], [0.70, 0.69, 0.74, 0.71]
    arms = [Scores((0, 1, 2, 3), np.array(one), np.tile(np.array(one), (5, 1))) for one in (now, then)]
    found = interval(parts(arms[0], arms[1], False), Prior(0.0, 0.0), cells=1, confidence=0.95)
    expected = stats.ttest_ind(now, then).confidence_interval(0.95)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_one_seed_an_arm_needs_a_prior() -> None:
    cell = Parts(-0.1, 0.0001, 0.0, 0, 2.0)
    assert interval(cell, Prior(0.0, 0.0), 1, 0.95) is None
    found = interval(cell, Prior(10.0, 0.0004), 1, 0.95)
    assert found is not None and found.high - found.mean > stats.t.ppf(0.975, 100) * math.sqrt(0.0009)


def test_a_variance_is_drawn_towards_what_the_cells_share() -> None:
    small = interval(Parts(0.0, 0.0, 0.0001, 6, 0.5), Prior(6.0, 0.0003), 1, 0.95)
    assert small is not None
    assert small.high == pytest.approx(stats.t.ppf(0.975, 12) * math.sqrt(0.0002 * 0.5))


def test_the_prior_is_that_from_which_variances_were_drawn() -> None:
    generator = np.random.default_rng(0)
    variances = 0.0004 * stats.f.rvs(6, 8, size=20_000, random_state=generator)
    found = prior([Parts(0.0, 0.0, float(one), 6, 0.5) for one in variances])
    assert found.freedom == pytest.approx(8, rel=0.05) and found.variance == pytest.approx(0.0004, rel=0.02)


def test_equal_true_variances_make_the_prior_exact_and_few_cells_make_none() -> None:
    generator = np.random.default_rng(1)
    variances = 0.0004 * generator.chisquare(6, size=9).clip(4, 8) / 6
    assert prior([Parts(0.0, 0.0, float(one), 6, 0.5) for one in variances]).freedom == EXACT
    assert prior([Parts(0.0, 0.0, 0.0004, 6, 0.5)] * 2) == Prior(0.0, 0.0)
    assert prior([Parts(0.0, 0.0, 0.0, 6, 0.5)] * 5) == Prior(0.0, 0.0)
