"""Macro-F1 against the number of labelled items, alone and taught, and the labels that each needs for the same."""

from __future__ import annotations

from matplotlib.axes import Axes

from replication.report.figures.levels import draw_curve, draw_level, limits, name_lines
from replication.report.figures.style import INK, MUTED, axis_title, panel, svg
from replication.report.words import Words
from replication.results.efficiency import EfficiencySet, LabelsNeeded

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 480, 310, 36, 122, 28, 40


def samples_panel(result: EfficiencySet, name: str, title: str, description: str, words: Words) -> str:
    """One dataset.

    Args:
        result: with a point at least.
        name: of the figure, unique on the page.
        title: short text alternative.
        description: what is to be seen.
        words: for axes and names.
    """
    axes = panel(WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM)
    axes.set_xscale("log", base=2)
    axes.set_ylim(*limits([*result.alone, *result.taught, *([result.teacher] if result.teacher else [])]))
    ends: dict[str, float] = {}
    if result.teacher is not None:
        draw_level(axes, result.teacher, "supervised", "teacher")
        ends[words.name("supervised", "teacher")] = 100 * result.teacher.macro_f1.mean
    for method, points in (("supervised", result.alone), ("soft_label", result.taught)):
        if points:
            draw_curve(axes, [point.labelled for point in points], points, method)
            ends[words.name(method, "student")] = 100 * points[-1].macro_f1.mean
    name_lines(axes, ends, HEIGHT - TOP - BOTTOM)
    sizes = sorted({point.labelled for point in (*result.alone, *result.taught)})
    axes.set_xlim(sizes[0] / 1.2, sizes[-1] * 1.2)
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    if result.needed is not None:
        _draw_arrow(axes, result.needed, words)
    axes.tick_params(axis="x", color=MUTED)
    axes.set_xlabel(words.text("samples_axis"))
    axis_title(axes, words.text("macro_f1_axis"))
    return svg(axes, name, title, description)


def _draw_arrow(axes: Axes, needed: LabelsNeeded, words: Words) -> None:
    """From the labels that the TextCNN needs alone to those that it needs with a teacher, at the common score."""
    score = 100 * needed.macro_f1
    if needed.alone == needed.taught:
        return
    arrow = {"arrowstyle": "->", "color": INK, "linewidth": 1.4, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (needed.taught, score), (needed.alone, score), arrowprops=arrow, zorder=5)
    left = min(needed.alone, needed.taught)  # below the arrow there, the lower curve is far away
    text = words.text("samples_arrow", needed=needed)
    smallest, largest = axes.get_xlim()
    if left**2 < smallest * largest:
        offset, side = (2, -5), "left"
    else:  # too close to the names of the lines: before the arrow, below the upper curve
        offset, side = (-2, -10), "right"
    axes.annotate(text, (left, score), offset, textcoords="offset points", ha=side, va="top", color=INK)
