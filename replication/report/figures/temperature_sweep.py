"""Macro-F1 against the temperature of the soft labels, beside the levels of logits without one and of labels alone."""

from __future__ import annotations

from replication.report.figures.levels import draw_curve, draw_level, limits, name_lines
from replication.report.figures.style import MUTED, axis_title, look, panel, svg
from replication.report.words import Words
from replication.results.temperature_sweep import TemperatureSet

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 480, 290, 36, 122, 28, 40


def sweep_panel(
    result: TemperatureSet, temperature: float, name: str, title: str, description: str, words: Words
) -> str:
    """One dataset.

    Args:
        result: at least one point.
        temperature: the profile's.
        name: of the figure, unique on the page.
        title: short text alternative.
        description: what is to be seen.
        words: for axes and names.
    """
    axes = panel(WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM)
    axes.set_xscale("log", base=2)
    levels = {"logit_mse": result.logit_mse, "supervised": result.textcnn}
    known = {method: level for method, level in levels.items() if level is not None}
    axes.set_ylim(*limits([*result.points, *known.values()]))
    for method, level in known.items():
        draw_level(axes, level, method)
    values = [point.temperature for point in result.points]
    draw_curve(axes, values, result.points, "soft_label")
    axes.axvline(temperature, color=look("soft_label").colour, linewidth=1.2, linestyle=":", zorder=1)
    label = words.text("sweep_profile_temperature", temperature=temperature)
    axes.annotate(label, (temperature, 0), (4, 5), xycoords=axes.get_xaxis_transform(), textcoords="offset points")
    ends = {words.name(method, "student"): 100 * level.macro_f1.mean for method, level in known.items()}
    ends[words.name("soft_label", "student")] = 100 * result.points[-1].macro_f1.mean
    name_lines(axes, ends, HEIGHT - TOP - BOTTOM)
    axes.set_xlim(min(*values, temperature) / 1.25, max(*values, temperature) * 1.25)
    axes.set_xticks(values, [f"{value:g}" for value in values])
    axes.minorticks_off()
    axes.tick_params(axis="x", color=MUTED)
    axes.set_xlabel(words.text("temperature_axis"))
    axis_title(axes, words.text("macro_f1_axis"))
    return svg(axes, name, title, description)
