"""Where the training time went: a bar a cell, all its seeds together."""

from __future__ import annotations

from replication.report.figures.style import INK, MUTED, look, panel, svg
from replication.report.words import Words
from replication.results.cells import CellResult

WIDTH, ROW, LEFT = 360, 19, 122


def time_panel(
    rows: list[tuple[CellResult, float]], longest: float, name: str, title: str, description: str, words: Words
) -> str:
    """Seconds of training, in minutes on an axis that the panels share.

    Args:
        rows: cells with their seconds, the longest first.
        longest: seconds at the end of the axis.
        name: of the figure, unique on the page.
        title: short text alternative.
        description: what is to be seen.
        words: for names and axis.
    """
    axes = panel(WIDTH, 52 + ROW * len(rows), LEFT, right=36)
    for at, (cell, seconds) in enumerate(rows):
        hatch = "//" if cell.model == "teacher" else None
        axes.barh(
            at, seconds / 60, height=0.62, color=look(cell.method).colour, edgecolor=MUTED, hatch=hatch, linewidth=0
        )
        axes.text(seconds / 60, at, f" {seconds / 60:.1f}", va="center", color=INK, fontsize=9.5)
    axes.set_xlim(0, 1.08 * longest / 60)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    labels = [words.text("time_row", short=words.text("short", method=cell.method), cell=cell) for cell, _ in rows]
    axes.set_yticks(range(len(rows)), labels)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(words.text("time_axis"))
    return svg(axes, name, title, description)
