"""The temperature: entropy against T, and a real item's softmax at four temperatures."""

from __future__ import annotations

import numpy as np
from scipy.special import softmax

from replication.report.figures.style import GRID, INK, MUTED, axis_title, look, panel, svg
from replication.report.words import Words
from replication.results.cells import BASELINE
from replication.results.softmax import TemperatureItem, TemperatureResult

TEMPERATURES = (1.0, 2.0, 4.0, 8.0)
MOST_CLASSES = 10
"""Classes with a bar, at the most: those with the largest logits."""
BAR_ROW = 17
LEFT, ROOM, CHARACTER = 92.0, 13, 5.5
"""The margin of the names has room for so many characters, and grows by so much with each one more."""


def entropy_panel(result: TemperatureResult, name: str, title: str, description: str, words: Words) -> str:
    """Mean entropy of the teacher's softmax against T, every seed a line, with log N and the profile's T."""
    axes = panel(360, 230, left=36, right=10, top=28)
    axes.set_xscale("log", base=2)
    colour = look(BASELINE[0]).colour
    for curve in result.entropy.values():
        axes.plot(result.grid, curve, color=colour, linewidth=0.8, alpha=0.5)
    axes.plot(result.grid, np.mean(list(result.entropy.values()), axis=0), color=colour, linewidth=2.2, linestyle="--")
    axes.axhline(result.log_classes, color=MUTED, linewidth=1)
    axes.text(result.grid[0], result.log_classes * 1.03, words.text("entropy_limit", result=result), ha="left")
    axes.axvline(result.temperature, color=look("soft_label").colour, ymax=0.82, linewidth=1.2, linestyle=":")
    label = words.text("profile_temperature", temperature=result.temperature)
    axes.text(result.temperature * 1.08, result.log_classes * 0.06, label, ha="left")
    axes.set_ylim(0, result.log_classes * 1.16)
    ticks = [0.25, 0.5, 1, 2, 4, 8, 16, 32]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel(words.text("temperature_axis"))
    axis_title(axes, words.text("entropy_axis"))
    return svg(axes, name, title, description)


def bars_panel(item: TemperatureItem, classes: list[str], name: str, title: str, description: str, words: Words) -> str:
    """An item's softmax at T = 1, 2, 4, 8 side by side; the right class has a mark beside its name.

    Args:
        item: with its logits.
        classes: what each is called.
        name: of the figure, unique on the page.
        title: short text alternative.
        description: what is to be seen.
        words: for the temperatures.
    """
    logits = np.array(item.logits)
    order = np.sort(np.argsort(-logits, kind="stable")[:MOST_CLASSES])
    height = 44 + BAR_ROW * len(order)
    longest = max(len(classes[index]) for index in order)
    left, width, gap = LEFT + CHARACTER * max(0, longest - ROOM), 290.0, 10.0
    each = (width - left - 6 - 3 * gap) / 4
    figure = None
    for column, temperature in enumerate(TEMPERATURES):
        start = left + column * (each + gap)
        place = (start / width, 8 / height, each / width, BAR_ROW * len(order) / height)
        if figure is None:
            axes = panel(width, height, left)
            figure = axes.figure
            axes.set_position(place)
        else:
            axes = figure.add_axes(place)
        shares = softmax(logits / temperature)[order]
        axes.barh(range(len(order)), shares, height=0.72, color=look(BASELINE[0]).colour, alpha=0.85)
        axes.set_xlim(0, 1)
        axes.set_ylim(len(order) - 0.5, -0.5)
        axes.set_xticks([])
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
        axes.spines["left"].set_color(MUTED)
        axes.tick_params(length=0)
        axes.axvline(1, color=GRID, linewidth=0.8)
        axes.set_title(words.text("at_temperature", temperature=temperature), fontsize=10.5, loc="left", color=INK)
        names = [f"{classes[index]} {'◂' if index == item.label else '  '}" for index in order]
        axes.set_yticks(range(len(order)), names if column == 0 else [""] * len(order))
    return svg(axes, name, title, description)
