"""Average precision against scikit-learn, with weights and with ties."""

from __future__ import annotations

import time

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from replication.evaluation import ranking
from replication.evaluation.ranking import average_precision, drawn_average_precision
from replication.statistics import Resamples


def test_by_hand() -> None:
    junk = np.array([True, False, True])
    # Ranked 0.9 junk, 0.8 not, 0.7 junk: precision 1 at the first, 2/3 at the second.
    assert average_precision(np.array([0.9, 0.8, 0.7]), junk) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(np.array([0.5, 0.5, 0.5]), junk) == pytest.approx(2 / 3)


@pytest.mark.parametrize("levels", [3, 12, 10**6])
def test_every_resample_agrees_with_scikit_learn(levels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "BLOCK", 7)
    generator = np.random.default_rng(levels)
    junk = generator.random(60) < 0.4
    runs = [np.floor((generator.random(60) + 0.4 * junk) * levels) / levels for _ in range(2)]
    resamples = Resamples(60, seed=3, draws=100)
    found = drawn_average_precision(resamples, runs, junk)
    assert found.shape == (100, 2)
    for draw, weights in enumerate(np.concatenate(list(resamples.item_weights()))):
        for at, run in enumerate(runs):
            expected = average_precision_score(junk, run, sample_weight=weights)
            assert found[draw, at] == pytest.approx(expected, abs=1e-12)
    assert average_precision(runs[0], junk) == pytest.approx(average_precision_score(junk, runs[0]), abs=1e-12)


def test_without_junk_it_is_zero() -> None:
    assert average_precision(np.array([0.2, 0.4]), np.array([False, False])) == 0.0


def test_a_run_on_the_default_test_set_takes_a_fraction_of_a_second() -> None:
    generator = np.random.default_rng(0)
    junk = generator.random(1500) < 0.4
    runs = [generator.random(1500) for _ in range(8)]
    started = time.perf_counter()
    drawn_average_precision(Resamples(1500, seed=0), runs, junk)
    assert time.perf_counter() - started < 8
