"""Where direct labels stand, so that none covers another."""

from __future__ import annotations

from collections.abc import Sequence


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Positions near the wanted ones, in the same order, at least `gap` apart: groups move around their mean."""
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    groups: list[list[int]] = []
    centres: list[float] = []
    for index in order:
        groups.append([index])
        centres.append(wanted[index])
        while len(groups) > 1 and _first(groups[-1], centres[-1], gap) < _last(groups[-2], centres[-2], gap) + gap:
            joined = groups[-2] + groups[-1]
            groups[-2:] = [joined]
            centres[-2:] = [sum(wanted[one] for one in joined) / len(joined)]
    found = [0.0] * len(wanted)
    for group, centre in zip(groups, centres, strict=True):
        for place, index in enumerate(group):
            found[index] = _first(group, centre, gap) + place * gap
    return found


def _first(group: Sequence[int], centre: float, gap: float) -> float:
    return centre - gap * (len(group) - 1) / 2


def _last(group: Sequence[int], centre: float, gap: float) -> float:
    return centre + gap * (len(group) - 1) / 2
