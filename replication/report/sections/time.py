"""Time: where the run's own training time went, by cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from replication.report.downloads import data_link
from replication.report.figures.time import time_panel
from replication.report.inputs import Inputs
from replication.report.panels import Panel
from replication.report.words import Words
from replication.results.cells import CellResult, DatasetResult


def context(folder: Path, inputs: Inputs, words: Words) -> dict[str, Any] | None:
    """What the section shows; None where nothing has been trained."""
    rows = {one.name: time_rows(one) for one in inputs.results.datasets}
    rows = {name: found for name, found in rows.items() if found}
    if not rows:
        return None
    longest = max(seconds for found in rows.values() for _, seconds in found)
    seconds = {name: sum(one for _, one in found) for name, found in rows.items()}
    joint = sum(joint_seconds(one, rows[one.name]) for one in inputs.results.datasets if one.name in rows)
    return {
        "rows": rows,
        "seconds": seconds,
        "total": sum(seconds.values()),
        "joint": joint,
        "panels": [_panel(inputs, name, found, longest, words) for name, found in rows.items()],
        "data": data_link(
            {
                name: [{"method": cell.method, "model": cell.model, "seconds": one} for cell, one in found]
                for name, found in rows.items()
            }
        ),
    }


def time_rows(dataset: DatasetResult) -> list[tuple[CellResult, float]]:
    """Cells with the seconds of all their seeds, the longest first; a scheme's own teacher is in its student's time."""
    cells = [cell for cell in dataset.cells if cell.trained and cell.present and not cell.joint_teacher]
    rows = [(cell, round(sum(seed.seconds for seed in cell.present), 2)) for cell in cells]
    return sorted(rows, key=lambda row: (-row[1], row[0].method, row[0].model))


def joint_seconds(dataset: DatasetResult, rows: list[tuple[CellResult, float]]) -> float:
    """Of these, the seconds of the schemes that train BERT beside their student."""
    methods = {cell.method for cell in dataset.cells if cell.joint_teacher}
    return sum(seconds for cell, seconds in rows if cell.method in methods)


def _panel(inputs: Inputs, dataset: str, rows: list[tuple[CellResult, float]], longest: float, words: Words) -> Panel:
    total = sum(seconds for _, seconds in rows)
    title = words.text("time_panel", title=words.dataset(inputs.cards[dataset]), seconds=total)
    named = [(words.name(cell.method, cell.model), seconds) for cell, seconds in rows]
    description, name = words.text("time_description", rows=named), f"time-{dataset}"
    return Panel(name, title, time_panel(rows, longest, name, title, description, words))
