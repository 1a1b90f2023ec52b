"""Rows of marks with their intervals and seeds on one axis, with a line to hold them against."""

from __future__ import annotations

from typing import NamedTuple

from matplotlib.axes import Axes

from replication.report.figures.style import BAND, GRID, INK, MUTED, PAPER, look, panel, svg
from replication.results.cells import Interval

WIDTH, ROW, LEFT, RIGHT = 360, 29, 122, 44


class Mark(NamedTuple):
    """A mean with its interval, in shares of 1; hollow marks stand below the filled one of their row."""

    interval: Interval
    seeds: list[float]
    hollow: bool = False


class Row(NamedTuple):
    """The marks of one arm."""

    method: str
    label: str
    marks: list[Mark]


class Line(NamedTuple):
    """What the marks are held against, in shares of 1, with what stands above it."""

    interval: Interval
    label: str


def limits(rows: list[Row], lines: list[Line], least: float, most: float) -> tuple[float, float]:
    """An axis in percent that holds all intervals, seeds and lines, and `least` to `most`."""
    intervals = [mark.interval for row in rows for mark in row.marks] + [line.interval for line in lines]
    values = [value for interval in intervals for value in (interval.low, interval.high)]
    values += [seed for row in rows for mark in row.marks for seed in mark.seeds]
    return 100 * min([least, *values]) - 1, 100 * max([most, *values]) + 1


def dots_panel(
    rows: list[Row], line: Line | None, axis: tuple[float, float], unit: str, name: str, title: str, description: str
) -> str:
    """Draw the rows from above.

    Args:
        rows: of the panel.
        line: what the marks are held against.
        axis: its ends, in percent.
        unit: title of the axis.
        name: of the figure, unique on the page.
        title: short text alternative.
        description: what is to be seen.
    """
    top = 12 if line is None else 30
    axes = panel(WIDTH, 40 + top + ROW * len(rows), LEFT, RIGHT, top=top)
    axes.set_xlim(*axis)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    if axis[0] < 0 < axis[1]:
        axes.axvline(0, color=MUTED, linewidth=1)
    if line is not None:
        _draw_line(axes, line)
    for at, row in enumerate(rows):
        _draw(axes, at, row)
    axes.set_yticks(range(len(rows)), [row.label for row in rows])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(unit)
    return svg(axes, name, title, description)


def _draw_line(axes: Axes, line: Line) -> None:
    value = line.interval
    axes.axvspan(100 * value.low, 100 * value.high, color=BAND, linewidth=0)
    axes.axvline(100 * value.mean, color=MUTED, linewidth=1, linestyle="--")
    axes.annotate(
        line.label,
        (100 * value.mean, 1),
        (0, 5),
        xycoords=axes.get_xaxis_transform(),
        textcoords="offset points",
        ha="center",
        fontsize=9.5,
    )


def _draw(axes: Axes, at: int, row: Row) -> None:
    appearance = look(row.method)
    for mark in row.marks:
        height = at - 0.14 if len(row.marks) > 1 and not mark.hollow else at + 0.14 * (len(row.marks) > 1)
        across = [100 * mark.interval.low, 100 * mark.interval.high]
        style = "--" if mark.hollow else "-"
        axes.plot(across, [height] * 2, color=appearance.colour, linewidth=2, linestyle=style)
        seeds = [100 * seed for seed in mark.seeds]
        axes.plot(seeds, [at + 0.34] * len(seeds), "o", color=appearance.colour, markersize=3, markeredgewidth=0)
        face = PAPER if mark.hollow else appearance.colour
        axes.plot(
            [100 * mark.interval.mean],
            [height],
            color=appearance.colour,
            marker=appearance.marker,
            markersize=7.5,
            markerfacecolor=face,
            markeredgewidth=1.4,
        )
    if row.marks:
        text = f"{100 * row.marks[0].interval.mean:.1f}"
        axes.text(1.02, at, text, transform=axes.get_yaxis_transform(), va="center", ha="left", color=INK)
    axes.axhline(at + 0.5, color=GRID, linewidth=0.4)
