"""What is said about results follows from the intervals."""

from __future__ import annotations

import math

import pytest

from replication.report import findings
from replication.results.cells import CellResult, DatasetResult, Interval, SeedResult
from replication.results.curves import CurvePoint
from replication.results.softmax import TemperatureResult


def cell(method: str, model: str, mean: float, delta: tuple[float, float, float] | None) -> CellResult:
    difference = {} if delta is None else {"macro_f1": Interval(mean=delta[0], low=delta[1], high=delta[2])}
    return CellResult.model_validate(
        {
            "method": method,
            "model": model,
            "kind": "trained",
            "stage": "s",
            "command": "c",
            "seeds": [SeedResult(seed=0)],
            "metrics": {"macro_f1": Interval(mean=mean, low=mean - 0.01, high=mean + 0.01)},
            "delta": difference,
        }
    )


def dataset(*cells: CellResult) -> DatasetResult:
    return DatasetResult(name="d", classes=["a", "b"], test_items=10, data=[], cells=list(cells))


TEXTCNN = cell("supervised", "student", 0.6, None)
TEACHER = cell("supervised", "teacher", 0.8, (0.2, 0.15, 0.25))


def test_standing_and_order() -> None:
    found = findings.dataset_finding(
        dataset(
            TEXTCNN,
            cell("level", "student", 0.61, (0.01, -0.01, 0.03)),
            cell("above", "student", 0.65, (0.05, 0.02, 0.08)),
            cell("below", "student", 0.5, (-0.1, -0.12, -0.08)),
            TEACHER,
        )
    )
    assert [(one.method, where) for one, where in found.students] == [
        ("above", "above"),
        ("level", "level"),
        ("below", "below"),
    ]
    assert found.gap_closed == pytest.approx(0.25)
    count = findings.tally([found, found])
    assert (count.above, count.below, count.level, count.comparisons, count.missing) == (2, 2, 2, 6, 0)


def test_a_student_without_a_difference_is_counted_as_missing() -> None:
    found = findings.dataset_finding(dataset(TEXTCNN, cell("lost", "student", 0.5, None), TEACHER))
    assert [one.method for one in found.missing] == ["lost"]
    assert findings.tally([found]).missing == 1


def test_the_best_yardstick_is_named() -> None:
    yardsticks = [
        cell("low", "student", 0.1, (-0.5, -0.6, -0.4)).model_copy(update={"kind": "yardstick"}),
        cell("high", "student", 0.7, (0.1, 0.05, 0.15)).model_copy(update={"kind": "yardstick"}),
    ]
    found = findings.dataset_finding(dataset(TEXTCNN, *yardsticks, TEACHER))
    assert found.yardstick is not None
    assert found.yardstick.method == "high"
    assert found.students == []


def test_no_share_of_the_gap_without_a_clear_gain() -> None:
    level = cell("level", "student", 0.61, (0.01, -0.01, 0.03))
    assert findings.dataset_finding(dataset(TEXTCNN, level, TEACHER)).gap_closed is None
    assert findings.dataset_finding(dataset(TEXTCNN, TEACHER)).gap_closed is None
    assert findings.dataset_finding(dataset(TEXTCNN)).teacher is None


def test_mean_curves_keep_the_iterations_that_every_seed_has() -> None:
    points = [
        CurvePoint("d", "m", "student", seed, "p", at, "validation student", value)
        for seed, at, value in [(0, 10, 0.2), (1, 10, 0.4), (0, 20, 0.6)]
    ]
    curve = findings.mean_curves(points)["m", "student"]
    assert len(curve) == 1
    assert curve[0] == pytest.approx((10, 0.3))


@pytest.mark.parametrize(("values", "rising"), [([0.1, 0.2, 0.3, 0.4], True), ([0.1, 0.39, 0.4, 0.405], False)])
def test_still_rising(values: list[float], rising: bool) -> None:
    assert findings.still_rising([(25 * (at + 1), value) for at, value in enumerate(values)]) is rising


def test_entropy_must_rise_for_every_teacher() -> None:
    base = TemperatureResult(
        classes=["a", "b"],
        temperature=2.0,
        grid=[1.0, 2.0],
        entropy={0: [0.1, 0.3], 1: [0.2, 0.5]},
        log_classes=math.log(2),
        items=[],
    )
    assert findings.entropy_rises(base)
    assert findings.entropy_share(base) == pytest.approx(0.4 / math.log(2))
    assert not findings.entropy_rises(base.model_copy(update={"entropy": {0: [0.1, 0.3], 1: [0.2, 0.2]}}))
