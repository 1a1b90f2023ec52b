"""Soft labels at several temperatures, beside the logits without one and the labels alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from replication.config import Parameters
from replication.evaluation.cells import Cell
from replication.evaluation.finished import load_cell, teacher_digests
from replication.evaluation.sweeps import Finished, Runs, Scored, ordinary, score
from replication.evaluation.testset import TestSet
from replication.results.cells import BASELINE
from replication.results.temperature_sweep import TemperaturePoint, TemperatureSet

METHOD, LOGITS, TEXTCNN = "soft_label", "logit_mse", BASELINE[0]


def sweep_temperatures(parameters: Parameters, build: Path, items: TestSet, runs: Runs) -> TemperatureSet | None:
    """Score the sweep on one dataset; None where it is not listed.

    Args:
        parameters: which temperatures and seeds, and how intervals are drawn.
        build: where the stages leave their outputs.
        items: the test items.
        runs: of the tables' cells.
    """
    settings = parameters.measurements.temperature
    if settings is None or items.name not in settings.datasets:
        return None
    values = settings.points(parameters.temperature)
    teachers = teacher_digests(parameters, items.name, build)
    arms: dict[str, Finished] = {}
    missing: dict[str, str] = {}
    for value in values:
        name = f"{value:g}"
        folder = build / "temperatures" / items.name / name
        stage = f"temperatures@{items.name}"
        cell = Cell(items.name, METHOD, "student", "method", stage, folder, tuple(parameters.seeds))
        arms[name], reasons = load_cell(cell, items, teachers)
        if reasons:
            missing[name] = next(iter(reasons.values()))
    levels = {method: ordinary(runs, method) for method in (LOGITS, TEXTCNN)}
    scored = score(parameters, items, arms | levels)
    return TemperatureSet(
        points=_points(scored, {f"{value:g}": value for value in values}, f"{parameters.temperature:g}"),
        logit_mse=scored.arm(LOGITS),
        textcnn=scored.arm(TEXTCNN),
        items=scored.resamples.items,
        missing=missing,
    )


def _points(scored: Scored, values: Mapping[str, float], profile: str) -> list[TemperaturePoint]:
    found = []
    for name, value in values.items():
        arm = scored.arm(name)
        if arm is not None:
            difference = None if name == profile else scored.difference(name, profile)
            found.append(TemperaturePoint(**arm.model_dump(), temperature=value, difference=difference))
    return found
