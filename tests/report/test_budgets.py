"""Whether the arms of a set had the same budget, and the courses that records tell of."""

from __future__ import annotations

from typing import Any

from replication.report.anchors import courses
from replication.report.budgets import budgets, ran
from replication.report.schemes import family_rows, scheme_rows
from replication.results.cells import CellResult, DatasetResult, Group, Interval, PhaseResult, SeedResult
from replication.results.curves import CurvePoint


def cell(
    method: str,
    iterations: list[int],
    group: Group = "method",
    model: str = "student",
    more: dict[str, Any] | None = None,
) -> CellResult:
    return CellResult.model_validate(
        {
            "method": method,
            "model": model,
            "group": group,
            "stage": "s",
            "command": "c",
            "seeds": [SeedResult(seed=at, iterations=steps) for at, steps in enumerate(iterations)],
            "metrics": {"macro_f1": Interval(mean=0.5, low=0.4, high=0.6)},
            "iterations": iterations[0],
            "batch_size": 64,
            **(more or {}),
        }
    )


def dataset(*cells: CellResult) -> DatasetResult:
    return DatasetResult(name="d", classes=["a", "b"], test_items=10, data=[], cells=list(cells))


def test_equal_budgets() -> None:
    found = budgets(dataset(cell("a", [100, 100]), cell("b", [100, 100]), cell("tfidf", [0], "yardstick")))
    assert (found.iterations, found.batch_size, found.odd, len(found.arms)) == (100, 64, [], 2)


def test_an_odd_arm_is_named_even_when_one_seed_alone_is_odd() -> None:
    odd, other = cell("c", [100, 99]), cell("d", [100, 100], more={"batch_size": 32})
    found = budgets(dataset(cell("a", [100, 100]), cell("b", [100, 100]), odd, other))
    assert (found.iterations, [one.method for one in found.odd]) == (100, ["c", "d"])


def test_without_an_arm() -> None:
    found = budgets(dataset())
    assert (found.arms, found.iterations, found.odd) == ([], 0, [])


def test_the_teacher_of_a_joint_scheme_stands_beside_its_student() -> None:
    student, teacher = cell("scheme2", [100], "scheme"), cell("scheme2", [100], "scheme", "teacher")
    bert = cell("supervised", [200], "reference", "teacher")
    found = budgets(dataset(cell("supervised", [100], "reference"), bert, student, teacher))
    assert [(arm.student.method, arm.teacher and arm.teacher.model) for arm in found.arms] == [
        ("supervised", None),
        ("scheme2", "teacher"),
    ]


def test_stretches_are_the_phases_where_there_are_several() -> None:
    phases = [PhaseResult(name=name, iterations=at, updates={name: at}) for name, at in (("hint", 30), ("student", 70))]
    one, two = cell("a", [100], more={"phases": phases[1:]}), cell("fitnets", [100], more={"phases": phases})
    arms = budgets(dataset(one, two)).arms
    assert [arm.stretches for arm in arms] == [[], [("hint", 30), ("student", 70)]]


def test_states_to_choose_from_are_those_that_were_validated_by_macro_f1() -> None:
    def points(method: str, seed: int, series: list[str]) -> list[CurvePoint]:
        return [
            CurvePoint("d", method, "student", seed, "p", 10 * at, name, 0.5) for at, name in enumerate(series, start=1)
        ]

    curves = [
        *points("a", 0, ["validation student"] * 5), *points("a", 1, ["validation student"] * 4),
        *points("rco", 0, ["loss student/soft", "validation hint", "validation student", "validation student"]),
        *[point._replace(dataset="other") for point in points("b", 0, ["validation student"])],
    ]  # fmt: skip
    found = budgets(dataset(cell("a", [100, 100]), cell("rco", [100])), curves)
    assert found.states == {("a", "student"): [4, 5], ("rco", "student"): [2]}


def test_the_settings_of_a_joint_teacher_are_those_that_ran() -> None:
    training = {"iterations": 320, "batch_size": 16, "batch_tokens": 768, "evaluations": 4, "patience": None}
    teacher = {"layers": 11, "training": {**training, "learning_rate": 3e-4}}
    settings = {"student": {"training": {"iterations": 240}}, "teacher": teacher}
    joint = cell("scheme2", [240], "scheme", more={"settings": settings})
    assert ran(joint) == {**settings, "teacher": {"layers": 11, "training": {"learning_rate": 3e-4}}}
    route = cell("rco", [240], more={"settings": settings})
    assert ran(route) == settings, "the route is of a teacher that did train so"
    frozen = cell("scheme9", [240], "scheme", more={"settings": settings, "seeds": [SeedResult(seed=0, teacher="ab")]})
    assert ran(frozen) == settings


def test_courses_by_seed() -> None:
    steps = {
        "anchors": [{"iteration": 22, "validation_macro_f1": 0.5}, {"iteration": None, "validation_macro_f1": 0.7}]
    }
    found = courses(
        dataset(cell("a", [100]), cell("rco", [100], more={"notes": {1: steps, 0: {"anchors": steps["anchors"][1:]}}}))
    )
    assert len(found) == 1
    assert (found[0].cell.method, list(found[0].seeds), found[0].longest) == ("rco", [0, 1], 2)
    assert [(anchor.iteration, anchor.validation_macro_f1) for anchor in found[0].seeds[1]] == [(22, 0.5), (None, 0.7)]


def test_notes_without_anchors_are_no_course() -> None:
    assert courses(dataset(cell("fitnets", [100], more={"notes": {0: {"hint_layer": 10}}}))) == []


def test_rows_of_the_table_of_schemes() -> None:
    bert = cell("supervised", [200], "reference", "teacher")
    old = cell(
        "historical", [50], "reference", "teacher", more={"family_recall": {"loans": Interval(mean=0, low=0, high=0)}}
    )
    student, teacher = cell("scheme2", [100], "scheme"), cell("scheme2", [100], "scheme", "teacher")
    whole = dataset(cell("supervised", [100], "reference"), bert, old, cell("rco", [100]), student, teacher)
    rows = scheme_rows(whole)
    assert [(row.main.method, row.student is not None, row.teacher is not None) for row in rows] == [
        ("supervised", True, False),
        ("supervised", False, True),
        ("historical", True, False),
        ("scheme2", True, True),
    ]
    assert [row.method for row in family_rows(whole)] == ["historical"]
    assert scheme_rows(dataset(cell("supervised", [100], "reference"), bert)) == []
