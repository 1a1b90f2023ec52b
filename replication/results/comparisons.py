"""A comparison that a claim is judged by: an estimate with its interval, on one set."""

from __future__ import annotations

from typing import Literal

from replication.results.files import Frozen

Unit = Literal["share", "ratio", "cosine", "nats"]


class Comparison(Frozen):
    """One estimate of a claim's comparison. A measurement's JSON file holds a list of them under `comparisons`."""

    claim: str
    """The claim's id in `baselines/claims.yaml`."""
    dataset: str
    part: str = ""
    """What tells several comparisons of a claim on one set apart, such as `transfer labelled` or `rate 0.2`."""
    unit: Unit
    """`share`: a metric in [0, 1] or a difference of two; `ratio`: of two positive numbers; `cosine`; `nats`."""
    estimate: float
    low: float
    high: float
    """The 95% interval (of the profile's `statistics.confidence`)."""
    standard_error: float
    """Of the estimate; of its logarithm where the unit is `ratio`."""
    seeds: int
    items: int
    """Test items behind it; 0 where no items are resampled."""
