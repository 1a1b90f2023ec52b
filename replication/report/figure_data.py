"""The data behind the figures that every profile has, to be downloaded; a section's own stands with the section."""

from __future__ import annotations

from replication.report.course import validation_points
from replication.report.downloads import data_link
from replication.report.figures.softmax import TEMPERATURES
from replication.report.inputs import Inputs
from replication.report.schemes import scheme_rows
from replication.results.cells import CellResult


def downloads(inputs: Inputs) -> dict[str, str]:
    """The data of the figures that every profile has, by figure; of `schemes` by dataset, as `schemes-<dataset>`."""
    datasets = inputs.results.datasets
    curves: dict[str, dict[str, dict[int, list[tuple[int, float]]]]] = {}
    for point in validation_points(inputs.curves):
        seeds = curves.setdefault(point.dataset, {}).setdefault(f"{point.method}/{point.model}", {})
        seeds.setdefault(point.seed, []).append((point.iteration, round(point.value, 4)))
    found: dict[str, object] = {
        "results": {one.name: {_name(cell): _scores(cell) for cell in one.cells} for one in datasets},
        "curves": curves,
        "entropy": {
            name: {"temperatures": result.grid, "entropy": result.entropy}
            for name, result in inputs.temperatures.items()
        },
        "bars": {
            name: {"classes": result.classes, "temperatures": TEMPERATURES, "items": result.items}
            for name, result in inputs.temperatures.items()
        },
    }
    for dataset in datasets:
        found[f"schemes-{dataset.name}"] = {
            _name(cell): _scores(cell)
            for row in scheme_rows(dataset)
            for cell in (row.student, row.teacher)
            if cell is not None
        }
    return {name: data_link(data) for name, data in found.items()}


def _name(cell: CellResult) -> str:
    return f"{cell.method}/{cell.model}"


def _scores(cell: CellResult) -> dict[str, object]:
    """Macro-F1 with its interval, the difference to the TextCNN, and single seeds, as shares."""
    return {
        "macro_f1": cell.metrics.get("macro_f1"),
        "difference": cell.delta.get("macro_f1"),
        "seeds": {str(one.seed): one.metrics.get("macro_f1") for one in cell.present},
    }
