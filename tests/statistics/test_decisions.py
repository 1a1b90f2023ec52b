"""Decisions on claims: hand values, statsmodels as the oracle, and false verdicts by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm, t

from replication.statistics import Bearing, Effect, Spread, holm, pool, smallest


def test_of_one_part_a_p_value_is_below_5_percent_exactly_where_the_interval_is_clear_of_the_margin() -> None:
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
    assert min(holm([0.002, 0.01, 0.5])) == 3 * 0.002
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
        return (
            Bearing.of(spread.with_items(items).effect._replace(degrees=math.inf, parts=()), "above", 0.0).two_sided
            < 0.05
        )

    assert smallest(settles, 1000, 100_000) == math.ceil((norm.ppf(0.975) * 0.5 / 0.02) ** 2)


CRITICAL = float(norm.ppf(0.975))


def two_sided(effect: Effect) -> float:
    """P-value of a claim at its margin 0; 1 where the ratio is below any critical value of 5%."""
    if abs(effect.estimate) < CRITICAL * effect.standard_error:
        return 1.0
    return Bearing.of(effect, "above", 0.0).two_sided


@pytest.mark.parametrize("scatter", [0.0, 1.0])
@pytest.mark.parametrize("seed_deviation", [0.0, 0.006, 0.012, 0.03])
def test_false_verdicts_of_fourteen_claims_at_their_margins(seed_deviation: float, scatter: float) -> None:
    """Items rule, both count, seeds rule; the claims' seeds differ alike, or by a factor of e from claim to claim."""
    generator = np.random.default_rng(3)
    families, claims, seeds, item_variance = 2000, 14, 4, 0.35**2 / 1500
    deviations = seed_deviation * np.exp(generator.normal(0, scatter, (families, claims, 1)))
    by_seeds = deviations * generator.normal(size=(families, claims, seeds))
    means = by_seeds.mean(axis=2) + generator.normal(0, math.sqrt(item_variance), (families, claims))
    variances = by_seeds.var(axis=2, ddof=1) / seeds
    wrong = families_wrong = 0
    for family in range(families):
        spreads = zip(means[family].tolist(), variances[family].tolist(), strict=True)
        p_values = [
            two_sided(Spread(mean, variance, item_variance, 0.0, seeds, 1500).effect) for mean, variance in spreads
        ]
        wrong += sum(p < 0.05 for p in p_values)
        families_wrong += claims * min(p_values) < 0.05  # Holm's first step
    # Two standard errors: 1 point for the share of families, 0.26 for the share of claims.
    assert wrong / families / claims <= 0.05 + 0.0026
    assert families_wrong / families <= 0.05 + 0.01


@pytest.mark.parametrize("seed_deviation", [0.006, 0.012, 0.03])
def test_boards_of_claims_pooled_over_three_sets(seed_deviation: float) -> None:
    generator = np.random.default_rng(5)
    families, claims, sets, seeds, item_variance = 1000, 14, 3, 4, 0.35**2 / 1500
    by_seeds = generator.normal(0, seed_deviation, (families, claims, sets, seeds))
    means = by_seeds.mean(axis=3) + generator.normal(0, math.sqrt(item_variance), (families, claims, sets))
    variances = by_seeds.var(axis=3, ddof=1) / seeds
    families_wrong = 0
    for family in range(families):
        pooled = [
            pool([Spread(mean, by_seed, item_variance, 0.0, seeds, 1500).effect for mean, by_seed in of_claim])
            for of_claim in np.stack([means[family], variances[family]], axis=-1).tolist()
        ]
        families_wrong += claims * min(two_sided(effect) for effect in pooled) < 0.05
    assert families_wrong / families <= 0.05 + 0.014  # two standard errors


def test_a_p_value_of_two_parts_by_hand() -> None:
    """At its own p-value the critical values, weighted by the variances, come to the ratio (Cochran 1964)."""
    effect = Spread(0.3, 0.01, 0.03, 0.0, 4, 31).effect
    level = effect.above(0.0)
    assert (t.isf(level, 3) * 0.01 + t.isf(level, 30) * 0.03) / 0.04 == pytest.approx(0.3 / 0.2)
    assert effect.below(0.0) == pytest.approx(1 - level)
    assert level > t.sf(0.3 / 0.2, effect.degrees)
