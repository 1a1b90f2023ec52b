"""Moderated variances: the prior that they were drawn from, and hand values."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from replication.regression.moderation import EXACT, UNKNOWN, fit_prior, moderated
from replication.statistics import Variance


def test_the_prior_is_that_from_which_variances_were_drawn() -> None:
    generator = np.random.default_rng(0)
    variances = 0.0004 * stats.f.rvs(6, 8, size=20_000, random_state=generator)
    value, freedom = fit_prior([Variance(float(one), 6) for one in variances])
    assert freedom == pytest.approx(8, rel=0.05) and value == pytest.approx(0.0004, rel=0.02)


def test_equal_true_variances_make_the_prior_exact_and_few_make_none() -> None:
    generator = np.random.default_rng(1)
    variances = 0.0004 * generator.chisquare(6, size=9).clip(4, 8) / 6
    assert fit_prior([Variance(float(one), 6) for one in variances]).freedom == EXACT
    assert fit_prior([Variance(0.0004, 6)] * 2) == UNKNOWN
    assert fit_prior([Variance(0.0, 6)] * 5) == UNKNOWN
    assert fit_prior([Variance(0.0004, 0)] * 5) == UNKNOWN


def test_a_variance_is_drawn_towards_the_prior_by_hand() -> None:
    assert moderated(Variance(0.0001, 6), Variance(0.0004, 3)) == pytest.approx((0.0002, 9))
    assert moderated(Variance(0.0001, 3), UNKNOWN) == Variance(0.0001, 3)
    assert moderated(UNKNOWN, UNKNOWN) == UNKNOWN
