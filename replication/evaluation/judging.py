"""One claim: its comparisons pooled over sets, how they bear on it, and what would settle it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from replication.claims import Claim
from replication.results.comparisons import Bound, Comparison, spread_of
from replication.results.verdicts import PartEstimate, SetEstimate
from replication.statistics import Bearing, Effect, Spread, interquartile_mean, pool, smallest

MOST_SEEDS, MOST_ITEMS, MOST_TIMES = 1000, 1_000_000, 1000
"""More than these would not be tried."""
UNKNOWN = Bearing(1.0, 1.0)
"""Of a part without a result."""


class Settling(NamedTuple):
    """What would settle a claim; None where no number up to a limit is enough, or none is told."""

    seeds: int | None = None
    """On every set."""
    items: int | None = None
    """Test items on the set that has most of them; the other sets' in proportion."""
    times: int | None = None
    """How many times as many of both."""


@dataclass(frozen=True)
class Case:
    """A claim with its comparisons by part."""

    claim: Claim
    parts: dict[str, list[Comparison]]
    missing: list[str]
    """Parts and measurements without a result."""
    confidence: float

    @property
    def margin(self) -> float:
        """On the scale of the effects: of a ratio, the logarithm."""
        return math.log(self.claim.margin) if self.claim.unit == "ratio" else self.claim.margin

    def pooled(self) -> dict[str, Effect]:
        """Each part pooled over its sets."""
        return {part: pool([spread_of(one).effect for one in found]) for part, found in self.parts.items()}

    def bearing(self, pooled: dict[str, Effect]) -> Bearing:
        """How the parts together bear on the claim."""
        known = [self.part_bearing(effect) for effect in pooled.values()]
        return Bearing.all_of([*known, *(UNKNOWN for _ in self.missing)])

    def part_bearing(self, effect: Effect) -> Bearing:
        """How one part bears on it."""
        return Bearing.of(effect, self.claim.rule, self.margin)

    def settling(self, level: float) -> Settling:
        """What would bring the two-sided p-value down to `level`, if the estimates stayed where they are."""
        if self.missing:
            return Settling()
        spreads = {part: [spread_of(one) for one in found] for part, found in self.parts.items()}
        every = [spread for found in spreads.values() for spread in found]

        def settles(change: Callable[[Spread, int], Spread]) -> Callable[[int], bool]:
            def at(number: int) -> bool:
                pooled = {part: pool([change(one, number).effect for one in found]) for part, found in spreads.items()}
                return self.bearing(pooled).two_sided <= level

            return at

        many, itemised = all(spread.seeds > 1 for spread in every), all(spread.items > 0 for spread in every)
        most_seeds, most_items = max(spread.seeds for spread in every), max(spread.items for spread in every)
        return Settling(
            smallest(settles(Spread.with_seeds), most_seeds, MOST_SEEDS) if many else None,
            smallest(settles(partial(_items, most=most_items)), most_items, MOST_ITEMS) if itemised else None,
            smallest(settles(_times), 1, MOST_TIMES) if many and itemised else None,
        )


def _items(spread: Spread, number: int, most: int) -> Spread:
    """With so many items on the set that has `most` of them, on the others in proportion."""
    return spread.with_items(max(spread.items, round(spread.items * number / most)))


def _times(spread: Spread, times: int) -> Spread:
    return spread.with_seeds(times * spread.seeds).with_items(times * spread.items)


def part_estimates(case: Case, pooled: dict[str, Effect]) -> list[PartEstimate]:
    """The parts as they are published."""
    found = []
    for part, effect in pooled.items():
        comparisons, bearing = case.parts[part], case.part_bearing(effect)
        unit = comparisons[0].unit
        ends = (effect.estimate, *effect.interval(case.confidence))
        estimate, low, high = (_rounded(math.exp(end) if unit == "ratio" else end) for end in ends)
        found.append(
            PartEstimate(
                part=part,
                unit=unit,
                estimate=estimate,
                low=low,
                high=high,
                p_supported=_rounded(bearing.supported),
                p_contradicted=_rounded(bearing.contradicted),
                bound=_bound(comparisons),
                interquartile_mean=_interquartile(comparisons),
            )
        )
    return found


def set_estimates(comparisons: Sequence[Comparison]) -> list[SetEstimate]:
    """The comparisons as they are published with the verdict."""
    kept = set(SetEstimate.model_fields)
    return [SetEstimate(**one.model_dump(include=kept)) for one in comparisons]


def _bound(comparisons: Sequence[Comparison]) -> Bound:
    """What the mean of estimates is, some of which are bounds."""
    kinds = {one.bound for one in comparisons} - {"exact"}
    return "exact" if not kinds else kinds.pop() if len(kinds) == 1 else "unknown"


def _interquartile(comparisons: Sequence[Comparison]) -> float | None:
    if len(comparisons) < 2 or not all(one.values for one in comparisons):
        return None
    return _rounded(interquartile_mean([value for one in comparisons for value in one.values]))


def _rounded(value: float) -> float:
    return float(f"{value:.6g}") + 0.0
