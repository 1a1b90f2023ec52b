"""The reliability diagram: accuracy against confidence, with the diagonal of equality (Guo et al. 2017, figure 1)."""

from __future__ import annotations

from replication.report.figures.style import MUTED, axis_title, line_style, look, panel, svg
from replication.report.words import Words
from replication.results.generalisation import ArmGeneralisation

WIDTH, HEIGHT, LEFT = 230, 196, 34


def reliability_panel(
    arm: ArmGeneralisation, classes: int, name: str, title: str, description: str, words: Words
) -> str:
    """One arm: a point a bin, all seeds together, with the range of the seeds.

    Args:
        arm: whose bins.
        classes: number of classes; no confidence is below 1 / classes.
        name: of the figure, unique on the page.
        title: short text alternative.
        description: what is to be seen.
        words: for the axes.
    """
    axes = panel(WIDTH, HEIGHT, LEFT, right=8, top=24, bottom=38)
    appearance = look(arm.method)
    start = 100 / classes
    axes.plot([start, 100], [start, 100], color=MUTED, linewidth=1, linestyle=":")
    confidences = [100 * one.confidence for one in arm.reliability]
    for one in arm.reliability:
        axes.plot([100 * one.confidence] * 2, [100 * one.low, 100 * one.high], color=appearance.colour, alpha=0.5)
    axes.plot(
        confidences,
        [100 * one.accuracy for one in arm.reliability],
        color=appearance.colour,
        linestyle=line_style(arm.model),
        marker=appearance.marker,
        markersize=4.5,
        linewidth=1.2,
    )
    axes.set_xlim(start - 2, 102)
    axes.set_ylim(-2, 102)
    axes.locator_params(axis="both", nbins=5)
    axes.set_xlabel(words.text("generalisation_confidence_axis"))
    axis_title(axes, words.text("generalisation_accuracy_axis"))
    return svg(axes, name, title, description)
