"""Metrics against hand values and scikit-learn; the bootstrap against a plain loop over the same resamples."""

from __future__ import annotations

import importlib
import time

import numpy as np
import pytest
from scipy.stats import t, ttest_1samp
from sklearn.metrics import accuracy_score, f1_score

from replication.metrics import Integers, evaluate
from replication.statistics import Resamples, Scores, score_arms
from replication.statistics import resamples as resampling


def arm(
    generator: np.random.Generator, labels: Integers, seeds: list[int], skill: float, classes: int
) -> dict[int, Integers]:
    wrong = generator.integers(classes, size=(len(seeds), len(labels)))
    return {
        seed: np.where(generator.random(len(labels)) < skill, labels, guess)
        for seed, guess in zip(seeds, wrong, strict=True)
    }


def test_hand_values() -> None:
    labels = np.array([0, 0, 0, 1, 1, 2])
    predicted = np.array([0, 0, 1, 1, 2, 2])
    # F1 by class: 2·2/(2+3) = 0.8; 2·1/(2+2) = 0.5; 2·1/(2+1) = 2/3.
    assert evaluate(labels, predicted, 3)["macro_f1"] == pytest.approx((0.8 + 0.5 + 2 / 3) / 3)
    assert evaluate(labels, predicted, 3)["accuracy"] == pytest.approx(4 / 6)


def test_a_class_that_never_occurs_counts_as_zero() -> None:
    labels = np.array([0, 1, 0, 1])
    assert evaluate(labels, labels, 4) == {"accuracy": 1.0, "macro_f1": 0.5}


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_agrees_with_scikit_learn(classes: int) -> None:
    generator = np.random.default_rng(classes)
    for _ in range(20):
        labels = generator.integers(classes, size=25)
        predicted = generator.integers(classes, size=25)
        found = evaluate(labels, predicted, classes)
        expected = f1_score(labels, predicted, labels=range(classes), average="macro", zero_division=0)
        assert found["macro_f1"] == pytest.approx(expected, abs=1e-12)
        assert found["accuracy"] == pytest.approx(accuracy_score(labels, predicted), abs=1e-12)


def test_equals_a_plain_loop_over_the_same_resamples() -> None:
    generator = np.random.default_rng(1)
    labels = generator.integers(3, size=40)
    arms = {"a": arm(generator, labels, [0, 1, 2], 0.7, 3), "b": arm(generator, labels, [0, 1, 2], 0.5, 3)}
    resamples = Resamples(40, seed=5, draws=30)
    scores = score_arms(resamples, labels, arms, 3)
    indices = np.concatenate(list(resamples.indices()))
    assert indices.shape == (30, 40)
    for name, runs in arms.items():
        for seed, run in runs.items():
            expected = [
                f1_score(labels[rows], run[rows], labels=range(3), average="macro", zero_division=0) for rows in indices
            ]
            assert scores[name]["macro_f1"].drawn[:, seed] == pytest.approx(expected, abs=1e-12)
        observed = [evaluate(labels, run, 3)["macro_f1"] for run in runs.values()]
        assert resamples.interval(scores[name]["macro_f1"]).mean == pytest.approx(np.mean(observed))
    difference = scores["a"]["macro_f1"].drawn - scores["b"]["macro_f1"].drawn
    observed_difference = scores["a"]["macro_f1"].observed - scores["b"]["macro_f1"].observed
    found = resamples.paired_difference(scores["a"]["macro_f1"], scores["b"]["macro_f1"])
    assert found == pytest.approx(resamples.summary(observed_difference, difference))


def test_the_parts_of_a_variance_by_hand() -> None:
    # Seed means 0.5 and 0.7: s² = 0.02, of the mean 0.01. Draws: the seeds' mean is 0.6 ± 0.1 in both, variance 0.01;
    # each seed deviates from it by ∓0.1 ± 0.02, variance 0.0004, times n/(n - 1) = 2, of the mean 0.0004. What is of
    # the 5 items is times 5/4.
    drawn = np.array([[0.4 + 0.02, 0.6 - 0.02], [0.6 - 0.02, 0.8 + 0.02]])
    spread = Resamples(5, seed=0, draws=2).spread(np.array([0.5, 0.7]), drawn)
    assert spread.estimate == pytest.approx(0.6)
    assert spread.both_variance == pytest.approx(0.0005)
    assert spread.seed_variance == pytest.approx(0.01 - 0.0005)
    assert spread.item_variance == pytest.approx(1.25 * 0.01 - 0.0005)
    assert (spread.seeds, spread.items) == (2, 5)


