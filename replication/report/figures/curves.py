"""Training curves: a score or a loss against the optimiser steps, seeds faint and their mean bold."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

from replication.report.figures.style import axis_title, line_style, look, panel, svg
from replication.report.findings import Arm, mean_curves
from replication.report.words import Words
from replication.results.curves import CurvePoint

WIDTH, HEIGHT, LEFT, RIGHT = 360, 250, 34, 106
GAP = 0.075
"""Least distance of two labels, as a share of the axis."""
EDGE = 0.8
"""A curve that ends right of this share of the axis has its name outside."""


def validation_points(points: list[CurvePoint]) -> list[CurvePoint]:
    """Validation macro-F1 in percent."""
    return [point._replace(value=100 * point.value) for point in points if point.series == f"validation {point.model}"]


def loss_points(points: list[CurvePoint]) -> list[CurvePoint]:
    """The weighted loss terms summed, by run and iteration; a sum of 0 has no place on a log axis."""
    totals: dict[CurvePoint, float] = {}
    for point in points:
        if point.series.startswith("loss "):
            key = point._replace(series="loss", value=0.0)
            totals[key] = totals.get(key, 0.0) + point.value
    return [key._replace(value=total) for key, total in totals.items() if total > 0]


def curves_panel(
    points: list[CurvePoint], name: str, axis: str, title: str, description: str, words: Words, log: bool = False
) -> str:
    """One panel with a curve an arm.

    Args:
        points: of one dataset and one quantity.
        name: of the figure, unique on the page.
        axis: label of the vertical axis.
        title: short text alternative.
        description: what is to be seen.
        words: for the names of arms and the horizontal axis.
        log: whether the vertical axis is logarithmic.
    """
    axes = panel(WIDTH, HEIGHT, LEFT, RIGHT, top=28)
    if log:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.yaxis.set_minor_locator(NullLocator())
    means = mean_curves(points)
    runs: dict[tuple[Arm, int], list[CurvePoint]] = {}
    for point in points:
        runs.setdefault(((point.method, point.model), point.seed), []).append(point)
    for (arm, _), run in runs.items():
        across, up = [point.iteration for point in run], [point.value for point in run]
        axes.plot(across, up, color=look(arm[0]).colour, linestyle=line_style(arm[1]), linewidth=0.7, alpha=0.4)
    for arm, curve in means.items():
        appearance = look(arm[0])
        axes.plot(*zip(*curve, strict=True), color=appearance.colour, linestyle=line_style(arm[1]), linewidth=2.2)
        axes.plot(*curve[-1], marker=appearance.marker, color=appearance.colour, markersize=6)
    axes.set_xlim(left=0)
    axes.set_xlabel(words.text("iterations_axis"))
    axis_title(axes, axis)
    _label_ends(axes, {arm: curve[-1] for arm, curve in means.items()}, words)
    return svg(axes, name, title, description)


def _label_ends(axes: Axes, ends: Mapping[Arm, tuple[int, float]], words: Words) -> None:
    """Write each name at its curve's end: beside the point, or right of the axes, moved apart where two would touch."""
    to_share = (axes.transData + axes.transAxes.inverted()).transform
    shares = {arm: tuple(map(float, to_share(end))) for arm, end in ends.items()}
    at_edge = sorted((arm for arm, share in shares.items() if share[0] > EDGE), key=lambda arm: (shares[arm][1], arm))
    heights = spread([shares[arm][1] for arm in at_edge], GAP)
    for arm, height in zip(at_edge, heights, strict=True):
        line = Line2D([shares[arm][0], 1.04], [shares[arm][1], height], color=look(arm[0]).colour, linewidth=0.8)
        line.set_transform(axes.transAxes)
        line.set_clip_on(False)
        axes.add_artist(line)
        axes.text(1.05, height, words.name(*arm), transform=axes.transAxes, va="center", fontsize=10)
    for arm in shares.keys() - set(at_edge):
        axes.annotate(words.name(*arm), ends[arm], (7, 0), textcoords="offset points", va="center", fontsize=10)


def spread(heights: list[float], gap: float) -> list[float]:
    """Move rising heights apart to at least `gap`, each group of neighbours about its own middle."""
    groups: list[tuple[float, int]] = []
    for height in heights:
        groups.append((height, 1))
        while len(groups) > 1:
            (lower, below), (upper, above) = groups[-2:]
            if upper - lower >= gap * (below + above) / 2 - 1e-9:
                break
            groups[-2:] = [((lower * below + upper * above) / (below + above), below + above)]
    return [middle + gap * (place - (size - 1) / 2) for middle, size in groups for place in range(size)]
