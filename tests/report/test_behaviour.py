"""Facts and words of the sections on behaviour: hand values, and sentences that the records choose."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from replication.files import write_json
from replication.report.anchors import courses, kept_states
from replication.report.differences import published_comparisons
from replication.report.downloads import data_link
from replication.report.figures.tracks import mean_curve
from replication.report.generalisation import standings
from replication.report.inputs import Inputs
from replication.report.page import templates
from replication.report.panels import class_names
from replication.report.sections.joint import Explained, JointFinding, joint_finding
from replication.report.sections.route import route_steps
from replication.report.tracks import curves_of, phase_ends, value_at
from replication.report.words import Words
from replication.results.cards import DataCard
from replication.results.cells import CellResult, DatasetResult, Interval, Results, SeedResult
from replication.results.comparisons import Comparison, Comparisons, VarianceParts
from replication.results.coverage import Flips
from replication.results.curves import CurvePoint


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(templates())


def point(seed: int, phase: str, iteration: int, series: str, value: float) -> CurvePoint:
    return CurvePoint("titles", "rco", "student", seed, phase, iteration, series, value)


POINTS = [
    point(0, "anchor 5", 10, "loss student/soft", 1.0),
    point(0, "anchor end", 20, "loss student/soft", 0.5),
    point(0, "anchor end", 20, "validation student", 0.7),
    point(1, "anchor end", 30, "validation student", 0.9),
    point(1, "anchor end", 20, "validation student", 0.5),
]


def test_curves_are_by_seed_and_in_order() -> None:
    assert curves_of(POINTS, "titles", "rco", "validation student") == {0: [(20, 0.7)], 1: [(20, 0.5), (30, 0.9)]}
    assert curves_of(POINTS, "other", "rco", "validation student") == {}
    assert phase_ends(POINTS, "titles", "rco") == {0: [10, 20], 1: [30]}


def test_a_curve_is_read_on_the_line_between_evaluations() -> None:
    curve = [(10, 0.5), (20, 0.7), (40, 0.6)]
    assert value_at(curve, 15) == pytest.approx(0.6)
    assert value_at(curve, 40) == pytest.approx(0.6)
    assert value_at(curve, 9) is None and value_at(curve, 41) is None
    assert value_at([(10, 0.5)], 10) == 0.5


def test_the_mean_curve_has_the_points_that_every_seed_has() -> None:
    (only,) = mean_curve({0: [(10, 0.25), (20, 0.5)], 1: [(12, 0.75)]})
    assert only == (11, 0.5)


def test_a_data_link_holds_the_data() -> None:
    link = data_link({"b": Interval(mean=0.5, low=0.25, high=1.0), "a": ["\u5783\u573e"]})
    head, body = link.split(",")
    assert head == "data:application/json;base64"
    assert json.loads(base64.b64decode(body)) == {"a": ["\u5783\u573e"], "b": {"mean": 0.5, "low": 0.25, "high": 1.0}}


def comparison(low: float, high: float, claim: str = "generalisation", part: str = "") -> Comparison:
    return Comparison(
        claim=claim, dataset="d", part=part, unit="share", estimate=(low + high) / 2, low=low, high=high,
        standard_error=0.01, seeds=3, items=10, variance=VarianceParts(seeds=0.0001, items=0.0, both=0.0),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        ([], "No run of both arms"),
        ([(-0.2, -0.1)], "narrow the gap between training and test on the one set"),
        ([(-0.2, -0.1), (-0.3, -0.1)], "narrow the gap between training and test on all 2 sets"),
        ([(0.1, 0.2)], "widen the gap"),
        ([(-0.1, 0.1)], "On no set can the gap"),
        ([(-0.1, 0.1), (-0.2, -0.1)], "narrow the gap between training and test on 1, widen it on 0"),
    ],
)
def test_the_title_says_what_the_gaps_do(words: Words, ends: list[tuple[float, float]], text: str) -> None:
    assert text in words.text("generalisation_gap_title", gaps=standings([comparison(*one) for one in ends]))


def test_agreement_of_two_teachers_is_called_so(words: Words) -> None:
    followed = [{"own": 0.9, "other": 0.8, "teachers": 0.85}]
    assert words.text("generalisation_fidelity_title", followed=followed) == (
        "Students of soft labels choose their teacher’s class on 90.0% of the test items, students of another teacher "
        "on 80.0%; two teachers agree on 85.0%"
    )


def cell(method: str, model: str, scores: list[float], delta: float | None = None) -> CellResult:
    interval = None if delta is None else Interval(mean=delta, low=delta - 0.01, high=delta + 0.01)
    return CellResult.model_validate(
        {
            "method": method, "model": model, "group": "scheme", "stage": "s", "command": "c",
            "seeds": [SeedResult(seed=at, metrics={"macro_f1": score}) for at, score in enumerate(scores)],
            "metrics": {"macro_f1": Interval(mean=0.5, low=0.4, high=0.6)},
            "delta": {"macro_f1": interval} if interval else {},
        }
    )  # fmt: skip


def dataset(*cells: CellResult) -> DatasetResult:
    return DatasetResult(name="d", classes=["a", "b"], test_items=10, data=[], cells=list(cells))


SCHEMES = dataset(
    cell("scheme2", "student", [0.75, 0.75], -0.05), cell("scheme2", "teacher", [0.9, 0.9]),
    cell("scheme3", "student", [0.80, 0.74], -0.03), cell("scheme3", "teacher", [0.9, 0.9]),
    cell("scheme4", "student", [0.50, 0.52], -0.29), cell("scheme4", "teacher", [0.9, 0.9]),
    cell("scheme4_own_rate", "student", [0.72, 0.74], -0.07), cell("scheme4_own_rate", "teacher", [0.9, 0.9]),
)  # fmt: skip


def joint(shared: tuple[float, float] | None, own: tuple[float, float] | None) -> JointFinding:
    """Scheme 4 against scheme 2, with the shared learning rate and with the student's own."""
    parts = {"scheme2": shared, "own rate": own}
    published = {
        ("sum-student", part, "d"): comparison(*ends, "sum-student", part) for part, ends in parts.items() if ends
    }
    return joint_finding(SCHEMES, published)


