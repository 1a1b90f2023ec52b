"""Macro-F1 against the share of flipped labels: one method a panel, the TextCNN behind, on axes that a set shares."""

from __future__ import annotations

from matplotlib.axes import Axes

from replication.report.figures.places import spread
from replication.report.figures.style import MUTED, PAPER, axis_title, look, panel, svg
from replication.report.words import Words
from replication.results.noise import NoiseArm, NoiseSet

WIDTH, HEIGHT, LEFT, RIGHT = 290, 190, 34, 76
LINES = {"": "-", "honest": "-", "oracle": ":"}
"""By whom an arm is taught; teachers themselves are dashed."""
LABEL_GAP = 0.075
"""Least distance of two labels, as a share of the axis."""


def shared_limits(found: NoiseSet) -> tuple[float, float]:
    """The common axis of a set's panels, in percent."""
    points = [point for arm in found.arms for point in arm.points if point.macro_f1]
    lows = [100 * min([point.macro_f1.low, *point.seeds.values()]) for point in points if point.macro_f1]
    highs = [100 * max([point.macro_f1.high, *point.seeds.values()]) for point in points if point.macro_f1]
    return (min(lows) - 1, max(highs) + 1) if points else (0, 100)


def noise_panel(
    baseline: NoiseArm | None,
    arms: list[NoiseArm],
    name: str,
    limits: tuple[float, float],
    title: str,
    description: str,
    words: Words,
) -> str:
    """One method: honest teacher solid, oracle dotted, the method's own BERT dashed; the TextCNN in grey.

    Args:
        baseline: the TextCNN on labels alone.
        arms: of the method.
        name: of the figure, unique on the page.
        limits: of the vertical axis, in percent.
        title: short text alternative.
        description: what is to be seen.
        words: for axes and labels.
    """
    axes = panel(WIDTH, HEIGHT, LEFT, right=RIGHT, top=24, bottom=38)
    labels = []
    if baseline:
        labels += _draw(axes, baseline, MUTED, "o", "-", words.text("noise_textcnn"), seeds=False)
    for arm in arms:
        appearance = look(arm.method)
        style = "--" if arm.model == "teacher" else LINES[arm.taught]
        label = words.text("noise_label", model=arm.model, taught=arm.taught)
        labels += _draw(axes, arm, appearance.colour, appearance.marker, style, label, seeds=True)
    axes.set_ylim(*limits)
    rates = [100 * point.rate for point in (arms or [baseline] if baseline else arms)[0].points]
    axes.set_xticks(rates, [f"{rate:g}" for rate in rates])
    axes.set_xlim(-0.04 * rates[-1], 1.05 * rates[-1])
    axes.locator_params(axis="y", nbins=5)
    height = limits[1] - limits[0]
    places = spread([place for place, _, _ in labels], LABEL_GAP * height)
    for (_, colour, text), place in zip(labels, places, strict=True):
        axes.annotate(text, (1, (place - limits[0]) / height), (3, 0), xycoords="axes fraction",
                      textcoords="offset points", va="center", color=colour, fontsize=10.5)  # fmt: skip
    axes.set_xlabel(words.text("noise_rate_axis"))
    axis_title(axes, words.text("macro_f1_axis"))
    return svg(axes, name, title, description)


def _draw(
    axes: Axes, arm: NoiseArm, colour: str, marker: str, style: str, label: str, seeds: bool
) -> list[tuple[float, str, str]]:
    """Line, band and seeds of an arm; returns where its label belongs, its colour and its text."""
    points = [(100 * point.rate, point.macro_f1) for point in arm.points if point.macro_f1]
    if not points:
        return []
    across, means = [rate for rate, _ in points], [100 * interval.mean for _, interval in points]
    low, high = [100 * interval.low for _, interval in points], [100 * interval.high for _, interval in points]
    axes.fill_between(across, low, high, color=colour, alpha=0.14, linewidth=0)
    hollow = PAPER if arm.model == "teacher" or arm.taught == "oracle" else colour
    axes.plot(across, means, color=colour, linestyle=style, linewidth=2, marker=marker, markersize=5,
              markerfacecolor=hollow)  # fmt: skip
    if seeds:
        dots = [(100 * point.rate, 100 * value) for point in arm.points for value in point.seeds.values()]
        across_dots, up_dots = [rate for rate, _ in dots], [value for _, value in dots]
        axes.scatter(across_dots, up_dots, s=6, color=colour, alpha=0.45, linewidths=0)
    return [(means[-1], colour, label)]
