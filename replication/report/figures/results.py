"""Dots and intervals: which methods leave the TextCNN's interval, and how far the teacher is."""

from __future__ import annotations

from matplotlib.axes import Axes

from replication.report.figures.style import BAND, GRID, INK, MUTED, PAPER, look, panel, svg
from replication.report.findings import METRIC
from replication.report.words import Words
from replication.results.cells import BASELINE, CellResult, DatasetResult

WIDTH, ROW, LEFT = 360, 29, 122
FAR = 0.12
"""A yardstick this much lower than every trained cell is shown as an arrow at the edge, so that the rest has room."""


def shown_cells(dataset: DatasetResult) -> list[CellResult]:
    """The rows of the panel: all but the schemes, which have a figure of their own."""
    return [cell for cell in dataset.cells if cell.group != "scheme"]


def shared_limits(datasets: list[DatasetResult]) -> tuple[float, float]:
    """The common axis of all panels, in percent: every trained cell, and every yardstick that is not far below."""
    found = [cell for dataset in datasets for cell in shown_cells(dataset) if cell.metrics]
    trained = [cell for cell in found if cell.trained]
    rest = [cell for cell in found if not cell.trained]
    if not trained:
        return 0.0, 100.0
    floor = min(cell.metrics[METRIC].low for cell in trained)
    shown = trained + [cell for cell in rest if cell.metrics[METRIC].mean > floor - FAR]
    values = [value for cell in shown for value in (cell.metrics[METRIC].low, cell.metrics[METRIC].high)]
    values += [seed.metrics[METRIC] for cell in shown for seed in cell.present]
    return 100 * min(values) - 2, min(100 * max(values) + 2, 101.0)


def results_panel(dataset: DatasetResult, limits: tuple[float, float], title: str, words: Words) -> str:
    """One dataset: a row a cell, its mean, interval and seeds; the TextCNN's interval as a band behind all."""
    cells = shown_cells(dataset)
    axes = panel(WIDTH, 64 + ROW * len(cells), LEFT, right=42)
    axes.set_xlim(*limits)
    axes.set_ylim(len(cells) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    textcnn = dataset.find(*BASELINE)
    if textcnn is not None:
        band = textcnn.metrics[METRIC]
        axes.axvspan(100 * band.low, 100 * band.high, color=BAND, linewidth=0)
        axes.axvline(100 * band.mean, color=MUTED, linewidth=0.8)
    for row, cell in enumerate(cells):
        _draw_row(axes, row, cell, limits, words)
    axes.set_yticks(range(len(cells)), [words.name(cell.method, cell.model) for cell in cells])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(words.text("macro_f1_axis"))
    return svg(axes, f"results-{dataset.name}", title, words.text("results_description", cells=cells))


def _draw_row(axes: Axes, row: int, cell: CellResult, limits: tuple[float, float], words: Words) -> None:
    if not cell.metrics:
        axes.text(limits[0] + 1, row, words.text("no_result"), va="center", style="italic", color=MUTED)
        return
    value, appearance = cell.metrics[METRIC], look(cell.method)
    edge = axes.get_yaxis_transform()
    axes.text(1.02, row, f"{100 * value.mean:.1f}", transform=edge, va="center", ha="left", color=INK)
    if 100 * value.high < limits[0]:
        axes.plot([0.015], [row], transform=edge, marker="<", color=appearance.colour, markersize=7, clip_on=False)
        return
    dashes = "--" if cell.model == "teacher" else "-"
    axes.plot([100 * value.low, 100 * value.high], [row, row], color=appearance.colour, linewidth=2, linestyle=dashes)
    seeds = [100 * seed.metrics[METRIC] for seed in cell.present]
    if len(seeds) > 1:
        axes.plot(seeds, [row + 0.3] * len(seeds), "o", color=appearance.colour, markersize=3, markeredgewidth=0)
    face = PAPER if cell.model == "teacher" else appearance.colour
    axes.plot(
        [100 * value.mean],
        [row],
        color=appearance.colour,
        marker=appearance.marker,
        markersize=8,
        markerfacecolor=face,
        markeredgewidth=1.4,
    )
    axes.axhline(row + 0.5, color=GRID, linewidth=0.4)