@pytest.mark.parametrize(
    ("shared", "own", "explained", "text"),
    [
        ((-0.3, -0.2), (-0.05, 0.01), "rate", "beyond that is not shown; a cost of up to 5.0 points is not excluded."),
        ((-0.3, -0.2), (0.01, 0.05), "rate", "costs anything beyond that is not shown."),
        ((-0.3, -0.2), (-0.05, -0.01), "both", "costs the student something beyond that"),
        ((-0.3, -0.2), (-0.25, 0.1), "not told", "The two intervals overlap"),
        ((-0.3, 0.1), (-0.05, 0.01), "no fall", "no fall clear of 0"),
        ((-0.3, -0.2), None, None, "Without intervals"),
    ],
)
def test_what_adding_costs_is_judged_against_scheme_2(
    words: Words,
    shared: tuple[float, float],
    own: tuple[float, float] | None,
    explained: Explained | None,
    text: str,
) -> None:
    found = joint(shared, own)
    assert found.explained == explained
    assert text in words.text("joint_adding", found=found)


def test_differences_to_scheme_2_are_told_with_their_intervals(words: Words) -> None:
    found = joint((-0.3, -0.2), (-0.05, 0.01))
    text = words.text("joint_adding", found=found)
    assert "adding the losses changes the student by −25.0 points (−30.0 to −20.0)" in text
    assert "own learning rate and all else the same, it changes it by −2.0 points (−5.0 to +1.0)" in text
    assert words.text("joint_title", found=found) == (
        "Adding the losses moves the student by −25.0 points against scheme 2; "
        "with its own learning rate as well, −2.0 points (−5.0 to +1.0)"
    )
    assert "scheme 2, which trains the two networks at once and adds nothing, stands at −5.0 points" in words.text(
        "joint_to_textcnn", found=found
    )


def test_without_an_interval_the_means_over_seeds_stand_alone(words: Words) -> None:
    found = joint(None, None)
    assert found.adding is not None and found.adding.mean == pytest.approx(-0.24)
    assert (found.adding.above, found.adding.seeds, found.adding.interval) == (0, 2, None)
    assert "−24.0 points (mean over seeds, without an interval)" in words.text("joint_adding", found=found)


def test_without_scheme_2_nothing_is_laid_to_adding(words: Words) -> None:
    cells = [one for one in SCHEMES.cells if one.method != "scheme2"]
    found = joint_finding(dataset(*cells), {})
    assert found.adding is None and words.text("joint_adding", found=found) == ""
    assert "it is not known what of that is due to adding" in words.text("joint_to_textcnn", found=found)
    assert words.text("joint_title", found=found) == (
        "With the losses added, the student stands at −29.0 points against the TextCNN"
    )


def test_feedback_is_told_with_its_seeds(words: Words) -> None:
    text = words.text("joint_feedback", found=joint(None, None))
    assert text == (
        "Feedback to the teacher (scheme 3 against scheme 2) changes the student by +2.0 points, "
        "above 0 in 1 of 2 seeds. It changes the teacher by 0.0 points, above 0 in 0 of 2 seeds."
    )


