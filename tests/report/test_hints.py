"""What the section on hints sums up of a set."""

from __future__ import annotations

import pytest

from replication.report.sections.hints import hint_finding
from replication.results.cells import CellResult, DatasetResult, Interval, SeedResult
from replication.results.curves import CurvePoint


def cell(method: str, scores: dict[int, float]) -> CellResult:
    seeds = [SeedResult(seed=seed, metrics={"macro_f1": score}) for seed, score in scores.items()]
    mean = {"macro_f1": Interval(mean=0.7, low=0.6, high=0.8)}
    return CellResult(
        method=method, model="student", group="method", stage="s", command="c", seeds=seeds, metrics=mean,
        iterations=100, batch_size=32,
    )  # fmt: skip


def point(seed: int, iteration: int, value: float) -> CurvePoint:
    return CurvePoint(
        dataset="d", method="fitnets", model="student", seed=seed, phase="hint", iteration=iteration,
        series="validation hint", value=value,
    )  # fmt: skip


def dataset(*cells: CellResult) -> DatasetResult:
    return DatasetResult(name="d", classes=["a", "b"], test_items=10, data=[], cells=list(cells))


CURVES = [point(0, 10, -4.0), point(0, 20, -2.0), point(0, 30, -3.0), point(1, 10, -6.0), point(1, 20, -5.0)]


def test_gains_are_over_the_seeds_in_common() -> None:
    cells = [
        cell("fitnets", {0: 0.70, 1: 0.72, 2: 0.9}),
        cell("soft_label", {0: 0.74, 1: 0.74}),
        cell("fitnets_control", {0: 0.68, 1: 0.73}),
    ]
    found = hint_finding(CURVES, dataset(*cells))
    assert found is not None
    assert (found.first, found.last) == (5.0, 3.5)
    assert found.gain == pytest.approx(-0.03) and (found.ahead, found.seeds) == (0, 2)
    assert found.hints == pytest.approx(0.005) and (found.hints_ahead, found.hints_seeds) == (1, 2)


def test_without_a_control_nothing_is_said_of_the_hints() -> None:
    found = hint_finding(CURVES, dataset(cell("fitnets", {0: 0.7, 1: 0.7})))
    assert found is not None and found.gain is None and found.hints is None


def test_without_a_hint_stage_there_is_nothing() -> None:
    assert hint_finding([], dataset(cell("fitnets", {0: 0.7}))) is None
