"""How many times one network's latency is the other's, with its uncertainty from repeated measurements.

The repetitions and the texts are crossed: every repetition times every text with both networks. So a resample draws
repetitions and texts with replacement, the same for both networks (as `replication.statistics` does with seeds and
items), and takes the ratio of the two medians. The variance counts as the texts', of which there are fewer, so that
Student's t has their degrees of freedom.
"""

from __future__ import annotations

import math

import numpy as np

from replication.measurements.timing import Floats
from replication.statistics import Spread


def exact_ratio(first: float, second: float) -> Spread:
    """The logarithm of the ratio of two numbers that are known."""
    return Spread(math.log(first / second), 0.0, 0.0, 0.0, 1, 0)


def latency_ratio(slow: Floats, fast: Floats, draws: int, seed: int) -> Spread:
    """The logarithm of the ratio of the median of `slow` to that of `fast`, in seconds, [repeats, texts], paired.

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
    estimate = math.log(np.median(slow) / np.median(fast))
    # Draws from n vary by (n - 1)/n of what n vary by.
    variance = float(logarithms.var(ddof=1)) * texts / max(texts - 1, 1)
    return Spread(estimate, 0.0, variance, 0.0, 1, texts)