def test_the_variance_of_a_mean_over_few_items_is_that_of_the_formula() -> None:
    """Of a dozen batches, say: s²/n with n - 1 below the sum of squares."""
    values = np.random.default_rng(4).normal(size=(12, 1))
    resamples = Resamples(12, seed=5, draws=20_000)
    drawn = np.concatenate([weights @ values for weights in resamples.item_weights()]) / 12
    found = resamples.spread(values.mean(axis=0), drawn).item_variance
    assert found == pytest.approx(values.var(ddof=1) / 12, rel=0.03)


def test_a_single_seed_resamples_items_alone() -> None:
    labels = np.zeros(400, dtype=np.int64)
    predicted = {0: (np.arange(400) >= 320).astype(np.int64)}
    resamples = Resamples(400, seed=2, draws=4000)
    found = resamples.interval(score_arms(resamples, labels, {"a": predicted}, 2)["a"]["accuracy"])
    half = 1.96 * np.sqrt(0.8 * 0.2 / 400)
    assert found.mean == pytest.approx(0.8)
    assert (found.low, found.high) == pytest.approx((0.8 - half, 0.8 + half), abs=0.004)


def test_an_arm_against_itself_has_no_difference() -> None:
    generator = np.random.default_rng(3)
    labels = generator.integers(2, size=50)
    resamples = Resamples(50, seed=1, draws=300)
    scores = score_arms(resamples, labels, {"a": arm(generator, labels, [0, 1], 0.6, 2)}, 2)["a"]["accuracy"]
    assert resamples.paired_difference(scores, scores) == (0.0, 0.0, 0.0)


def scores_of(seeds: tuple[int, ...], values: list[float], draws: int = 100) -> Scores:
    return Scores(seeds, np.array(values), np.tile(np.array(values), (draws, 1)))


def test_pairing_keeps_the_seeds_in_common() -> None:
    resamples = Resamples(5, seed=0, draws=100)
    found = resamples.paired_difference(scores_of((1, 2, 3), [0.5, 0.6, 0.9]), scores_of((3, 1), [0.4, 0.1]))
    assert found.mean == pytest.approx(((0.5 - 0.1) + (0.9 - 0.4)) / 2)
    # Differences of 0.4 and 0.5 and no variation by items: Student's interval of two numbers.
    half = t.ppf(0.975, 1) * np.std([0.4, 0.5], ddof=1) / np.sqrt(2)
    assert (found.low, found.high) == pytest.approx((0.45 - half, 0.45 + half))


def test_seeds_alone_give_students_interval() -> None:
    values = [0.1, 0.4, 0.3, 0.8]
    found = Resamples(5, seed=0, draws=100).interval(scores_of((0, 1, 2, 3), values))
    expected = ttest_1samp(values, 0).confidence_interval(0.95)
    assert found.low == pytest.approx(max(expected.low, 0))
    assert found.high == pytest.approx(expected.high)


def test_a_trained_arm_with_one_seed_is_paired_with_that_seed_alone() -> None:
    resamples = Resamples(5, seed=0, draws=100)
    found = resamples.paired_difference(scores_of((2,), [0.9]), scores_of((1, 2), [0.6, 0.8]))
    assert found == pytest.approx((0.1, 0.1, 0.1))


def test_a_deterministic_arm_is_held_against_each_seed_of_the_other() -> None:
    resamples = Resamples(5, seed=0, draws=100)
    found = resamples.difference_from_each(scores_of((0,), [0.5]), scores_of((1, 2), [0.6, 0.8]))
    half = t.ppf(0.975, 1) * 0.1
    assert found == pytest.approx((-0.2, -0.2 - half, -0.2 + half))
    with pytest.raises(ValueError, match="one run, not 2"):
        resamples.difference_from_each(scores_of((0, 1), [0.5, 0.5]), scores_of((1, 2), [0.6, 0.8]))


