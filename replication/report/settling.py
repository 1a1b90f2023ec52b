"""What would settle an inconclusive claim, as far as it could be done."""

from __future__ import annotations

from typing import NamedTuple

from replication.results.verdicts import Verdict

FEASIBLE = 20
"""How many times as many seeds or items as there are one might still train and label."""


class Settling(NamedTuple):
    """Numbers that would settle a claim; None where none was found or none that is feasible."""

    seeds: int | None
    items: int | None
    times: int | None
    """As many times as many of both."""
    even: bool
    """Whether every set has as many items as the others."""


def settling(verdict: Verdict) -> Settling:
    """What of the numbers that were found is feasible."""
    seeds = max((one.seeds for one in verdict.sets), default=0)
    items = max((one.items for one in verdict.sets), default=0)
    return Settling(
        _feasible(verdict.settling_seeds, seeds),
        _feasible(verdict.settling_items, items),
        _feasible(verdict.settling_factor, 1),
        len({one.items for one in verdict.sets}) <= 1,
    )


def _feasible(number: int | None, present: int) -> int | None:
    return number if number is not None and number <= FEASIBLE * present else None
