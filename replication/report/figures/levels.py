"""Curves over a log axis with levels beside them: bands, seeds, and names at the right edge that do not overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from replication.report.figures.places import spread
from replication.report.figures.style import INK, line_style, look
from replication.results.sweeps import ArmScore

GAP = 15.0
"""Pixels between two names at the edge."""


def draw_curve(axes: Axes, across: Sequence[float], scores: Sequence[ArmScore], method: str) -> None:
    """The means of one arm in percent, their intervals as a band, and the seeds as small dots."""
    appearance = look(method)
    low = [100 * score.macro_f1.low for score in scores]
    high = [100 * score.macro_f1.high for score in scores]
    axes.fill_between(across, low, high, color=appearance.colour, alpha=0.16, linewidth=0)
    for place, score in zip(across, scores, strict=True):
        seeds = [100 * value for value in score.seeds.values()]
        if len(seeds) > 1:
            axes.plot([place] * len(seeds), seeds, "o", color=appearance.colour, markersize=2.6, markeredgewidth=0)
    means = [100 * score.macro_f1.mean for score in scores]
    axes.plot(across, means, color=appearance.colour, marker=appearance.marker, markersize=7, linewidth=2)


def draw_level(axes: Axes, score: ArmScore, method: str, model: str = "student") -> None:
    """One arm's mean as a line across, its interval as a band."""
    value, colour = score.macro_f1, look(method).colour
    axes.axhspan(100 * value.low, 100 * value.high, color=colour, alpha=0.1, linewidth=0)
    axes.axhline(100 * value.mean, color=colour, linewidth=1.4, linestyle=line_style(model))


def limits(scores: Sequence[ArmScore], rows: float = 0.06) -> tuple[float, float]:
    """A vertical axis in percent that holds every interval and seed, with room at both ends."""
    values = [100 * value for one in scores for value in (one.macro_f1.low, one.macro_f1.high, *one.seeds.values())]
    room = max(rows * (max(values) - min(values)), 0.5)
    return min(values) - room, max(values) + room


def name_lines(axes: Axes, names: Mapping[str, float], height: float) -> None:
    """Write names at the right edge, each beside its value, moved apart where they would overlap.

    Args:
        axes: with their limits set.
        names: the value of each name, in the unit of the vertical axis.
        height: of the axes, in pixels.
    """
    bottom, top = axes.get_ylim()
    pixels = [height * (value - bottom) / (top - bottom) for value in names.values()]
    for name, place in zip(names, spread(pixels, GAP), strict=True):
        axes.text(1.02, place / height, name, transform=axes.transAxes, va="center", ha="left", color=INK)
