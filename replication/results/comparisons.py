"""A comparison that a claim is judged by: an estimate with its interval, on one set.

`comparisons.json` holds those of the runs' predictions, and a measurement's own file its own, under `comparisons`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from pydantic import Field
from scipy.special import stdtr, stdtrit

from replication.results.files import Frozen
from replication.statistics import Effect, Spread

Unit = Literal["share", "ratio", "cosine", "nats"]


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
    """Test items behind it; 0 where no items are resampled."""
    variance: VarianceParts | None = None
    """Where it is known."""
    values: list[float] = Field(default_factory=list)
    """The estimate of each seed by itself, where there are any."""


class Comparisons(Frozen):
    """`comparisons.json`."""

    comparisons: list[Comparison]


def compared(
    claim: str, dataset: str, part: str, unit: Unit, spread: Spread, confidence: float, values: Sequence[float] = ()
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
        values=[_rounded(math.exp(value) if unit == "ratio" else value) for value in values],
    )


def spread_of(comparison: Comparison) -> Spread:
    """The estimate with the parts of its variance; of a ratio, on the logarithm.

    Where the parts are not told, all of the variance is the seeds', or the items' where there is one seed.
    """
    found = comparison.variance
    if found is None:
        whole = comparison.standard_error**2
        alone = comparison.seeds <= 1
        found = VarianceParts(seeds=0.0 if alone else whole, items=whole if alone else 0.0, both=0.0)
    estimate = math.log(comparison.estimate) if comparison.unit == "ratio" else comparison.estimate
    parts = (found.seeds, found.items, found.both)
    return Spread(estimate, *parts, comparison.seeds, comparison.items)


def effect_of(comparison: Comparison, confidence: float) -> Effect:
    """The estimate as the comparison's file has it; of a ratio, its logarithm.

    Where the parts of the variance are not told, the degrees of freedom are those at which the standard error gives the
    interval that stands there.
    """
    effect = spread_of(comparison).effect
    if comparison.variance is not None or effect.standard_error == 0:
        return effect
    low, high = comparison.low, comparison.high
    if comparison.unit == "ratio":
        low, high = math.log(low), math.log(high)
    quantile = (high - low) / 2 / effect.standard_error
    return effect._replace(degrees=_degrees(quantile, (1 + confidence) / 2), parts=())


def _degrees(quantile: float, probability: float) -> float:
    """At how many degrees of freedom Student's t has this quantile; infinite where a normal one is no smaller."""
    if quantile <= float(stdtrit(math.inf, probability)) * 1.001:
        return math.inf
    low, high = 0.5, 1e6
    for _ in range(60):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if float(stdtr(middle, quantile)) < probability else (low, middle)
    return low


def _rounded(value: float) -> float:
    """Six significant digits: far below one test item, far above the last bits of a processor."""
    return float(f"{value:.6g}") + 0.0
