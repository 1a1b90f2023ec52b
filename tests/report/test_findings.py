"""What is said about results follows from the intervals."""

from __future__ import annotations

import math

import pytest

from replication.report import answer, findings
from replication.report.course import levelling, mean_curves, still_rising
from replication.report.page import templates
from replication.report.words import Words
from replication.results.cells import CellResult, DatasetResult, Group, Interval, SeedResult
from replication.results.curves import CurvePoint
from replication.results.softmax import TemperatureResult
from replication.results.verdicts import PartEstimate


def cell(
    method: str,
    model: str,
    mean: float,
    delta: tuple[float, float, float] | None,
    group: Group = "method",
    teacher: str | None = "ab",
) -> CellResult:
    difference = {} if delta is None else {"macro_f1": Interval(mean=delta[0], low=delta[1], high=delta[2])}
    return CellResult.model_validate(
        {
            "method": method,
            "model": model,
            "group": group,
            "stage": "s",
            "command": "c",
            "seeds": [SeedResult(seed=0, teacher=teacher)],
            "metrics": {"macro_f1": Interval(mean=mean, low=mean - 0.01, high=mean + 0.01)},
            "delta": difference,
        }
    )


def dataset(*cells: CellResult) -> DatasetResult:
    return DatasetResult(name="d", classes=["a", "b"], test_items=10, data=[], cells=list(cells))


TEXTCNN = cell("supervised", "student", 0.6, None, "reference", None)
TEACHER = cell("supervised", "teacher", 0.8, (0.2, 0.15, 0.25), "reference", None)
ABOVE, BELOW = (0.05, 0.02, 0.08), (-0.1, -0.12, -0.08)


def test_standing_and_order() -> None:
    found = findings.dataset_finding(
        dataset(
            TEXTCNN,
            cell("level", "student", 0.61, (0.01, -0.01, 0.03)),
            cell("above", "student", 0.65, ABOVE),
            cell("below", "student", 0.5, BELOW),
            TEACHER,
        )
    )
    assert [(one.method, where) for one, where in found.students] == [
        ("above", "above"),
        ("level", "level"),
        ("below", "below"),
    ]
    count = findings.tally([found, found])
    assert (count.above, count.below, count.level, count.comparisons, count.missing) == (2, 2, 2, 6, 0)


def test_a_student_without_a_teacher_is_no_taught_student() -> None:
    smoothing = cell("label_smoothing", "student", 0.7, ABOVE, teacher=None)
    found = findings.dataset_finding(dataset(TEXTCNN, smoothing, TEACHER))
    assert (found.students, found.controls) == ([], [])
    assert [one.method for one, _ in found.untaught] == ["label_smoothing"]
    assert findings.tally([found]).comparisons == 0


def test_controls_stand_apart_and_are_not_counted() -> None:
    controls = ("pseudo_label", "other_teacher", "fitnets_control")
    found = findings.dataset_finding(
        dataset(
            TEXTCNN,
            *(cell(name, "student", 0.7, ABOVE) for name in controls),
            cell("fitnets", "student", 0.66, ABOVE),
            cell("scheme4", "student", 0.5, BELOW, "scheme", None),
            cell("scheme5_control", "student", 0.65, ABOVE, "scheme"),
            TEACHER,
        )
    )
    assert [one.method for one, _ in found.students] == ["fitnets"]
    assert sorted(one.method for one, _ in found.controls) == sorted([*controls, "scheme5_control"])
    assert (findings.tally([found]).above, findings.tally([found]).comparisons) == (1, 1)
    assert findings.scheme_tally(found).comparisons == 1
    assert findings.training_tally([found]).comparisons == 2


def trained(method: str, group: Group, scores: list[float], settings: dict[str, object] | None = None) -> CellResult:
    """A taught student with these scores, by seed."""
    seeds = [
        SeedResult(seed=at, teacher="ab", iterations=9, metrics={"macro_f1": score}, validation_macro_f1=score)
        for at, score in enumerate(scores)
    ]
    return cell(method, "student", scores[0], ABOVE, group).model_copy(
        update={"seeds": seeds, "settings": settings or {"method": {"temperature": 2.0}}}
    )


def test_rows_of_one_training_name_the_first_and_count_once() -> None:
    whole = dataset(
        TEXTCNN,
        trained("soft_label", "method", [0.7, 0.71]),
        trained("scheme1_soft_label", "scheme", [0.7, 0.71]),
        trained("scheme5_control", "scheme", [0.700001, 0.71]),
        trained("scheme1", "scheme", [0.7, 0.72]),
        trained("scheme5", "scheme", [0.7, 0.71], {"method": {"temperature": 4.0}}),
        trained("one_seed", "scheme", [0.7]),
    )
    found = findings.dataset_finding(whole)
    assert {method: one.method for method, one in found.repeats.items()} == {
        "scheme1_soft_label": "soft_label",
        "scheme5_control": "soft_label",
    }
    assert [one.method for one, _ in found.trainings] == ["soft_label", "scheme1", "scheme5", "one_seed"]
    assert findings.training_tally([found]).comparisons == 4
    assert findings.scheme_tally(found).comparisons == 4


