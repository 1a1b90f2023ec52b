"""Effects against scipy and statsmodels, hand values, and by simulation against a known truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm, t, ttest_1samp
from statsmodels.stats.weightstats import DescrStatsW

from replication.statistics import Effect, Spread, interquartile_mean, pool


def effect_of(values: list[float]) -> Effect:
    return Effect(float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(len(values))), len(values) - 1)


def test_one_sided_tests_and_interval_agree_with_scipy() -> None:
    values = [0.02, 0.05, -0.01, 0.04, 0.03]
    effect = effect_of(values)
    assert effect.above(0.01) == pytest.approx(ttest_1samp(values, 0.01, alternative="greater").pvalue)
    assert effect.below(0.04) == pytest.approx(ttest_1samp(values, 0.04, alternative="less").pvalue)
    assert effect.interval(0.9) == pytest.approx(tuple(ttest_1samp(values, 0).confidence_interval(0.9)))
    assert Effect(0.3, 0.1, math.inf).interval(0.95) == pytest.approx(tuple(norm.interval(0.95, 0.3, 0.1)))


def test_equivalence_agrees_with_statsmodels() -> None:
    values = [0.002, 0.005, -0.001, 0.004, 0.003]
    assert effect_of(values).within(0.01) == pytest.approx(DescrStatsW(values).ttost_mean(-0.01, 0.01)[0])


def test_without_variation_the_sign_decides() -> None:
    certain = Effect(0.5, 0.0, math.inf)
    assert (certain.above(0.4), certain.above(0.5), certain.below(0.6), certain.below(0.5)) == (0, 1, 0, 1)
    assert certain.interval(0.95) == (0.5, 0.5)


def test_degrees_of_freedom_by_hand() -> None:
    # Seeds alone: their own n - 1. Items alone: theirs. Equal parts of 1: (1 + 1)² / (1/3 + 1/100).
    assert Spread(0.0, 1.0, 0.0, 0.0, 4, 101).effect.degrees == 3
    assert Spread(0.0, 0.0, 1.0, 0.0, 4, 101).effect.degrees == 100
    assert Spread(0.0, 1.0, 1.0, 0.0, 4, 101).effect.degrees == pytest.approx(4 / (1 / 3 + 1 / 100))
    assert Spread(0.0, 1.0, 0.0, 0.0, 4, 0).effect.degrees == 3
    assert Spread(0.0, 3.0, 2.0, 4.0, 4, 101).effect.standard_error == 3


def test_more_seeds_and_more_items_by_hand() -> None:
    spread = Spread(0.0, 4.0, 6.0, 2.0, 4, 100)
    assert spread.with_seeds(8) == Spread(0.0, 2.0, 6.0, 1.0, 8, 100)
    assert spread.with_items(300)[:6] == pytest.approx((0.0, 4.0, 2.0, 2 / 3, 4, 300))


def test_pooling_by_hand() -> None:
    pooled = pool([Effect(0.1, 0.03, 3), Effect(0.3, 0.04, math.inf)])
    assert pooled.estimate == pytest.approx(0.2)
    assert pooled.standard_error == pytest.approx(0.025)
    assert pooled.degrees == pytest.approx((0.0009 + 0.0016) ** 2 / (0.0009**2 / 3))
    assert np.array(pooled.parts) == pytest.approx(np.array([[0.0009 / 4, 3], [0.0016 / 4, math.inf]]))
    assert pool([Effect(0.1, 0.0, 3), Effect(0.3, 0.0, 3)]) == Effect(0.2, 0.0, math.inf)


def test_the_interquartile_mean_leaves_a_quarter_out_at_each_end() -> None:
    assert interquartile_mean([[9.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, -70.0]]) == pytest.approx((2 + 3 + 4 + 5) / 4)
    assert interquartile_mean([1.0, 2.0, 6.0]) == pytest.approx(3.0)


PARTS = {
    "seeds alone": (0.015, 0.0, 0.0),
    "seeds rule": (0.03, 0.1, 0.1),
    "seeds and items alike": (0.015, 0.3, 0.1),
    "items rule": (0.002, 0.5, 0.1),
    "seeds on items rule": (0.005, 0.05, 0.3),
    "no part of the seeds' own": (0.0, 0.3, 0.3),
}
"""Deviations by seed, by item, and by seed on item."""


def drawn_spreads(
    deviations: tuple[float, float, float], trials: int, seeds: int = 4, items: int = 200
) -> list[Spread]:
    """Spreads of made scores whose truth is 0, with the variances that unlimited resamples of the items would give."""
    generator = np.random.default_rng(7)
    scores = generator.normal(0, deviations[2], (trials, seeds, items))
    scores += generator.normal(0, deviations[0], (trials, seeds, 1))
    scores += generator.normal(0, deviations[1], (trials, 1, items))
    centre = scores.mean(axis=1, keepdims=True)
    by_items = centre.var(axis=2)[:, 0] / items
    both = (scores - centre).var(axis=2).mean(axis=1) / (seeds - 1) / items
    by_seeds = scores.mean(axis=2).var(axis=1, ddof=1) / seeds
    shared = np.minimum(both, by_items)
    parts = np.stack([scores.mean(axis=(1, 2)), np.maximum(by_seeds - both, 0), by_items - shared, shared], axis=1)
    return [Spread(mean, one, other, rest, seeds, items) for mean, one, other, rest in parts.tolist()]


@pytest.mark.parametrize("parts", PARTS)
def test_the_interval_of_four_seeds_covers_the_truth_as_often_as_it_says(parts: str) -> None:
    effects = [spread.effect for spread in drawn_spreads(PARTS[parts], trials=2500)]
    means, errors, degrees = np.array([effect[:3] for effect in effects]).T
    covered = np.abs(means) <= t.ppf(0.975, degrees) * errors
    assert 0.93 <= covered.mean() <= 0.97


def test_pooled_over_three_sets_it_does_too() -> None:
    sets = [[s.effect for s in drawn_spreads(PARTS["seeds and items alike"], 3600)][at::3] for at in range(3)]
    pooled = [pool(effects).interval(0.95) for effects in zip(*sets, strict=True)]
    assert 0.93 <= np.mean([low <= 0 <= high for low, high in pooled]) <= 0.97
