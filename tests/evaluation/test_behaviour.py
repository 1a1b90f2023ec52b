"""Generalisation and coverage of made runs against what their predictions say when counted plainly."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.metrics import f1_score

from replication.evaluation import coverage, generalisation
from replication.evaluation.cells import Cell, list_cells
from replication.evaluation.finished import FinishedRun, load_cell, teacher_digests
from replication.evaluation.teaching import key, teacher_pairs
from replication.evaluation.testset import JUNK, TestSet, load_test_set
from replication.evaluation.thresholds import junk_probability
from replication.results.comparisons import spread_of
from replication.results.coverage import ALL
from replication.results.generalisation import DatasetGeneralisation
from tests import made_runs
from tests.made_runs import OPINION, PARAMETERS, SEEDS

Arms = dict[Cell, dict[int, FinishedRun]]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("behaviour")
    made_runs.make_tree(root)
    return root / "build"


@pytest.fixture(scope="module")
def items(build: Path) -> TestSet:
    return load_test_set(PARAMETERS, OPINION, build / "data" / OPINION)


@pytest.fixture(scope="module")
def digests(build: Path) -> dict[int, str]:
    return teacher_digests(PARAMETERS, OPINION, build)


@pytest.fixture(scope="module")
def arms(build: Path, items: TestSet, digests: dict[int, str]) -> Arms:
    return {cell: load_cell(cell, items, digests)[0] for cell in list_cells(PARAMETERS, OPINION, build)}


def described(items: TestSet, arms: Arms, digests: dict[int, str]) -> DatasetGeneralisation:
    found = generalisation.describe(PARAMETERS, items, arms, digests)
    assert found is not None
    return found[0]


def of(arms: Arms, method: str, model: str = "student") -> dict[int, FinishedRun]:
    return next(runs for cell, runs in arms.items() if key(cell) == f"{method}/{model}")


def caught_by(runs: dict[int, FinishedRun]) -> dict[int, npt.NDArray[np.bool_]]:
    """Which test items are called junk, by seed."""
    return {seed: junk_probability(run.test.logits) >= (run.threshold or 0.0) for seed, run in runs.items()}


def test_the_gap_is_train_minus_test_macro_f1(items: TestSet, arms: Arms, digests: dict[int, str]) -> None:
    arm = described(items, arms, digests).find("soft_label", "student")
    assert arm is not None and arm.gap is not None and arm.train is not None
    gaps = {}
    for seed, run in of(arms, "soft_label").items():
        assert run.labelled is not None
        train = f1_score(items.splits.labelled.labels, run.labelled.argmax(axis=1), average="macro")
        here = items.current
        gaps[seed] = train - f1_score(items.truth[here], run.predicted[here], average="macro")
    assert arm.gap_by_seed == pytest.approx(gaps, abs=1e-6)
    assert arm.gap.mean == pytest.approx(np.mean(list(gaps.values())), abs=1e-6)
    assert arm.gap.low < arm.gap.mean < arm.gap.high
    assert arm.train.mean - arm.test.mean == pytest.approx(arm.gap.mean, abs=2e-6)


def test_the_claim_is_compared_seed_by_seed(items: TestSet, arms: Arms, digests: dict[int, str]) -> None:
    found = generalisation.describe(PARAMETERS, items, arms, digests)
    assert found is not None
    result, (comparison,) = found
    textcnn, taught = (result.find(name, "student") for name in ("supervised", "soft_label"))
    assert textcnn is not None and taught is not None
    expected = np.mean([taught.gap_by_seed[seed] - textcnn.gap_by_seed[seed] for seed in SEEDS])
    assert comparison.estimate == pytest.approx(expected, abs=2e-6)
    assert comparison.low < comparison.estimate < comparison.high
    assert (comparison.claim, comparison.dataset, comparison.seeds) == ("generalisation", OPINION, len(SEEDS))
    by_seed = [taught.gap_by_seed[seed] - textcnn.gap_by_seed[seed] for seed in SEEDS]
    assert comparison.values == pytest.approx(by_seed, abs=2e-6)
    parts = comparison.variance
    assert parts.seeds + parts.both == pytest.approx(np.var(by_seed, ddof=1) / len(SEEDS), abs=1e-6) or not parts.seeds
    effect = spread_of(comparison).effect
    assert effect.interval(0.95) == pytest.approx((comparison.low, comparison.high), abs=1e-5)
    assert effect.standard_error == pytest.approx(comparison.standard_error, rel=1e-4)


def test_yardsticks_and_the_historical_model_are_left_out(items: TestSet, arms: Arms, digests: dict[int, str]) -> None:
    found = {(arm.method, arm.model) for arm in described(items, arms, digests).arms}
    assert ("scheme2", "teacher") in found
    assert not found & {("historical", "teacher"), ("majority", "student")}


def test_whom_an_arm_learned_from(items: TestSet, arms: Arms, digests: dict[int, str]) -> None:
    result = described(items, arms, digests)
    origins = {(arm.method, arm.model): arm.origin for arm in result.arms}
    assert origins["soft_label", "student"] == "frozen"
    assert origins["scheme2", "student"] == "joint"
    assert origins["label_smoothing", "student"] == origins["supervised", "teacher"] == "none"
    joint = result.find("scheme2", "student")
    assert joint is not None and joint.own_fidelity is not None and joint.fidelity is not None
    pairs = [(of(arms, "scheme2", "teacher")[seed], run) for seed, run in of(arms, "scheme2").items()]
    shares = [np.mean((one.predicted == run.predicted)[items.current]) for one, run in pairs]
    assert joint.own_fidelity.agreement.mean == pytest.approx(np.mean(shares), abs=1e-6)


def test_a_student_of_the_next_seeds_teacher_is_told_apart(items: TestSet, arms: Arms, digests: dict[int, str]) -> None:
    following = {seed: digests[SEEDS[(at + 1) % len(SEEDS)]] for at, seed in enumerate(SEEDS)}
    changed = {
        cell: {
            seed: dataclasses.replace(run, run=run.run.model_copy(update={"teacher": following[seed]}))
            for seed, run in runs.items()
        }
        if key(cell) == "soft_label/student"
        else runs
        for cell, runs in arms.items()
    }
    arm = described(items, changed, digests).find("soft_label", "student")
    assert arm is not None and arm.own_fidelity is not None
    assert arm.origin == "other"
    teachers, here = of(arms, "supervised", "teacher"), items.current
    own = [
        np.mean((teachers[SEEDS[(at + 1) % len(SEEDS)]].predicted == of(arms, "soft_label")[seed].predicted)[here])
        for at, seed in enumerate(SEEDS)
    ]
    assert arm.own_fidelity.agreement.mean == pytest.approx(np.mean(own), abs=1e-6)


def test_teachers_are_paired_with_the_next_seeds(arms: Arms) -> None:
    assert set(teacher_pairs(arms)) == set(SEEDS)
    for count, pairs in ((2, 1), (1, 0), (0, 0)):
        few = {cell: dict(list(runs.items())[:count]) for cell, runs in arms.items()}
        assert len(teacher_pairs(few)) == pairs


def test_runs_without_labelled_predictions_have_no_gap(items: TestSet, arms: Arms, digests: dict[int, str]) -> None:
    old = {
        cell: {seed: dataclasses.replace(run, labelled=None) for seed, run in runs.items()}
        for cell, runs in arms.items()
    }
    found = generalisation.describe(PARAMETERS, items, old, digests)
    assert found is not None and found[1] == []
    assert all(arm.gap is None and arm.train is None for arm in found[0].arms)
    assert generalisation.describe(PARAMETERS, items, {cell: {} for cell in arms}, digests) is None


def test_recall_and_flips_are_counts_of_items(items: TestSet, arms: Arms) -> None:
    found = coverage.describe(PARAMETERS, items, arms)
    assert found is not None
    arm = found.find("scheme5", "student")
    assert arm is not None
    junk = items.truth == JUNK
    legacy = junk & ~items.current
    loans = legacy & (np.array(items.families) == "loans")
    caught, old = (caught_by(of(arms, *who)) for who in (("scheme5", "student"), ("historical", "teacher")))
    recall = np.mean([found[loans].mean() for found in caught.values()])
    assert arm.recall["legacy"]["loans"].mean == pytest.approx(recall, abs=1e-6)
    assert found.items["legacy"]["loans"] == int(loans.sum())
    lost = np.mean([(old[seed] & ~caught[seed] & legacy).sum() for seed in SEEDS])
    flips = arm.flips["legacy"]
    assert flips.lost == pytest.approx(lost, abs=1e-6)
    assert flips.caught == pytest.approx(np.mean([(one & legacy).sum() for one in old.values()]), abs=1e-6)
    assert flips.caught + flips.gained + flips.missed == pytest.approx(found.items["legacy"][ALL], abs=1e-5)
    assert found.items["current"].keys() == {ALL, "loans", "gambling", "replicas"}


def test_recall_of_all_current_junk_is_the_tables(items: TestSet, arms: Arms) -> None:
    from replication.evaluation.scores import rows as table_rows
    from replication.evaluation.scores import score_cells

    found = coverage.describe(PARAMETERS, items, arms)
    assert found is not None
    cells = {cell: (runs, dict[int, str]()) for cell, runs in arms.items()}
    rows = table_rows(cells, score_cells(PARAMETERS, cells, items))
    row = next(row for row in rows if (row.method, row.model) == ("scheme5", "student"))
    arm = found.find("scheme5", "student")
    assert arm is not None
    assert arm.recall["current"][ALL] == row.metrics["junk_recall"]
    # The table's interval has the degrees of freedom of the current items, which are many in either case.
    for end in ("mean", "low", "high"):
        assert getattr(arm.recall["legacy"][ALL], end) == pytest.approx(
            getattr(row.metrics["coverage"], end), abs=0.003
        )
    assert arm.recall["current"]["replicas"] == row.family_recall["replicas"]


def test_the_historical_model_flips_nothing_and_without_it_there_are_no_flips(items: TestSet, arms: Arms) -> None:
    found = coverage.describe(PARAMETERS, items, arms)
    assert found is not None
    historical = found.find("historical", "teacher")
    assert historical is not None and historical.flips == {}
    without = {cell: {} if cell.method == "historical" else runs for cell, runs in arms.items()}
    bare = coverage.describe(PARAMETERS, items, without)
    assert bare is not None and all(arm.flips == {} for arm in bare.arms)


def test_other_sets_have_no_coverage(build: Path) -> None:
    titles = load_test_set(PARAMETERS, "titles", build / "data/titles")
    assert coverage.describe(PARAMETERS, titles, {}) is None