def test_what_tfidf_exceeds_is_counted_by_its_mean() -> None:
    def finding(tfidf: float, *students: float) -> findings.DatasetFinding:
        cells = [cell(f"way{at}", "student", mean, ABOVE) for at, mean in enumerate(students)]
        return findings.dataset_finding(
            dataset(TEXTCNN, cell("tfidf_logistic", "student", tfidf, ABOVE, "yardstick", None), *cells, TEACHER)
        )

    some, every = finding(0.65, 0.6, 0.7), finding(0.85, 0.6, 0.7)
    assert answer.exceeded([some, every]) == answer.Exceeded(3, 4, ["d"], ["d"], 2)
    assert answer.exceeded([some]) == answer.Exceeded(1, 2, [], [], 1)
    assert answer.exceeded([findings.dataset_finding(dataset(TEXTCNN, TEACHER))]) is None
    assert answer.exceeded([some], answer.TFIDF_CUT) is None
    assert answer.teacher_gains([some, every]) == (0.2, 0.2)
    assert answer.teacher_gains([findings.dataset_finding(dataset(TEXTCNN))]) is None


NAMES = {"a": "Set A", "b": "Set B"}


@pytest.mark.parametrize(
    ("exceeded", "said"),
    [
        (answer.Exceeded(3, 4, ["a"], ["a", "b"], 2),
         "than 3 of these 4 students (all of them on Set A), and than the teacher on 2 of 2 sets (Set A, Set B)."),
        (answer.Exceeded(0, 4, [], [], 2), "than 0 of these 4 students; on none of 2 sets is it above the teacher."),
    ],
)  # fmt: skip
def test_the_answer_says_what_no_network_reaches(exceeded: answer.Exceeded, said: str) -> None:
    words = Words(templates())
    assert words.text("answer_unneeded", exceeded=exceeded, cut=None, names=NAMES).endswith(said)
    cut = words.text("answer_unneeded", exceeded=exceeded, cut=answer.Exceeded(2, 4, [], ["a"], 2), names=NAMES)
    assert cut.endswith("it has a higher mean than 2 of 4 students, and than the teacher on Set A.")


def test_the_answer_is_pooled_over_sets() -> None:
    def pooled(name: str, estimate: float) -> PartEstimate:
        return PartEstimate(
            part=name, unit="share", estimate=estimate, low=estimate - 0.01, high=estimate + 0.01, p_supported=0.1,
            p_contradicted=0.9,
        )  # fmt: skip

    found = {name: (pooled(name, 0.02), sets) for name, sets in (("transfer all", 5), ("transfer labelled", 1))}
    words = Words(templates())
    said = words.text("answer_pooled", answer=found, gains=(0.03, 0.17), opinion=["Spam"])
    assert "macro-F1 by +2.0 points (+1.0 to +3.0; mean of 5 sets) where the transfer pool is there" in said
    assert "(soft labels; on opinion sets the article’s scheme 1, which regresses the teacher’s logits" in said
    plain = words.text("answer_pooled", answer=found, gains=(0.03, 0.17), opinion=[])
    assert "where the transfer pool is there to learn from (soft labels), and" in plain
    assert said.endswith(
        "and by +2.0 points (+1.0 to +3.0; 1 set) on the labelled items alone; the teachers differ from it by +3.0 to "
        "+17.0 points."
    )
    assert words.text("answer_pooled", answer={}, gains=None, opinion=[]) == ""


def test_schemes_are_counted_apart_and_their_teachers_are_no_students() -> None:
    found = findings.dataset_finding(
        dataset(
            TEXTCNN,
            cell("soft_label", "student", 0.65, ABOVE),
            cell("scheme2", "student", 0.65, ABOVE, "scheme", None),
            cell("scheme2", "teacher", 0.81, ABOVE, "scheme", None),
            cell("scheme4", "student", 0.5, BELOW, "scheme", None),
            cell("scheme5", "student", 0.5, None, "scheme"),
            cell("historical", "teacher", 0.5, BELOW, "reference", None),
            TEACHER,
        )
    )
    assert [one.method for one, _ in found.students] == ["soft_label"]
    assert [(one.method, where) for one, where in found.schemes] == [("scheme2", "above"), ("scheme4", "below")]
    assert [one.method for one in found.missing_schemes] == ["scheme5"]
    assert [one.method for one in found.joint_teachers] == ["scheme2"]
    assert found.missing == []
    count = findings.scheme_tally(found)
    assert (count.above, count.below, count.level, count.missing) == (1, 1, 0, 1)
    assert findings.tally([found]).comparisons == 1