def test_comparisons_are_read_judged_or_not(tmp_path: Path) -> None:
    assert published_comparisons(tmp_path) == {}
    judged, further = comparison(0.1, 0.2, "hints"), comparison(0.0, 0.1, "hints", "without hints")
    found = Comparisons(comparisons=[judged], further=[further])
    write_json(tmp_path / "comparisons.json", found.model_dump())
    assert published_comparisons(tmp_path) == {("hints", "", "d"): judged, ("hints", "without hints", "d"): further}


def teacher(seed: int, iteration: int, value: float) -> CurvePoint:
    return CurvePoint("d", "supervised", "teacher", seed, "student", iteration, "validation teacher", value)


TEACHERS = [
    *(teacher(0, at, value) for at, value in ((60, 0.84), (120, 0.83), (180, 0.84))),
    *(teacher(1, at, value) for at, value in ((60, 0.5), (120, 0.6), (180, 0.7))),
]


def rco(*places: int | None) -> CellResult:
    anchors = [{"iteration": at, "validation_macro_f1": 0.5 + number / 10} for number, at in enumerate(places)]
    notes = {"notes": {seed: {"anchors": anchors} for seed in (0, 1)}}
    return CellResult.model_validate(cell("rco", "student", [0.7, 0.7]).model_dump() | notes)


def test_the_kept_state_is_the_first_best_on_validation() -> None:
    assert kept_states(TEACHERS, "d") == {0: 60, 1: 180}
    assert kept_states(TEACHERS, "other") == {}


def test_the_last_anchor_is_the_kept_state(words: Words) -> None:
    (course,) = courses(dataset(rco(27, None)), TEACHERS)
    assert [(one.iteration, one.kept) for one in course.seeds[0]] == [(27, False), (60, True)]
    assert [one.iteration for one in course.seeds[1]] == [27, 180]
    (course,) = courses(dataset(rco(80, None)))
    assert course.seeds[0][-1].iteration is None
    assert words.text("route_states", states=[None], kept=True) == "kept state (not recorded)"


def test_every_seeds_route_ends_in_the_last_step_whatever_its_length() -> None:
    long = [{"iteration": at, "validation_macro_f1": score} for at, score in ((27, 0.5), (80, 0.6), (None, 0.7))]
    short = [{"iteration": at, "validation_macro_f1": score} for at, score in ((27, 0.3), (None, 0.9))]
    notes = {"notes": {0: {"anchors": short}, 1: {"anchors": long}}}
    walked = CellResult.model_validate(cell("rco", "student", [0.7, 0.7]).model_dump() | notes)
    (course,) = courses(dataset(walked), TEACHERS)
    ends = {0: {"27": 15, "end": 30}, 1: {"27": 10, "80": 20, "end": 30}}
    curves = [
        CurvePoint("d", "rco", "student", seed, f"anchor {name}", at, "loss student/soft", 1.0)
        for seed, places in ends.items()
        for name, at in places.items()
    ]
    results = Results(profile="made", parameters={}, environments=[], checkpoint=None, datasets=[])
    steps = route_steps(Inputs(results, {}, {}, curves), course)
    assert [(step.anchors, step.kept) for step in steps] == [([27], False), ([80], False), ([60, 180], True)]
    assert [step.score for step in steps] == pytest.approx([0.4, 0.6, 0.8])


def test_the_last_step_shows_the_kept_states(words: Words) -> None:
    (course,) = courses(dataset(rco(80, None)), TEACHERS)
    curves = [
        CurvePoint("d", "rco", "student", seed, f"anchor {name}", at, "loss student/soft", 1.0)
        for seed in (0, 1)
        for name, at in (("80", 10), ("end", 20))
    ]
    results = Results(profile="made", parameters={}, environments=[], checkpoint=None, datasets=[])
    first, last = route_steps(Inputs(results, {}, {}, curves), course)
    assert (first.anchors, first.kept) == ([80], False)
    assert (last.anchors, last.kept) == ([60, 180], True)
    assert words.text("route_states", states=last.anchors, kept=last.kept) == "kept state (60, 180)"


def test_numbered_classes_are_called_as_the_card_has_them(words: Words) -> None:
    glosses = {"0": "negative review", "1": "positive review", "junk": "a long gloss", "水果": "fruit"}
    card = DataCard.model_construct(glosses=glosses)
    shown = ["negative review", "positive review", "junk", "fruit", "2"]
    assert class_names(card, [*glosses, "2"], words) == shown
    top = [{"temperature": 1.0, "share": 0.91, "index": 1}, {"temperature": 8.0, "share": 0.6, "index": 1}]
    title = words.text("bars_title", classes=class_names(card, ["0", "1"], words), top=top)
    assert title.startswith("0.91 for positive review at T")


def test_what_was_caught_is_kept_or_lost() -> None:
    assert Flips(kept=5.0, lost=2.0, gained=1.0, missed=3.0).caught == 7.0
