"""A comparison that a claim is judged by: an estimate with its interval, on one set.

`comparisons.json` holds those of the runs' predictions, and a measurement's own file its own, under `comparisons`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from replication.results.files import Frozen
from replication.statistics import Spread

Unit = Literal["share", "ratio", "cosine", "nats"]
Bound = Literal["exact", "at most", "at least", "unknown"]
"""What a number is: as measured, or a bound, where what was tried did not reach its end; `unknown`: not even that."""


class VarianceParts(Frozen):
    """The parts of an estimate's variance (of its logarithm's where the unit is `ratio`), for what would settle it."""

    seeds: float
    items: float
    both: float


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
    """What was resampled beside the seeds: test items, of gradients batches of labelled items, of latencies texts; 0
    where nothing was."""
    variance: VarianceParts
    bound: Bound = "exact"
    """What the estimate is."""
    values: list[float] = Field(default_factory=list)
    """The estimate of each seed by itself, where there are any."""


class Comparisons(Frozen):
    """`comparisons.json`."""

    comparisons: list[Comparison]
    further: list[Comparison] = Field(default_factory=list)
    """Not judged: they say what a judged one is made of, and name its claim."""


def compared(
    claim: str,
    dataset: str,
    part: str,
    unit: Unit,
    spread: Spread,
    confidence: float,
    values: Sequence[float] = (),
    bound: Bound = "exact",
) -> Comparison:
    """The comparison that a spread makes; of a ratio, `spread` and `values` are logarithms."""
    effect = spread.effect
    ends = (effect.estimate, *effect.interval(confidence))
    estimate, low, high = (math.exp(end) if unit == "ratio" else end for end in ends)
    return Comparison(
        claim=claim,
        dataset=dataset,
        part=part,
        unit=unit,
        estimate=_rounded(estimate),
        low=_rounded(low),
        high=_rounded(high),
        standard_error=_rounded(effect.standard_error),
        seeds=spread.seeds,
        items=spread.items,
        variance=VarianceParts(
            seeds=_rounded(spread.seed_variance),
            items=_rounded(spread.item_variance),
            both=_rounded(spread.both_variance),
        ),
        bound=bound,
        values=[_rounded(math.exp(value) if unit == "ratio" else value) for value in values],
    )


def spread_of(comparison: Comparison) -> Spread:
    """The estimate with the parts of its variance; of a ratio, on the logarithm."""
    estimate = math.log(comparison.estimate) if comparison.unit == "ratio" else comparison.estimate
    parts = comparison.variance
    return Spread(estimate, parts.seeds, parts.items, parts.both, comparison.seeds, comparison.items)


def _rounded(value: float) -> float:
    """Six significant digits: far below one test item, far above the last bits of a processor."""
    return float(f"{value:.6g}") + 0.0
