"""What the numbers that would settle an inconclusive claim are to be read with."""

from __future__ import annotations

from typing import NamedTuple

from replication.results.verdicts import Verdict

FEASIBLE = 20
"""How many times as many seeds or items as there are one might still train and label."""


class Settling(NamedTuple):
    """Of one verdict."""

    even: bool
    """Whether every set has as many items as the others."""
    beyond: int | None
    """`FEASIBLE` where every number that was found is more than so many times what was run."""


def settling(verdict: Verdict) -> Settling:
    """Hold the numbers that were found against what was run."""
    seeds = max((one.seeds for one in verdict.sets), default=0)
    items = max((one.items for one in verdict.sets), default=0)
    asked = ((verdict.settling_seeds, seeds), (verdict.settling_items, items), (verdict.settling_factor, 1))
    found = [number > FEASIBLE * present for number, present in asked if number is not None]
    return Settling(len({one.items for one in verdict.sets}) <= 1, FEASIBLE if found and all(found) else None)
