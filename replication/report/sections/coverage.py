"""Coverage: recall by kind of junk and period; what the historical model caught and the new one keeps and loses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from replication.report.downloads import data_link
from replication.report.figures.coverage import flips_panel, recall_panel
from replication.report.inputs import Inputs
from replication.report.panels import Panel
from replication.report.words import Words
from replication.results.cells import BASELINE, HISTORICAL, CellResult, DatasetResult
from replication.results.coverage import ALL, PERIODS, ArmCoverage, DatasetCoverage
from replication.results.files import read_json

FILE = "coverage.json"
SHOWN = (
    BASELINE,
    HISTORICAL,
    (BASELINE[0], "teacher"),
    ("scheme1", "student"),
    ("scheme5_control", "student"),
    ("scheme5", "student"),
)
"""The networks of the figures; the others stand in the tables alone."""


def context(folder: Path, inputs: Inputs, words: Words) -> dict[str, Any] | None:
    """What the section shows; None where the file is absent or no opinion set has a network."""
    if not (folder / FILE).is_file():
        return None
    found = read_json(folder / FILE, dict[str, DatasetCoverage])
    sets = {one.name: found[one.name] for one in inputs.results.datasets if one.name in found}
    if not sets:
        return None
    return {
        "sets": sets,
        "periods": PERIODS,
        "all": ALL,
        "shares": {one.name: kept_shares(one) for one in inputs.results.datasets if one.name in sets},
        "recall_panels": {name: _recall_panels(name, one, words) for name, one in sets.items()},
        "flip_panels": {name: _flip_panels(name, one, words) for name, one in sets.items()},
        "data": data_link(sets),
    }


def shown(found: DatasetCoverage) -> list[ArmCoverage]:
    """The networks of the figures that have runs."""
    return [arm for arm in (found.find(*who) for who in SHOWN) if arm is not None]


def kept_shares(dataset: DatasetResult) -> list[tuple[CellResult, float]]:
    """Of the test junk that the historical model caught, in both periods, the share that each network still catches."""
    cells = [cell for cell in (dataset.find(*who) for who in SHOWN) if cell is not None]
    return [(cell, cell.metrics["kept"].mean) for cell in cells if "kept" in cell.metrics]


def _recall_panels(dataset: str, found: DatasetCoverage, words: Words) -> list[Panel]:
    families = list(dict.fromkeys(family for period in PERIODS for family in found.items.get(period, {})))
    textcnn, panels = found.find(*BASELINE), []
    for arm in shown(found):
        title = words.text("coverage_panel", name=words.name(arm.method, arm.model), recall=arm.recall, all=ALL)
        name = f"coverage-{dataset}-{arm.method}-{arm.model}"
        description = words.text("coverage_description", recall=arm.recall)
        reference = None if arm is textcnn else textcnn
        drawing = recall_panel(arm, reference, families, name, title, description, words)
        panels.append(Panel(name, title, drawing))
    return panels


def _flip_panels(dataset: str, found: DatasetCoverage, words: Words) -> list[Panel]:
    panels = []
    for period in PERIODS:
        arms = [arm for arm in shown(found) if period in arm.flips]
        if not arms:
            continue
        rows = [(words.name(arm.method, arm.model), arm.flips[period]) for arm in arms]
        title = words.text("coverage_flips_panel", period=period, items=found.items[period][ALL], flips=rows[0][1])
        description = words.text("coverage_flips_description", rows=rows)
        name = f"flips-{dataset}-{period}"
        panels.append(Panel(name, title, flips_panel(arms, period, name, title, description, words)))
    return panels
