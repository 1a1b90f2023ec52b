"""Alignment of gradients against noise at three moments, the correction rate, and flipped items in the simplex."""

from __future__ import annotations

from typing import NamedTuple

from matplotlib.axes import Axes

from replication.report.figures.places import spread
from replication.report.figures.style import MUTED, PAPER, VERMILLION, axis_title, look, panel, svg
from replication.report.words import Words
from replication.results.cells import Interval
from replication.results.gradients import MOMENTS, CorrectionRow, CosineRow

WIDTH, HEIGHT, LEFT, RIGHT = 250, 170, 38, 62
TEACHER = look("soft_label")
MOMENT_LINES = {"start": ":", "middle": "--", "end": "-"}


class Line(NamedTuple):
    """One line of a panel."""

    label: str
    colour: str
    marker: str
    style: str
    points: list[tuple[float, Interval]]
    """Rate in percent, and what stands there."""


def cosine_limits(rows: list[CosineRow]) -> tuple[float, float]:
    """A common axis for all panels: down to 0 or to where the intervals reach, up to 1."""
    return min([0.0, *(one.low for row in rows for one in (row.hard, row.mix, row.soft))]) - 0.05, 1.05


def cosine_panel(
    rows: list[CosineRow], name: str, limits: tuple[float, float], title: str, description: str, words: Words
) -> str:
    """The cosines with the clean gradient against noise, at one moment: noisy labels, teacher, and their mix.

    Args:
        rows: of one moment, scope and space, by rising rate.
        name: of the figure, unique on the page.
        limits: of the vertical axis.
        title: short text alternative.
        description: what is to be seen.
        words: for axes and labels.
    """
    axes = panel(WIDTH, HEIGHT, LEFT, right=RIGHT, top=24, bottom=38)
    axes.axhline(0, color=MUTED, linewidth=1)
    named = [
        Line(words.text("cosine_label", which=which), colour, marker, style,
             [(100 * row.rate, getattr(row, which)) for row in rows])
        for which, colour, marker, style in (
            ("hard", VERMILLION, "o", "-"),
            ("soft", TEACHER.colour, "^", ":"),
            ("mix", TEACHER.colour, TEACHER.marker, "-"),
        )
    ]  # fmt: skip
    _lines(axes, named, limits)
    axes.set_xlabel(words.text("noise_rate_axis"))
    axis_title(axes, words.text("cosine_axis"))
    return svg(axes, name, title, description)


def correction_panel(rows: list[CorrectionRow], name: str, title: str, description: str, words: Words) -> str:
    """The correction rate against noise, a line a moment; arguments as above."""
    axes = panel(400, 220, LEFT, right=84, top=28, bottom=40)
    lines = []
    for moment in MOMENTS:
        points = [(100 * row.rate, _percent(row.corrected)) for row in rows if row.moment == moment]
        label = words.text("moment", moment=moment)
        lines.append(Line(label, TEACHER.colour, TEACHER.marker, MOMENT_LINES[moment], points))
    _lines(axes, lines, (0, 104))
    axes.set_xlabel(words.text("noise_rate_axis"))
    axis_title(axes, words.text("correction_axis"))
    return svg(axes, name, title, description)


def _percent(share: Interval) -> Interval:
    return Interval(mean=100 * share.mean, low=100 * share.low, high=100 * share.high)


def _lines(axes: Axes, lines: list[Line], limits: tuple[float, float]) -> None:
    """Lines with their intervals as bars, and their names at the right end."""
    shown = [line for line in lines if line.points]
    rates = sorted({rate for line in shown for rate, _ in line.points})
    nudge = 0.012 * (rates[-1] or 1)
    for number, line in enumerate(shown):
        across = [rate + nudge * (number - (len(shown) - 1) / 2) for rate, _ in line.points]
        means = [one.mean for _, one in line.points]
        errors = [[one.mean - one.low for _, one in line.points], [one.high - one.mean for _, one in line.points]]
        filled = line.colour if line.style != ":" else PAPER
        axes.errorbar(across, means, yerr=errors, color=line.colour, linestyle=line.style, linewidth=1.8,
                      marker=line.marker, markersize=5, elinewidth=1.2, markerfacecolor=filled)  # fmt: skip
    axes.set_ylim(*limits)
    axes.set_xticks(rates, [f"{rate:g}" for rate in rates])
    margin = 0.08 * ((rates[-1] - rates[0]) or 1)
    axes.set_xlim(rates[0] - margin, rates[-1] + margin)
    axes.locator_params(axis="y", nbins=5)
    height = limits[1] - limits[0]
    places = spread([(line.points[-1][1].mean - limits[0]) / height for line in shown], 0.1)
    for line, place in zip(shown, places, strict=True):
        axes.annotate(line.label, (1, place), (3, 0), xycoords="axes fraction", textcoords="offset points",
                      va="center", color=line.colour, fontsize=10.5)  # fmt: skip
