"""How many times one network's latency is the other's, with an interval from repeated measurements.

The repetitions and the texts are crossed: every repetition times every text with both networks. So a resample draws
repetitions and texts with replacement, the same for both networks (as `replication.statistics` does with seeds and
items), and takes the ratio of the two medians. The interval is the percentile interval.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from replication.measurements.timing import Floats


class Ratio(NamedTuple):
    """A ratio of two positive numbers."""

    estimate: float
    low: float
    high: float
    standard_error: float
    """Of the ratio's logarithm."""


def latency_ratio(slow: Floats, fast: Floats, draws: int, confidence: float, seed: int) -> Ratio:
    """The ratio of the median of `slow` to that of `fast`, both in seconds, [repeats, texts], paired.

    Raises:
        ValueError: the two are not of the same shape.
    """
    if slow.shape != fast.shape:
        raise ValueError(f"expected pairs, got {slow.shape} and {fast.shape}")
    generator = np.random.default_rng(seed)
    repeats, texts = slow.shape
    logarithms = np.empty(draws)
    for draw in range(draws):
        drawn = np.ix_(generator.integers(repeats, size=repeats), generator.integers(texts, size=texts))
        logarithms[draw] = np.log(np.median(slow[drawn]) / np.median(fast[drawn]))
    tail = (1 - confidence) / 2
    low, high = np.exp(np.quantile(logarithms, [tail, 1 - tail]))
    estimate = float(np.median(slow) / np.median(fast))
    return Ratio(estimate, float(low), float(high), float(logarithms.std(ddof=1)))
