"""Latency of teacher and student under one setting: a runtime, a number of threads, a batch size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import numpy as np
import torch

from replication.measurements.subjects import Subject
from replication.measurements.timing import Call, Floats, interleaved, timed
from replication.results.cost import Latency, Role, Runtime
from replication.serving.exchange import LogitsAlone, OnnxNetwork

BATCHES = (1, 64)
LEAST_CALLS = {1: 8, 64: 1}
"""Calls that a repetition times at the least, by batch size."""
PILOT = 4
"""Calls from which the whole is estimated."""
Batches = Sequence[Sequence[str]]


class Setting(NamedTuple):
    """What a latency is measured under."""

    runtime: Runtime
    threads: int
    batch: int


class Budget(NamedTuple):
    """How long to measure."""

    repeats: int
    seconds: float
    """Aimed at for one setting, both networks together."""
    warmup: int
    """Untimed calls of each network before."""


def settings(threads: int) -> list[Setting]:
    """All settings on a machine with so many processors."""
    runtimes: tuple[Runtime, ...] = ("pytorch", "onnxruntime")
    return [
        Setting(runtime, count, batch) for runtime in runtimes for count in sorted({1, threads}) for batch in BATCHES
    ]


def measure(
    setting: Setting, subjects: Sequence[Subject], batches: Batches, budget: Budget, on_repeat: Callable[[], None]
) -> dict[Role, Floats]:
    """Time the networks on the same batches, as many of them as the budget has room for.

    Returns:
        Seconds by role, [repeats, batches].
    """
    with _on_threads(setting.threads):
        calls = {subject.role: _calls(setting, subject, batches) for subject in subjects}
        each = sum(warm(own, budget.warmup) for own in calls.values())
        room = int(budget.seconds / (budget.repeats * each))
        count = min(len(batches), max(room, LEAST_CALLS[setting.batch]))
        return interleaved({role: own[:count] for role, own in calls.items()}, budget.repeats, on_repeat)


def expected_seconds(
    planned: Sequence[Setting], subjects: Sequence[Subject], batches: Mapping[int, Batches], budget: Budget
) -> float:
    """How long all settings will take together, from a few calls in PyTorch on one thread, the slowest setting."""
    each: dict[int, float] = {}
    with _on_threads(1):
        for size in batches:
            calls = [_calls(Setting("pytorch", 1, size), subject, batches[size][:1]) for subject in subjects]
            each[size] = sum(warm(own, PILOT) for own in calls)
    least = {size: budget.repeats * LEAST_CALLS[size] * seconds for size, seconds in each.items()}
    return sum(budget.warmup * each[one.batch] + max(budget.seconds, least[one.batch]) for one in planned)


@contextmanager
def _on_threads(count: int) -> Iterator[None]:
    """PyTorch without gradients and on so many threads while the block runs."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        with torch.inference_mode():
            yield
    finally:
        torch.set_num_threads(before)


def _calls(setting: Setting, subject: Subject, batches: Batches) -> list[Call]:
    inputs = [subject.encode(batch) for batch in batches]
    if setting.runtime == "pytorch":
        network = LogitsAlone(subject.network)
        return [partial(network, one) for one in inputs]
    onnx = OnnxNetwork(subject.onnx, setting.threads)
    return [partial(onnx, one.numpy()) for one in inputs]


def warm(calls: Sequence[Call], warmup: int) -> float:
    """Make untimed calls, over batches of all kinds; returns the median seconds of the later half."""
    seconds = [timed(calls[number % len(calls)]) for number in range(max(warmup, 2))]
    return float(np.median(seconds[len(seconds) // 2 :]))


def percentiles(seconds: Floats) -> tuple[float, float, float]:
    """Median, 95th and 99th percentile of seconds, in milliseconds."""
    p50, p95, p99 = np.percentile(1000 * seconds, [50, 95, 99])
    return float(p50), float(p95), float(p99)


def latency(role: Role, setting: Setting, seconds: Floats) -> Latency:
    """Sum up the seconds [repeats, calls] of one network."""
    p50, p95, p99 = percentiles(seconds)
    return Latency(
        role=role,
        runtime=setting.runtime,
        threads=setting.threads,
        batch=setting.batch,
        calls=seconds.size,
        p50=p50,
        p95=p95,
        p99=p99,
        items_per_second=setting.batch * seconds.size / float(seconds.sum()),
    )
