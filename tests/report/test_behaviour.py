"""Facts and words of the sections on behaviour: hand values, and sentences that the records choose."""

from __future__ import annotations

import base64
import json

import pytest

from replication.report.downloads import data_link
from replication.report.figures.tracks import mean_curve
from replication.report.generalisation import standings
from replication.report.page import templates
from replication.report.sections.joint import JointFinding
from replication.report.tracks import curves_of, phase_ends, value_at
from replication.report.words import Words
from replication.results.cells import Interval
from replication.results.comparisons import Comparison
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


def comparison(low: float, high: float) -> Comparison:
    return Comparison(
        claim="generalisation", dataset="d", unit="share", estimate=(low + high) / 2, low=low, high=high,
        standard_error=0.01, seeds=3, items=10,
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


def finding(fall: tuple[float, float], recovered: float | None) -> JointFinding:
    interval = Interval(mean=sum(fall) / 2, low=fall[0], high=fall[1])
    own = Interval(mean=-0.01, low=-0.02, high=0.0)
    return JointFinding("d", [], interval, own, recovered, (0.02, 3, 4), None, None)


@pytest.mark.parametrize(
    ("fall", "recovered", "text"),
    [
        ((-0.3, -0.1), 0.95, "95% of the fall is undone"),
        ((-0.3, -0.1), 0.5, "explains a part of the fall, 50%"),
        ((-0.3, -0.1), 0.1, "undoes only 10% of the fall"),
        ((-0.1, 0.1), None, "no fall clear of 0"),
    ],
)
def test_what_the_own_rate_explains_is_chosen_by_the_records(
    words: Words, fall: tuple[float, float], recovered: float | None, text: str
) -> None:
    assert text in words.text("joint_own_rate", found=finding(fall, recovered))


def test_feedback_is_told_with_its_seeds(words: Words) -> None:
    text = words.text("joint_feedback", found=finding((-0.1, 0.1), None))
    assert text == (
        "Feedback to the teacher (scheme 3 against scheme 2) changes the student by +2.0 points, "
        "above 0 in 3 of 4 seeds."
    )


def test_what_was_caught_is_kept_or_lost() -> None:
    assert Flips(kept=5.0, lost=2.0, gained=1.0, missed=3.0).caught == 7.0
