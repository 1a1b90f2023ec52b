"""What the shapes of `results.json` say of themselves."""

from __future__ import annotations

import pytest

from replication.results.cells import CellResult, Interval, SeedResult


@pytest.mark.parametrize(("low", "high", "separated"), [(-0.1, 0.1, False), (0.1, 0.2, True), (-0.2, -0.1, True)])
def test_separated(low: float, high: float, separated: bool) -> None:
    assert Interval(mean=0.0, low=low, high=high).separated is separated


@pytest.mark.parametrize(("teachers", "taught"), [([None, None], False), ([None, "ab"], True)])
def test_taught_by_a_frozen_teacher(teachers: list[str | None], taught: bool) -> None:
    seeds = [SeedResult(seed=at, teacher=teacher) for at, teacher in enumerate(teachers)]
    cell = CellResult(method="m", model="student", group="method", stage="s", command="c", seeds=seeds)
    assert cell.taught is taught
