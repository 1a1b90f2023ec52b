"""Schemes, student against teacher: scheme 3 against 2, scheme 4's fall, and what its own learning rate changes."""

from __future__ import annotations

from matplotlib.axes import Axes

from replication.report.figures.style import BAND, GRID, INK, MUTED, PAPER, look, panel, svg
from replication.report.findings import METRIC
from replication.report.schemes import SchemeRow
from replication.report.words import Words
from replication.results.cells import CellResult, DatasetResult

WIDTH, ROW, LEFT, RIGHT = 430, 38, 124, 84
APART = 0.17
"""How far above and below a row's middle its student and its teacher are drawn, in rows."""


def schemes_panel(dataset: DatasetResult, rows: list[SchemeRow], name: str, title: str, words: Words) -> str:
    """A row a scheme: the student's mean and interval, and its own teacher's below; the references as lines behind.

    Args:
        dataset: an opinion set.
        rows: of its table, references first.
        name: unique on the page.
        title: short text alternative.
        words: for names and axis.
    """
    schemes = [row for row in rows if row.main.group == "scheme"]
    axes = panel(WIDTH, 90 + ROW * len(schemes), LEFT, RIGHT, top=42)
    axes.set_xlim(*_limits(rows))
    axes.set_ylim(len(schemes) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    references = [row for row in rows if row.main.group == "reference" and row.main.metrics]
    for at, row in enumerate(sorted(references, key=lambda row: row.main.metrics[METRIC].mean)):
        _draw_reference(axes, row, at % 2, words)
    for at, row in enumerate(schemes):
        _draw(axes, at - APART if row.teacher else at, row.student)
        _draw(axes, at + APART, row.teacher)
        _write(axes, at, row, words)
        axes.axhline(at + 0.5, color=GRID, linewidth=0.4)
    axes.set_yticks(range(len(schemes)), [words.text("short", method=row.main.method) for row in schemes])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(words.text("macro_f1_axis"))
    cells = [cell for row in rows for cell in (row.student, row.teacher) if cell is not None]
    return svg(axes, name, title, words.text("results_description", cells=cells))


def _limits(rows: list[SchemeRow]) -> tuple[float, float]:
    cells = [cell for row in rows for cell in (row.student, row.teacher) if cell is not None and cell.metrics]
    values = [value for cell in cells for value in (cell.metrics[METRIC].low, cell.metrics[METRIC].high)]
    values += [seed.metrics[METRIC] for cell in cells for seed in cell.present]
    return (100 * min(values) - 2, 100 * max(values) + 2) if values else (0.0, 100.0)


def _draw_reference(axes: Axes, row: SchemeRow, level: int, words: Words) -> None:
    """A line with its name above, on one of two levels, so that neighbours do not write over each other."""
    cell = row.main
    value, bert = cell.metrics[METRIC], row.teacher is not None
    if cell.is_baseline:
        axes.axvspan(100 * value.low, 100 * value.high, color=BAND, linewidth=0)
    style = "--" if bert else "-" if cell.is_baseline else ":"
    axes.axvline(100 * value.mean, color=MUTED, linewidth=1, linestyle=style)
    label = words.text("reference", method=cell.method, model=cell.model)
    axes.annotate(
        label,
        (100 * value.mean, 1),
        (0, 3 + 13 * level),
        xycoords=axes.get_xaxis_transform(),
        textcoords="offset points",
        ha="center",
        fontsize=9.5,
    )


def _draw(axes: Axes, height: float, cell: CellResult | None) -> None:
    if cell is None or not cell.metrics:
        return
    value, appearance, teacher = cell.metrics[METRIC], look(cell.method), cell.model == "teacher"
    across = [100 * value.low, 100 * value.high]
    axes.plot(across, [height] * 2, color=appearance.colour, linewidth=2, linestyle="--" if teacher else "-")
    seeds = [100 * seed.metrics[METRIC] for seed in cell.present]
    axes.plot(seeds, [height + 0.14] * len(seeds), "o", color=appearance.colour, markersize=2.5, markeredgewidth=0)
    axes.plot(
        [100 * value.mean],
        [height],
        color=appearance.colour,
        marker=appearance.marker,
        markersize=7,
        markerfacecolor=PAPER if teacher else appearance.colour,
        markeredgewidth=1.4,
    )


def _write(axes: Axes, at: int, row: SchemeRow, words: Words) -> None:
    """The means at the right edge, the student's first."""
    cells = [cell for cell in (row.student, row.teacher) if cell is not None]
    texts = [f"{100 * cell.metrics[METRIC].mean:.1f}" if cell.metrics else words.text("no_result") for cell in cells]
    axes.text(1.03, at, " | ".join(texts), transform=axes.get_yaxis_transform(), va="center", ha="left", color=INK)
