"""The comparisons of runs: which arms, on which sets, paired by seed."""

from __future__ import annotations

import numpy as np
import pytest

from replication.claims import load_claims
from replication.evaluation.comparisons import compare
from replication.results.comparisons import Comparison
from replication.statistics import Resamples, Scores

RESAMPLES = Resamples(50, seed=0, draws=100)


def scores(metric: str, values: dict[int, float]) -> dict[str, Scores]:
    observed = np.array(list(values.values()))
    return {metric: Scores(tuple(values), observed, np.tile(observed, (100, 1)))}


def found(arms: dict[str, dict[str, Scores]], opinion: bool) -> dict[tuple[str, str], Comparison]:
    comparisons = compare(load_claims(), "a", opinion, arms, RESAMPLES)
    return {(one.claim, one.part): one for one in comparisons}


ARMS = {
    "supervised/student": scores("macro_f1", {0: 0.6, 1: 0.7, 2: 0.8}) | scores("overall_recall", {0: 0.5, 1: 0.5}),
    "soft_label/student": scores("macro_f1", {0: 0.7, 1: 0.9}),
    "fitnets/student": scores("macro_f1", {0: 0.6, 1: 0.8}),
    "scheme1/student": scores("macro_f1", {0: 0.65, 1: 0.75, 2: 0.85}),
    "scheme2/teacher": scores("macro_f1", {0: 0.8, 1: 0.8}),
    "scheme3/teacher": scores("macro_f1", {0: 0.9, 1: 0.9}),
    "scheme5/student": scores("overall_recall", {0: 0.6, 1: 0.7}),
}


def test_arms_are_paired_by_seed_and_a_claim_without_its_runs_is_left_out() -> None:
    comparisons = found(ARMS, opinion=True)
    assert set(comparisons) == {
        ("soft-label", "transfer all"), ("hints", ""), ("feedback-teacher", ""), ("history-coverage", ""),
    }  # fmt: skip
    hints = comparisons["hints", ""]
    assert hints.values == [-0.1, -0.1]
    assert hints.estimate == pytest.approx(-0.1)
    assert (hints.seeds, hints.items, hints.unit) == (2, 50, "share")
    assert comparisons["feedback-teacher", ""].estimate == pytest.approx(0.1)
    assert comparisons["history-coverage", ""].estimate == pytest.approx(0.15)


def test_what_a_difference_is_made_of_is_compared_too_and_judged_by_nobody() -> None:
    arms = ARMS | {"fitnets_control/student": scores("macro_f1", {0: 0.55, 1: 0.8})}
    one, other = compare(load_claims(), "a", True, arms, RESAMPLES, judged=False)
    assert (one.claim, one.part) == ("soft-label", "soft labels")
    assert (other.claim, other.part, other.values) == ("hints", "without hints", [0.05, 0.0])
    assert ("hints", "without hints") not in found(arms, opinion=True)


def test_the_first_method_that_the_set_has_is_taken() -> None:
    assert found(ARMS, opinion=True)["soft-label", "transfer all"].values == [0.05, 0.05, 0.05]
    rest = {name: own for name, own in ARMS.items() if name != "scheme1/student"}
    other = found(rest, opinion=False)["soft-label", "transfer all"]
    assert other.values == [0.1, 0.2]
    # Student's interval of two seeds.
    assert other.high == pytest.approx(0.15 + 12.7062 * 0.05, rel=1e-3)


def test_claims_about_opinion_sets_are_not_made_of_others() -> None:
    assert {claim for claim, _ in found(ARMS, opinion=False)} == {"soft-label", "hints"}
