"""Score against latency: one mark a trained network, its area by the size of its file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from replication.report.figures.places import spread
from replication.report.figures.style import BAND, INK, MUTED, axis_title, look, panel, svg
from replication.report.words import Words
from replication.results.cost import Role

WIDTH, HEIGHT = 380, 300
LARGEST, SMALLEST = 5200.0, 34.0
"""Area of the largest mark, at the most, and of the smallest, at the most, in square points."""
LINE = 13.0
"""Between the labels of marks at one latency, in points at the least."""


class Mark(NamedTuple):
    """A trained network."""

    method: str
    role: Role
    label: str
    milliseconds: float
    score: tuple[float, float, float]
    """Mean and interval in percent."""
    size: int
    """Of its weights' file, in bytes."""


class Scales(NamedTuple):
    """What the panels share."""

    milliseconds: tuple[float, float]
    score: tuple[float, float]
    area: float
    """Square points of a mark for a byte."""


def scales(marks: Sequence[Mark]) -> Scales:
    """Axes that hold all marks, and the marks' scale."""
    times = [mark.milliseconds for mark in marks]
    values = [value for mark in marks for value in mark.score]
    sizes = [mark.size for mark in marks]
    area = min(LARGEST / max(sizes), SMALLEST / min(sizes))
    return Scales((min(times) / 2, max(times) * 3), (min(values) - 2, min(max(values) + 5, 101.0)), area)


def cost_panel(marks: Sequence[Mark], common: Scales, name: str, title: str, description: str, words: Words) -> str:
    """One runtime: milliseconds of a text alone on one thread, on a log axis, against macro-F1 with its interval."""
    axes = panel(WIDTH, HEIGHT, left=40, right=14, top=30, bottom=44)
    axes.set_xscale("log")
    axes.set_xlim(*common.milliseconds)
    axes.set_ylim(*common.score)
    for mark in sorted(marks, key=lambda mark: -mark.size):
        _draw(axes, mark, common.area)
        if mark.role == "teacher":
            _name_teacher(axes, mark, common.area)
    _label(axes, [mark for mark in marks if mark.role == "student"], common)
    ticks = [10.0**power for power in range(-3, 5) if common.milliseconds[0] <= 10.0**power <= common.milliseconds[1]]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel(words.text("cost_latency_axis"))
    axis_title(axes, words.text("macro_f1_axis"))
    return svg(axes, name, title, description)


def _draw(axes: Axes, mark: Mark, area: float) -> None:
    appearance, (mean, low, high) = look(mark.method), mark.score
    teacher = mark.role == "teacher"
    axes.plot(
        [mark.milliseconds] * 2,
        [low, high],
        color=appearance.colour,
        linewidth=1.4,
        linestyle="--" if teacher else "-",
        zorder=4 if teacher else 2,
    )
    axes.scatter(
        [mark.milliseconds],
        [mean],
        s=area * mark.size,
        marker="o" if teacher else appearance.marker,
        facecolor=BAND if teacher else appearance.colour,
        edgecolor=appearance.colour,
        linewidth=1.2,
        zorder=2 if teacher else 3,
    )


def _name_teacher(axes: Axes, mark: Mark, area: float) -> None:
    """Write the teacher's name below its mark, and set a dot where its mean lies."""
    where = (mark.milliseconds, mark.score[0])
    axes.plot([where[0]], [where[1]], marker=".", color=look(mark.method).colour, markersize=5, zorder=4)
    below = -(float(np.sqrt(area * mark.size / np.pi)) + 4)
    axes.annotate(mark.label, where, (0, below), textcoords="offset points", ha="center", va="top", color=INK)


def _label(axes: Axes, marks: Sequence[Mark], common: Scales) -> None:
    """Write the names of marks at one latency beside them, pushed apart where they would overlap."""
    low, high = common.score
    points = (high - low) / (axes.get_position().height * HEIGHT)
    ordered = sorted(marks, key=lambda mark: mark.score[0])
    places = spread([mark.score[0] for mark in ordered], min(LINE * points, (high - low) / max(len(ordered), 1)))
    for mark, place in zip(ordered, places, strict=True):
        beside = mark.milliseconds * 1.5
        axes.plot([mark.milliseconds * 1.08, beside * 0.96], [mark.score[0], place], color=MUTED, linewidth=0.5)
        axes.text(beside, place, mark.label, ha="left", va="center", color=INK, fontsize=10)
