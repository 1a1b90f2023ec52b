"""Decisions on claims: hand values, statsmodels as the oracle, and false verdicts by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from replication.statistics import Bearing, Effect, Spread, Variance, fit_prior, holm, smallest


def test_a_two_sided_p_value_is_below_5_percent_exactly_where_the_interval_is_clear_of_the_margin() -> None:
    for estimate in np.linspace(-0.1, 0.1, 41):
        effect = Effect(float(estimate), 0.02, 5.0)
        low, high = effect.interval(0.95)
        for margin in (0.0, -0.01, 0.05):
            above = Bearing.of(effect, "above", margin)
            assert (above.two_sided < 0.05) == (not low <= margin <= high)
            assert Bearing.of(effect, "below", margin) == (above.contradicted, above.supported)
        near = Bearing.of(effect, "equivalent", 0.06)
        assert (2 * near.supported < 0.05) == (low > -0.06 and high < 0.06)
        assert (2 * near.contradicted < 0.05) == (low > 0.06 or high < -0.06)


def test_an_unknown_rule() -> None:
    with pytest.raises(ValueError, match="no such rule: near"):
        Bearing.of(Effect(0.0, 1.0, 3.0), "near", 0.0)


def test_all_parts_must_hold_and_one_that_fails_contradicts() -> None:
    both = Bearing.all_of([Bearing(0.001, 0.999), Bearing(0.2, 0.8)])
    assert both == (0.2, 1.0)
    assert Bearing.all_of([Bearing(0.999, 0.001), Bearing(0.001, 0.999)]) == (0.999, 0.002)


def test_holm_by_hand() -> None:
    # Sorted 0.01·4, 0.02·3, 0.03·2, 0.5·1, none less than the one before.
    assert holm([0.02, 0.01, 0.5, 0.03]) == pytest.approx([0.06, 0.04, 0.5, 0.06])
    assert holm([]) == []


def test_the_smallest_number_that_settles() -> None:
    assert smallest(lambda number: number >= 37, 4, 1000) == 37
    assert smallest(lambda number: number >= 5, 4, 1000) == 5
    assert smallest(lambda number: number >= 1000, 4, 1000) == 1000
    assert smallest(lambda number: False, 4, 1000) is None


def test_items_that_settle_by_hand() -> None:
    # A normal deviation of 0.5 an item: |0.02| is clear of 0 once 1.96 · 0.5 / sqrt(m) < 0.02.
    spread = Spread(0.02, 0.0, 0.25 / 1000, 0.0, 1, 1000)

    def settles(items: int) -> bool:
        return Bearing.of(spread.with_items(items).effect._replace(degrees=math.inf), "above", 0.0).two_sided < 0.05

    assert smallest(settles, 1000, 100_000) == math.ceil((norm.ppf(0.975) * 0.5 / 0.02) ** 2)


@pytest.mark.parametrize(
    ("seed_deviation", "scatter", "families_at_most"),
    [(0.0, 0.0, 0.05), (0.006, 0.0, 0.05), (0.006, 0.5, 0.05), (0.012, 0.5, 0.1), (0.03, 0.0, 0.07), (0.03, 0.5, 0.12)],
)
def test_false_verdicts_of_fourteen_claims_at_their_margins(
    seed_deviation: float, scatter: float, families_at_most: float
) -> None:
    """Items rule, both count, seeds rule; the claims' seeds differ alike, or by half a factor of e from claim to claim.

    Where they differ unalike, a board of fourteen has a false verdict more often than it says (the shared variance is
    too small for some of the claims), and a verdict by itself far less often even then.
    """
    generator = np.random.default_rng(3)
    families, claims, seeds, item_variance = 400, 14, 4, 0.35**2 / 1500
    wrong = decided = families_wrong = 0
    for family in range(families):
        deviations = seed_deviation * np.exp(generator.normal(0, scatter, (claims, 1)))
        by_seeds = deviations * generator.normal(size=(claims, seeds))
        means = by_seeds.mean(axis=1) + generator.normal(0, math.sqrt(item_variance), claims)
        own = [Variance(float(one), seeds - 1) for one in by_seeds.var(axis=1, ddof=1)]
        prior = fit_prior(own)
        spreads = [
            Spread(float(mean), 0.0, item_variance, 0.0, seeds, 1500).moderated(variance, prior)
            for mean, variance in zip(means, own, strict=True)
        ]
        p_values = sorted(Bearing.of(spread.effect, "above", 0.0).two_sided for spread in spreads)
        adjusted = np.maximum.accumulate([min(1.0, (claims - rank) * p) for rank, p in enumerate(p_values)])
        if family < 3:
            assert holm(p_values) == pytest.approx(list(adjusted))
        wrong += sum(p < 0.05 for p in p_values)
        decided += int((adjusted < 0.05).sum())
        families_wrong += bool(adjusted[0] < 0.05)
    # A standard error of 1.1 points for the share of families, 0.29 for the share of claims.
    assert wrong / families / claims <= 0.07 + 2 * 0.0029  # the intervals cover 93% at the least
    assert decided / families / claims <= 0.05
    assert families_wrong / families <= families_at_most + 2 * 0.011
