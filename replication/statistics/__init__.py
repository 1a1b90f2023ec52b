"""From predictions[seed, item] to an estimate, its interval and a decision. No torch.

`resamples` draws test items and turns arms into intervals, `effects` holds an estimate with the parts of its variance,
`decisions` tests claims, `aggregates` sums scores up over sets.
"""

from __future__ import annotations

from replication.statistics.aggregates import interquartile_mean
from replication.statistics.arms import score_arms
from replication.statistics.decisions import Bearing, holm, smallest
from replication.statistics.effects import Effect, Spread, Variance, pool
from replication.statistics.resamples import Estimate, Resamples, Scores, paired

__all__ = [
    "Bearing", "Effect", "Estimate", "Resamples", "Scores", "Spread", "Variance", "holm", "interquartile_mean",
    "paired", "pool", "score_arms", "smallest",
]  # fmt: skip
