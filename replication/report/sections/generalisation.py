"""Generalisation: the gap between training and test, calibration, and fidelity to the teacher."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from replication.report.downloads import data_link
from replication.report.figures.dots import Line, Mark, Row, dots_panel, limits
from replication.report.figures.reliability import reliability_panel
from replication.report.generalisation import calibration_standings, change, followed_by, standings
from replication.report.inputs import Inputs
from replication.report.panels import Panel
from replication.report.words import Words
from replication.results.cells import BASELINE
from replication.results.files import read_json
from replication.results.generalisation import ArmGeneralisation, DatasetGeneralisation, Generalisation

FILE = "generalisation.json"
SHOWN = (BASELINE, ("soft_label", "student"), ("logit_mse", "student"), (BASELINE[0], "teacher"))
"""The arms with a reliability diagram."""


def context(folder: Path, inputs: Inputs, words: Words) -> dict[str, Any] | None:
    """What the section shows; None where the file is absent or no network has finished."""
    if not (folder / FILE).is_file():
        return None
    found = read_json(folder / FILE, Generalisation)
    sets = {one.name: found.datasets[one.name] for one in inputs.results.datasets if one.name in found.datasets}
    if not sets:
        return None
    shown = {name: _outside_schemes(inputs, name, one) for name, one in sets.items()}
    followed = [followed_by(one) for one in sets.values()]
    return {
        "found": found,
        "sets": sets,
        "gaps": standings([one for one in found.comparisons if one.dataset in sets]),
        "changes": [change(one, sets[one.dataset]) for one in found.comparisons if one.dataset in sets],
        "calibration": calibration_standings(sets.values()),
        "followed": [one for one in followed if one is not None],
        "gap_panels": _gap_panels(inputs, shown, words),
        "reliability_panels": {name: _reliability_panels(name, one, words) for name, one in sets.items()},
        "fidelity_panels": _fidelity_panels(inputs, sets, shown, words),
        "data": data_link(found),
    }


def _outside_schemes(inputs: Inputs, name: str, found: DatasetGeneralisation) -> list[ArmGeneralisation]:
    """The arms of the figures; those of the schemes stand in the table alone."""
    cells = next(one.cells for one in inputs.results.datasets if one.name == name)
    schemes = {(cell.method, cell.model) for cell in cells if cell.group == "scheme"}
    return [arm for arm in found.arms if (arm.method, arm.model) not in schemes]


def _gap_panels(inputs: Inputs, shown: dict[str, list[ArmGeneralisation]], words: Words) -> list[Panel]:
    rows = {
        name: [
            Row(arm.method, words.name(arm.method, arm.model), [Mark(arm.gap, list(arm.gap_by_seed.values()))])
            for arm in arms
            if arm.gap is not None
        ]
        for name, arms in shown.items()
    }
    rows = {name: found for name, found in rows.items() if found}
    axis = limits([row for found in rows.values() for row in found], [], 0.0, 0.0)
    unit = words.text("generalisation_gap_axis")
    return [_panel(inputs, f"gap-{name}", name, found, None, axis, unit, words) for name, found in rows.items()]


def _fidelity_panels(
    inputs: Inputs,
    sets: dict[str, DatasetGeneralisation],
    shown: dict[str, list[ArmGeneralisation]],
    words: Words,
) -> list[Panel]:
    rows, lines = {}, {}
    label = words.text("generalisation_teachers_line")
    for name, arms in shown.items():
        rows[name] = [
            Row(arm.method, words.name(arm.method, arm.model), _agreements(arm)) for arm in arms if arm.fidelity
        ]
        teachers = sets[name].teachers
        if teachers is not None:
            lines[name] = Line(teachers.agreement, label)
    rows = {name: found for name, found in rows.items() if found}
    axis = limits([row for found in rows.values() for row in found], list(lines.values()), 1.0, 0.0)
    unit = words.text("generalisation_agreement_axis")
    return [
        _panel(inputs, f"fidelity-{name}", name, found, lines.get(name), axis, unit, words)
        for name, found in rows.items()
    ]


def _agreements(arm: ArmGeneralisation) -> list[Mark]:
    own = arm.own_fidelity
    marks = [] if arm.fidelity is None else [Mark(arm.fidelity.agreement, [])]
    return marks if own is None else [*marks, Mark(own.agreement, [], hollow=True)]


def _panel(
    inputs: Inputs,
    own: str,
    dataset: str,
    rows: list[Row],
    line: Line | None,
    axis: tuple[float, float],
    unit: str,
    words: Words,
) -> Panel:
    title = words.dataset(inputs.cards[dataset])
    description = words.text("generalisation_rows", unit=unit, rows=rows, line=line)
    return Panel(own, title, dots_panel(rows, line, axis, unit, own, title, description))


def _reliability_panels(dataset: str, found: DatasetGeneralisation, words: Words) -> list[Panel]:
    panels = []
    for arm in (found.find(*who) for who in SHOWN):
        if arm is not None:
            title = words.text(
                "generalisation_reliability_panel", name=words.name(arm.method, arm.model), error=arm.calibration_error
            )
            name = f"reliability-{dataset}-{arm.method}-{arm.model}"
            description = words.text("generalisation_reliability_description", bins=arm.reliability)
            panels.append(Panel(name, title, reliability_panel(arm, found.classes, name, title, description, words)))
    return panels
