"""A flipped item in the simplex of three classes, with the pulls of the clean, the noisy and the teacher's label."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from replication.report.figures.places import spread
from replication.report.figures.style import GREEN, GRID, INK, MUTED, PAPER, VERMILLION, look, panel, svg
from replication.report.words import Words
from replication.results.gradients import Pull, ShownItem

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, math.sqrt(3) / 2]])
"""Of the noisy label's class, the true class, and all the rest."""
WIDTH, HEIGHT = 300, 282
LONGEST = 0.34
"""Length of the longest arrow; the others are in proportion."""
TEACHER = look("soft_label")
ARROWS = (("clean", GREEN, "-"), ("noisy", VERMILLION, "--"), ("soft", TEACHER.colour, "-"))
LABEL_GAP = 0.085
EDGES = (-0.14, 1.14)
"""Of the drawing, from left to right."""
LABEL_WIDTH = 0.29
"""Room that the longest label of an arrow takes."""


def place(shares: Sequence[float]) -> tuple[float, float]:
    """Where shares of the three corners, which add up to 1 (or to 0 for a change), lie: x and y."""
    x, y = np.asarray(shares) @ CORNERS
    return float(x), float(y)


def simplex_panel(
    item: ShownItem, pull: Pull, classes: Sequence[str], name: str, title: str, description: str, words: Words
) -> str:
    """The student's probabilities as a point, the teacher's as a hollow one, and three arrows from the student's.

    Args:
        item: with the teacher's probabilities.
        pull: the student's probabilities and how each loss moves them.
        classes: names.
        name: of the figure, unique on the page.
        title: short text alternative.
        description: what is to be seen.
        words: for the labels.
    """
    axes = panel(WIDTH, HEIGHT, left=4, right=4, top=6, bottom=8)
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_xlim(*EDGES)
    axes.set_ylim(-0.2, 1.0)
    axes.fill(*CORNERS.T, facecolor="none", edgecolor=MUTED, linewidth=1)
    for share in (0.25, 0.5, 0.75):
        for one, two, three in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
            ends = [share * CORNERS[one] + (1 - share) * CORNERS[other] for other in (two, three)]
            axes.plot(*np.array(ends).T, color=GRID, linewidth=0.6)
    for x, side, label, which in ((0, "left", "corner_noisy", item.noisy), (1, "right", "corner_true", item.truth)):
        axes.text(x, -0.04, words.text(label), ha=side, va="top", color=MUTED, fontsize=10.5)
        axes.text(x, -0.11, classes[which], ha=side, va="top", color=INK)
    axes.text(0.5, 0.9, words.text("corner_rest"), ha="center", va="bottom", color=MUTED)
    axes.plot(*place(item.teacher), marker=TEACHER.marker, color=TEACHER.colour, markerfacecolor=PAPER, markersize=7)
    _arrows(axes, pull, words)
    axes.plot(*place(pull.student), marker="o", color=INK, markersize=6)
    return svg(axes, name, title, description)


def _arrows(axes: Axes, pull: Pull, words: Words) -> None:
    start = np.array(place(pull.student))
    steps = {which: np.array(place(getattr(pull, which))) for which, _, _ in ARROWS}
    longest = max(float(np.linalg.norm(step)) for step in steps.values()) or 1.0
    tips = {which: start + LONGEST * step / longest for which, step in steps.items()}
    heights = spread([float(tips[which][1]) for which, _, _ in ARROWS], LABEL_GAP)
    for (which, colour, style), height in zip(ARROWS, heights, strict=True):
        tip = tips[which]
        axes.annotate(
            "",
            (float(tip[0]), float(tip[1])),
            (float(start[0]), float(start[1])),
            arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 2, "linestyle": style,
                        "shrinkA": 0, "shrinkB": 0, "mutation_scale": 11},
        )  # fmt: skip
        right = tip[0] >= start[0]
        side = max(tip[0], 0.0) + 0.03 if right else min(tip[0], 1.0) - 0.03
        inside = min(side, EDGES[1] - LABEL_WIDTH) if right else max(side, EDGES[0] + LABEL_WIDTH)
        if inside != side:  # moved in from the edge, so below the tip, or above where the corner's label stands
            side, height = inside, height - LABEL_GAP if height > LABEL_GAP else height + LABEL_GAP
        axes.text(side, height, words.text("pull", which=which), ha="left" if right else "right", va="center",
                  color=colour, fontsize=10.5)  # fmt: skip
