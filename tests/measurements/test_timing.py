"""Interleaving, the ratio's interval, percentiles: hand values and simulation."""

from __future__ import annotations

import gc
import math
import time
from functools import partial

import numpy as np
import pytest

from replication.measurements.latency import Setting, latency, settings
from replication.measurements.ratios import latency_ratio
from replication.measurements.timing import interleaved

DRAWS = 400


def test_networks_take_turns_and_each_repetition_changes_who_is_first() -> None:
    order: list[str] = []
    calls = {name: [partial(order.append, f"{name}{call}") for call in (0, 1)] for name in ("a", "b")}
    ticks: list[int] = []
    found = interleaved(calls, 3, lambda: ticks.append(len(order)))
    assert order == ["a0", "a1", "b0", "b1", "b0", "b1", "a0", "a1", "a0", "a1", "b0", "b1"]
    assert ticks == [4, 8, 12]
    assert {name: seconds.shape for name, seconds in found.items()} == {"a": (3, 2), "b": (3, 2)}


def test_seconds_are_of_the_calls_and_the_collector_is_back_on() -> None:
    found = interleaved({"slow": [partial(time.sleep, 0.01)], "fast": [partial(int)]}, 5)
    assert 0.01 <= np.median(found["slow"]) < 0.1
    assert np.median(found["fast"]) < 0.001
    assert gc.isenabled()


def test_a_constant_ratio_has_no_width() -> None:
    fast = np.full((6, 4), 0.002)
    effect = latency_ratio(30 * fast, fast, DRAWS, 0).effect
    assert math.exp(effect.estimate) == pytest.approx(30)
    assert effect.standard_error == pytest.approx(0, abs=1e-12)


def test_the_drift_of_the_machine_cancels_in_pairs() -> None:
    drift = np.linspace(1, 3, 9)[:, None] * np.ones((1, 5))
    effect = latency_ratio(0.02 * drift, 0.001 * drift, DRAWS, 1).effect
    assert math.exp(effect.estimate) == pytest.approx(20)
    assert effect.standard_error == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("texts", [8, 20])
def test_the_interval_covers_the_true_ratio(texts: int) -> None:
    generator = np.random.default_rng(8)
    inside, repeats = 0, 200
    for _ in range(repeats):
        noise = [
            np.exp(0.1 * generator.normal(size=(1, texts)) + 0.1 * generator.normal(size=(20, texts))) for _ in "ab"
        ]
        spread = latency_ratio(0.02 * noise[0], 0.001 * noise[1], 100, 2)
        low, high = spread.effect.interval(0.95)
        inside += low <= math.log(20) <= high
        assert spread.items == texts
    # Two standard errors of a share of 95% are 3 points; medians of resamples vary a little more than medians.
    assert 0.92 <= inside / repeats <= 0.995


def test_pairs_must_fit() -> None:
    with pytest.raises(ValueError, match="expected pairs"):
        latency_ratio(np.ones((2, 3)), np.ones((3, 2)), DRAWS, 0)


def test_percentiles_and_throughput_by_hand() -> None:
    seconds = np.arange(1, 102, dtype=np.float64).reshape(1, 101) / 1000
    one = latency("student", Setting("pytorch", 1, 64), seconds)
    assert (one.p50, one.p95, one.p99) == pytest.approx((51, 96, 100))
    assert one.calls == 101
    assert one.items_per_second == pytest.approx(64 * 101 / 5.151)


def test_one_processor_has_half_the_settings() -> None:
    assert len(settings(1)) == 4
    assert len(set(settings(2))) == 8
