"""One claim as a strip: its pooled estimate and its sets on an axis that all claims of a unit share."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes

from replication.report.estimates import number
from replication.report.figures.style import BAND, INK, MUTED, PAPER, panel, svg
from replication.report.words import Words
from replication.results.verdicts import PartEstimate, SetEstimate, Verdict

WIDTH, ROW, LEFT, RIGHT = 484, 19, 218, 66
LONGEST = 40
"""Characters of a row's name that the margin has room for."""
FAR = 12.0
"""Points up to which the axis of differences reaches; an arrow at the edge tells of what lies beyond."""
ROOM = 0.08
"""Share of the axis kept free at each end."""
TICKS = (0.001, 0.01, 0.1, 1, 10, 100, 1000, 10_000)

Limits = tuple[float, float]


def shown(unit: str, value: float) -> float:
    """A value as it is drawn: shares in points, ratios as they are on a log axis."""
    return 100 * value if unit == "share" else value


def shared_limits(verdicts: Sequence[Verdict]) -> dict[str, Limits]:
    """The common axis of each unit's strips: every interval, every margin and, but for ratios, 0."""
    limits: dict[str, Limits] = {}
    estimates: list[tuple[PartEstimate | SetEstimate, Verdict]] = []
    for verdict in verdicts:
        estimates += [(part, verdict) for part in verdict.parts]
        estimates += [(one, verdict) for one in verdict.sets]
    for unit in dict.fromkeys(one.unit for one, _ in estimates):
        own = [(one, verdict) for one, verdict in estimates if one.unit == unit]
        values = [end for one, _ in own for end in (one.low, one.high)]
        values += [verdict.margin for _, verdict in own]
        values += [-verdict.margin for _, verdict in own if verdict.rule == "equivalent"]
        values += [1.0 if unit == "ratio" else 0.0]
        least, most = shown(unit, min(values)), shown(unit, max(values))
        if unit == "ratio":
            room = ROOM * math.log(most / least) + 0.05
            limits[unit] = (least / math.exp(room), most * math.exp(room))
        else:
            room = ROOM * (most - least) + 1e-6
            edges = (least - room, most + room)
            limits[unit] = (max(edges[0], -FAR), min(edges[1], FAR)) if unit == "share" else edges
    return limits


def strip(verdict: Verdict, limits: dict[str, Limits], names: dict[str, str], title: str, words: Words) -> str:
    """The parts of a claim that share the deciding part's unit: pooled, with the sets below.

    Args:
        verdict: of a claim that was measured.
        limits: of the axis, by unit.
        names: what each set is called.
        title: short text alternative.
        words: for axis and description.
    """
    unit = verdict.unit
    rows: list[tuple[str, PartEstimate | SetEstimate]] = []
    for part in (part for part in verdict.parts if part.unit == unit):
        sets = [(names.get(one.dataset, one.dataset), one) for one in verdict.sets if one.part == part.part]
        only = sets[0][0] if len(sets) == 1 else words.text("board_pooled", sets=len(sets))
        rows.append((words.text("board_part", part=part.part) or only, part))
        rows += sets if part.part or len(sets) > 1 else []
    axes = panel(WIDTH, 46 + ROW * len(rows), LEFT, RIGHT, top=4, bottom=38)
    if unit == "ratio":
        axes.set_xscale("log")
    axes.set_xlim(*limits[unit])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    _draw_claimed_side(axes, verdict, limits[unit])
    for at, (_, one) in enumerate(rows):
        _draw(axes, at, one, limits[unit])
    axes.set_yticks(range(len(rows)), [_short(label) for label, _ in rows])
    axes.tick_params(axis="y", length=0)
    if unit == "ratio":
        ticks = [tick for tick in TICKS if limits[unit][0] <= tick <= limits[unit][1]]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(words.text("board_axis", unit=unit))
    return svg(axes, f"verdict-{verdict.claim}", title, words.text("board_description", verdict=verdict, names=names))


def _draw_claimed_side(axes: Axes, verdict: Verdict, limits: Limits) -> None:
    """A band over the claimed side, a line at the margin, and a thin one where there is no difference."""
    margin = shown(verdict.unit, verdict.margin)
    sides = {"above": (margin, limits[1]), "below": (limits[0], margin), "equivalent": (-margin, margin)}
    axes.axvspan(*sides[verdict.rule], color=BAND, linewidth=0)
    axes.axvline(1.0 if verdict.unit == "ratio" else 0.0, color=MUTED, linewidth=0.7)
    for edge in (-margin, margin) if verdict.rule == "equivalent" else (margin,):
        axes.axvline(edge, color=INK, linewidth=1.1, linestyle=(0, (4, 2)))


def _draw(axes: Axes, at: int, one: PartEstimate | SetEstimate, limits: Limits) -> None:
    """Pooled: a filled diamond on a thick bar; a set: a hollow mark on a thin one; arrows where it leaves the axis."""
    pooled = isinstance(one, PartEstimate)
    colour = INK if pooled else MUTED
    low, middle, high = (shown(one.unit, value) for value in (one.low, one.estimate, one.high))
    axes.plot([max(low, limits[0]), min(high, limits[1])], [at, at], color=colour, linewidth=2.4 if pooled else 1.2)
    if low < limits[0]:
        axes.plot([limits[0]], [at], color=colour, marker="<", markersize=6, clip_on=False)
    if high > limits[1]:
        axes.plot([limits[1]], [at], color=colour, marker=">", markersize=6, clip_on=False)
    if limits[0] <= middle <= limits[1]:
        face, marker, size = (INK, "D", 7) if pooled else (PAPER, "o", 5)
        axes.plot(
            [middle], [at], color=colour, marker=marker, markersize=size, markerfacecolor=face, markeredgewidth=1.2
        )
    axes.text(1.04, at, number(one.estimate, one.unit, one.bound), transform=axes.get_yaxis_transform(), va="center")


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}…"