def test_a_student_without_a_difference_is_counted_as_missing() -> None:
    found = findings.dataset_finding(dataset(TEXTCNN, cell("lost", "student", 0.5, None), TEACHER))
    assert [one.method for one in found.missing] == ["lost"]
    assert findings.tally([found]).missing == 1


def test_the_best_yardstick_is_named() -> None:
    yardsticks = [
        cell("low", "student", 0.1, (-0.5, -0.6, -0.4), "yardstick", None),
        cell("high", "student", 0.7, (0.1, 0.05, 0.15), "yardstick", None),
    ]
    found = findings.dataset_finding(dataset(TEXTCNN, *yardsticks, TEACHER))
    assert found.yardstick is not None
    assert found.yardstick.method == "high"
    assert found.students == []


def test_half_widths_are_those_of_students_alone() -> None:
    found = findings.dataset_finding(
        dataset(
            TEXTCNN,
            TEACHER,
            cell("soft_label", "student", 0.65, (0.05, 0.02, 0.08)),
            cell("label_smoothing", "student", 0.65, (0.05, 0.04, 0.06), teacher=None),
            cell("scheme4", "student", 0.5, (-0.1, -0.14, -0.04), "scheme"),
            cell("high", "student", 0.7, (0.1, -0.5, 0.5), "yardstick", None),
        )
    )
    assert findings.half_widths([found]) == pytest.approx((0.01, 0.05))
    assert findings.half_widths([findings.dataset_finding(dataset(TEXTCNN, TEACHER))]) is None


def test_mean_curves_keep_the_iterations_that_every_seed_has() -> None:
    points = [
        CurvePoint("d", "m", "student", seed, "p", at, "validation student", value)
        for seed, at, value in [(0, 10, 0.2), (1, 10, 0.4), (0, 20, 0.6)]
    ]
    curve = mean_curves(points)["m", "student"]
    assert len(curve) == 1
    assert curve[0] == pytest.approx((10, 0.3))


@pytest.mark.parametrize(("values", "rising"), [([10, 20, 30, 40], True), ([10, 39, 40, 40.5], False)])
def test_still_rising(values: list[float], rising: bool) -> None:
    assert still_rising([(25 * (at + 1), value) for at, value in enumerate(values)]) is rising


def test_a_curve_of_the_last_stage_alone_cannot_tell() -> None:
    assert still_rising([(90, 10), (95, 20), (97, 30), (100, 90)]) is None
    assert still_rising([(50, 10), (100, 90)]) is None
    assert still_rising([]) is None


def course(name: str, method: str, values: list[float]) -> list[CurvePoint]:
    return [
        CurvePoint(name, method, "student", 0, "p", 25 * (at + 1), "validation student", value)
        for at, value in enumerate(values)
    ]


def test_curves_that_cannot_tell_are_counted_apart() -> None:
    points = course("d", "a", [0.1, 0.2, 0.3, 0.4]) + course("d", "b", [0.1, 0.39, 0.4, 0.405])
    points += course("d", "c", [0.1, 0.9, 0.95]) + course("e", "a", [0.4, 0.4, 0.4, 0.4])
    points += [point._replace(series="loss student/hard") for point in course("d", "f", [0.1, 0.2, 0.3, 0.4])]
    assert levelling(points) == (1, 2, 1)
    assert levelling([]) == (0, 0, 0)


SOFTMAX = TemperatureResult(
    classes=["a", "b"],
    temperature=2.0,
    grid=[1.0, 2.0],
    entropy={0: [0.1, 0.3], 1: [0.2, 0.5]},
    rises=True,
    log_classes=math.log(2),
    items=[],
)


def test_the_share_of_the_largest_entropy_over_the_sets() -> None:
    share = 0.4 / math.log(2)
    assert findings.entropy_share(SOFTMAX) == pytest.approx(share)
    even = SOFTMAX.model_copy(update={"entropy": {0: [0.1, math.log(2)]}})
    found = findings.softness([SOFTMAX, even])
    assert found is not None
    assert found == pytest.approx((0, 2, 2.0, share, 1.0))
    assert findings.softness([]) is None


def test_a_set_whose_entropy_falls_is_counted_by_the_stored_verdict() -> None:
    flat = SOFTMAX.model_copy(update={"entropy": {0: [0.693147, 0.693147]}})
    found = findings.softness([flat, SOFTMAX.model_copy(update={"rises": False})])
    assert found is not None and (found.falling, found.sets) == (1, 2)