@pytest.mark.parametrize("seeds", [(1, 2), (1,)])
def test_arms_without_a_common_seed_cannot_be_paired(seeds: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no seed in common"):
        Resamples(5, 0, 100).paired_difference(scores_of(seeds, [0.5] * len(seeds)), scores_of((3, 4), [0.5, 0.5]))


def test_the_interval_of_a_share_ends_at_0_and_1() -> None:
    resamples = Resamples(5, seed=0, draws=100)
    assert resamples.interval(scores_of((0, 1), [0.9, 1.0])).high == 1.0
    assert resamples.interval(scores_of((0, 1), [0.0, 0.1])).low == 0.0
    # A difference may be negative, and no end is cut off.
    assert resamples.paired_difference(scores_of((0, 1), [0.0, 0.1]), scores_of((0, 1), [0.0, 0.0])).low < 0


@pytest.mark.parametrize(("seed_deviation", "item_deviation"), [(0.015, 0.1), (0.003, 0.35)])
def test_coverage_with_four_seeds_from_real_resamples(seed_deviation: float, item_deviation: float) -> None:
    items, trials = 100, 600
    generator = np.random.default_rng(23)
    covered = 0
    for trial in range(trials):
        effects = generator.normal(0, seed_deviation, size=(4, 1)) + generator.normal(0, 0.05, (4, items))
        effects += generator.normal(0, item_deviation, items)
        resamples = Resamples(items, seed=trial, draws=200)
        drawn = resamples.sums(effects.T) / items
        found = resamples.summary(effects.mean(axis=1), drawn)
        covered += found.low <= 0 <= found.high
    assert 0.93 <= covered / trials <= 0.97


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(11)
    covered = 0
    trials = 150
    for trial in range(trials):
        skills = np.clip(generator.normal(0.7, 0.02, size=6), 0, 1)
        # Items differ in difficulty and all seeds share them, so that scores of seeds are not independent.
        difficulty = generator.random(200)
        right = {seed: (difficulty < skill).astype(np.int64) for seed, skill in enumerate(skills)}
        resamples = Resamples(200, seed=trial, draws=300)
        scores = score_arms(resamples, np.ones(200, dtype=np.int64), {"a": right}, 2)
        found = resamples.interval(scores["a"]["accuracy"])
        covered += found.low <= 0.7 <= found.high
    assert 0.9 <= covered / trials <= 0.99


def test_the_same_inputs_give_the_same_numbers_whatever_the_threads() -> None:
    generator = np.random.default_rng(4)
    labels = generator.integers(10, size=700)
    arms = {name: arm(generator, labels, [0, 1], 0.6, 10) for name in "ab"}
    results = []
    for threads in (1, 2):
        with importlib.import_module("threadpoolctl").threadpool_limits(threads):
            resamples = Resamples(700, seed=9, draws=6000)
            scores = score_arms(resamples, labels, arms, 10)
            results.append(resamples.paired_difference(scores["a"]["macro_f1"], scores["b"]["macro_f1"]))
    assert results[0] == results[1]


def test_chunks_do_not_change_the_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = np.concatenate(list(Resamples(30, seed=1, draws=50).indices()))
    monkeypatch.setattr(resampling, "CHUNK", 30 * 8)
    parts = list(Resamples(30, seed=1, draws=50).indices())
    assert len(parts) == 7
    assert np.array_equal(np.concatenate(parts), whole)


def test_nothing_to_resample() -> None:
    with pytest.raises(ValueError, match="0 items"):
        Resamples(0, 0)


def test_the_size_of_the_default_profile_takes_seconds() -> None:
    generator = np.random.default_rng(0)
    labels = generator.integers(10, size=1500)
    arms = {str(name): arm(generator, labels, [0, 1, 2, 3], 0.7, 10) for name in range(4)}
    started = time.perf_counter()
    score_arms(Resamples(1500, seed=0), labels, arms, 10)
    assert time.perf_counter() - started < 15


def test_sums_count_the_drawn_items() -> None:
    columns = np.random.default_rng(0).random((40, 3)).round()
    resamples = Resamples(40, seed=8, draws=50)
    expected = [columns[rows].sum(axis=0) for rows in np.concatenate(list(resamples.indices()))]
    assert np.array_equal(resamples.sums(columns), np.array(expected))


def test_another_sample_has_other_draws_of_items() -> None:
    one, other = Resamples(30, seed=1, draws=50), Resamples(30, seed=1, draws=50, sample=(1,))
    assert not np.array_equal(np.concatenate(list(one.indices())), np.concatenate(list(other.indices())))
