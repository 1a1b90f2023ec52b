"""What the section on hints sums up of a set, and what it says of the layer that the hint is from."""

from __future__ import annotations

import re
from typing import Any

import pytest

from replication.report.page import templates
from replication.report.sections.hints import HintLayer, hint_finding, hint_layer
from replication.report.words import Words
from replication.results.cells import CellResult, DatasetResult, Interval, SeedResult
from replication.results.comparisons import Comparison, VarianceParts
from replication.results.curves import CurvePoint


def cell(
    method: str, scores: dict[int, float], model: str = "student", settings: dict[str, Any] | None = None
) -> CellResult:
    seeds = [SeedResult(seed=seed, metrics={"macro_f1": score}) for seed, score in scores.items()]
    mean = {"macro_f1": Interval(mean=0.7, low=0.6, high=0.8)}
    return CellResult.model_validate(
        {
            "method": method, "model": model, "group": "method", "stage": "s", "command": "c", "seeds": seeds,
            "metrics": mean, "iterations": 100, "batch_size": 32, "settings": settings or {},
        }
    )  # fmt: skip


def point(seed: int, iteration: int, value: float) -> CurvePoint:
    return CurvePoint(
        dataset="d", method="fitnets", model="student", seed=seed, phase="hint", iteration=iteration,
        series="validation hint", value=value,
    )  # fmt: skip


def dataset(*cells: CellResult) -> DatasetResult:
    return DatasetResult(name="d", classes=["a", "b"], test_items=10, data=[], cells=list(cells))


def comparison(part: str, estimate: float) -> Comparison:
    return Comparison(
        claim="hints", dataset="d", part=part, unit="share", estimate=estimate, low=estimate - 0.02,
        high=estimate + 0.02, standard_error=0.01, seeds=2, items=10,
        variance=VarianceParts(seeds=0.0001, items=0.0, both=0.0),
    )  # fmt: skip


CURVES = [point(0, 10, -4.0), point(0, 20, -2.0), point(0, 30, -3.0), point(1, 10, -6.0), point(1, 20, -5.0)]
CELLS = [
    cell("fitnets", {0: 0.70, 1: 0.72, 2: 0.9}),
    cell("soft_label", {0: 0.74, 1: 0.74}),
    cell("fitnets_control", {0: 0.68, 1: 0.73}),
]


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(templates())


def test_gains_are_over_the_seeds_in_common() -> None:
    found = hint_finding(CURVES, dataset(*CELLS), {})
    assert found is not None and found.gain is not None and found.hints is not None
    assert (found.first, found.last) == (5.0, 3.5)
    assert found.gain.mean == pytest.approx(-0.03) and (found.gain.above, found.gain.seeds) == (0, 2)
    assert found.hints.mean == pytest.approx(0.005) and (found.hints.above, found.hints.seeds) == (1, 2)
    assert found.gain.interval is None and found.hints.interval is None


def test_what_the_hints_are_worth_is_told_with_its_interval(words: Words) -> None:
    published = {
        ("hints", part, "d"): comparison(part, value) for part, value in (("", -0.03), ("without hints", 0.005))
    }
    found = hint_finding(CURVES, dataset(*CELLS), published)
    assert found is not None and found.gain is not None and found.hints is not None
    assert found.gain.interval == Interval(mean=-0.03, low=-0.05, high=-0.03 + 0.02)
    text = words.text("hints_worth", title="Titles", found=found.hints)
    assert text == "Titles: the hints change test macro-F1 by +0.5 points (−1.5 to +2.5), above 0 in 1 of 2 seeds."
    bare = hint_finding(CURVES, dataset(*CELLS), {})
    assert bare is not None
    assert "without an interval" in words.text("hints_worth", title="Titles", found=bare.hints)


def test_without_a_control_nothing_is_said_of_the_hints() -> None:
    found = hint_finding(CURVES, dataset(cell("fitnets", {0: 0.7, 1: 0.7})), {})
    assert found is not None and found.gain is None and found.hints is None


def test_without_a_hint_stage_there_is_nothing() -> None:
    assert hint_finding([], dataset(cell("fitnets", {0: 0.7})), {}) is None


def test_the_layer_is_the_recorded_one() -> None:
    student = cell("fitnets", {0: 0.7}, settings={"method": {"hint_layer": 10}})
    bert = cell("supervised", {0: 0.9}, "teacher", {"teacher": {"layers": 11, "frozen_layers": 9}})
    assert hint_layer([dataset(student), dataset(student, bert)]) == HintLayer(layer=10, layers=11, frozen=9)
    assert hint_layer([dataset(student)]) is None and hint_layer([dataset(bert)]) is None


@pytest.mark.parametrize(
    ("layer", "layers", "frozen", "says", "silent"),
    [
        (10, 11, 9, ["last but one, and the only one below the top that learns: the 9 layers below", "limitation"], []),
        (10, 12, 0, ["layer 10 of BERT’s 12", "It is no middle layer"], ["frozen"]),
        (4, 12, 6, ["That layer is frozen"], ["no middle layer"]),
        (6, 12, 0, ["layer 6 of BERT’s 12"], ["frozen", "limitation"]),
        (7, 12, 3, ["The lowest 3 layers are frozen"], ["no middle layer"]),
    ],
)
def test_what_the_layer_cannot_tell_is_said(
    words: Words, layer: int, layers: int, frozen: int, says: list[str], silent: list[str]
) -> None:
    text = words.text("hints_layer", found=HintLayer(layer=layer, layers=layers, frozen=frozen))
    assert all(part in text for part in says) and not any(part in text for part in silent)
    assert not re.search(r"\.[A-Z]", text)
