"""Interleaving, the ratio's interval, percentiles: hand values and simulation."""

from __future__ import annotations

import gc
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
    ratio = latency_ratio(30 * fast, fast, DRAWS, 0.95, 0)
    assert ratio == pytest.approx((30.0, 30.0, 30.0, 0.0))


def test_the_drift_of_the_machine_cancels_in_pairs() -> None:
    drift = np.linspace(1, 3, 9)[:, None] * np.ones((1, 5))
    ratio = latency_ratio(0.02 * drift, 0.001 * drift, DRAWS, 0.95, 1)
    assert ratio.estimate == pytest.approx(20)
    assert (ratio.low, ratio.high) == pytest.approx((20, 20))


def test_the_interval_covers_the_true_ratio() -> None:
    generator = np.random.default_rng(8)
    inside = 0
    for _ in range(60):
        noise = [np.exp(0.1 * generator.normal(size=(20, 1)) + 0.1 * generator.normal(size=(20, 12))) for _ in "ab"]
        ratio = latency_ratio(0.02 * noise[0], 0.001 * noise[1], 150, 0.95, 2)
        inside += ratio.low <= 20 <= ratio.high
        assert ratio.standard_error > 0
    assert inside >= 53


def test_pairs_must_fit() -> None:
    with pytest.raises(ValueError, match="expected pairs"):
        latency_ratio(np.ones((2, 3)), np.ones((3, 2)), DRAWS, 0.95, 0)


def test_percentiles_and_throughput_by_hand() -> None:
    seconds = np.arange(1, 102, dtype=np.float64).reshape(1, 101) / 1000
    one = latency("student", Setting("pytorch", 1, 64), seconds)
    assert (one.p50, one.p95, one.p99) == pytest.approx((51, 96, 100))
    assert one.calls == 101
    assert one.items_per_second == pytest.approx(64 * 101 / 5.151)
    assert one.per_item == pytest.approx(51 / 64)


def test_one_processor_has_half_the_settings() -> None:
    assert len(settings(1)) == 4
    assert len(set(settings(2))) == 8
