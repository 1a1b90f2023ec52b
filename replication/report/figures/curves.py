"""Training curves as small multiples: one method a panel, on axes that the panels of a set share."""

from __future__ import annotations

from replication.report.course import Arm, mean_curves
from replication.report.figures.style import MUTED, axis_title, line_style, look, panel, svg
from replication.report.words import Words
from replication.results.cells import BASELINE
from replication.results.curves import CurvePoint

WIDTH, HEIGHT, LEFT = 230, 150, 32

Limits = tuple[float, float]


def shared_limits(points: list[CurvePoint]) -> tuple[Limits, Limits]:
    """Common axes for a set: iterations from 0, and the scores from where a first evaluation may lie."""
    values = [point.value for point in points]
    return (0, 1.02 * max(point.iteration for point in points)), (min(values) - 2, max(values) + 2)


def curves_panel(
    points: list[CurvePoint],
    method: str,
    name: str,
    limits: tuple[Limits, Limits],
    title: str,
    description: str,
    words: Words,
) -> str:
    """One method: seeds thin, their mean bold, its teacher dashed; the TextCNN's mean in grey behind.

    Args:
        points: validation scores of one set, every method's.
        method: whose panel it is.
        name: of the figure, unique on the page.
        limits: of the axes.
        title: short text alternative.
        description: what is to be seen.
        words: for the axes.
    """
    axes = panel(WIDTH, HEIGHT, LEFT, right=8, top=24, bottom=36)
    means = mean_curves(points)
    if BASELINE in means and method != BASELINE[0]:
        axes.plot(*zip(*means[BASELINE], strict=True), color=MUTED, linewidth=1.2)
    runs: dict[tuple[Arm, int], list[CurvePoint]] = {}
    for point in points:
        if point.method == method:
            runs.setdefault(((point.method, point.model), point.seed), []).append(point)
    appearance = look(method)
    for (arm, _), run in runs.items():
        across, up = [point.iteration for point in run], [point.value for point in run]
        axes.plot(across, up, color=appearance.colour, linestyle=line_style(arm[1]), linewidth=0.7, alpha=0.4)
    for arm in dict.fromkeys(arm for arm, _ in runs):
        style = line_style(arm[1])
        axes.plot(*zip(*means[arm], strict=True), color=appearance.colour, linestyle=style, linewidth=2)
        axes.plot(*means[arm][-1], marker=appearance.marker, color=appearance.colour, markersize=5)
    axes.set_xlim(*limits[0])
    axes.set_ylim(*limits[1])
    axes.locator_params(axis="both", nbins=4)
    axes.set_xlabel(words.text("iterations_axis"))
    axis_title(axes, words.text("validation_axis"))
    return svg(axes, name, title, description)
