"""Tests of claims: two directions, several parts, several claims, and what would settle an open one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from replication.statistics.effects import Effect


class Bearing(NamedTuple):
    """How the numbers bear on a claim: a one-sided p-value for either direction."""

    supported: float
    """Small where the truth lies on the claimed side."""
    contradicted: float
    """Small where it lies on the other."""

    @property
    def two_sided(self) -> float:
        """P-value of the claim, whichever way it is decided: at its margin either way is wrong."""
        return min(1.0, 2 * min(self))

    @staticmethod
    def of(effect: Effect, rule: str, margin: float) -> Bearing:
        """How one estimate bears on a rule: `above` the margin, `below` it, or `equivalent` to within ± it.

        At the confidence c the two-sided p-value is less than 1 - c only where the interval lies wholly on a side, and,
        where the variance has one part, exactly there.

        Raises:
            ValueError: there is no such rule.
        """
        if rule == "above":
            return Bearing(effect.above(margin), effect.below(margin))
        if rule == "below":
            return Bearing(effect.below(margin), effect.above(margin))
        if rule == "equivalent":
            return Bearing(effect.within(margin), min(effect.above(margin), effect.below(-margin)))
        raise ValueError(f"no such rule: {rule}")

    @staticmethod
    def all_of(parts: Sequence[Bearing]) -> Bearing:
        """A claim of several parts, all of which must hold.

        It is supported only when its weakest part is (intersection-union test, Berger 1982) and contradicted when any
        part is (Bonferroni's correction over the parts).
        """
        return Bearing(
            max(part.supported for part in parts), min(1.0, len(parts) * min(part.contradicted for part in parts))
        )


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values adjusted for being one of several, in their order (Holm 1979): none stands for less than it says."""
    if not p_values:
        return []
    from statsmodels.stats.multitest import multipletests  # takes half a second to import

    adjusted = multipletests(list(p_values), method="holm")[1]
    return [float(value) for value in adjusted]


def smallest(settles: Callable[[int], bool], above: int, limit: int) -> int | None:
    """The smallest number over `above`, up to `limit`, that settles; None where none does.

    `settles` is taken to hold for every number from the first one that it holds for.
    """
    low, high = above, min(2 * above, limit)
    while not settles(high):
        if high >= limit:
            return None
        low, high = high, min(2 * high, limit)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if settles(middle) else (middle, high)
    return high
