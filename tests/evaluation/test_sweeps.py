"""The sweeps as they are published."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from replication.evaluation.efficiency import updates_until
from replication.records import Point
from replication.results.cells import Results
from replication.results.efficiency import EfficiencyResult
from replication.results.files import read_json
from replication.results.temperature_sweep import TemperatureSweepResult
from replication.statistics import Resamples
from tests import made_runs
from tests.made_runs import SEEDS, evaluated
from tests.made_sweeps import DATASET, MEASURED, make_sweeps, worsen


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sweeps")
    made_runs.make_tree(root)
    make_sweeps(root)
    return root


@pytest.fixture
def tree(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made / "build", tmp_path / "build")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def point(iteration: int, score: float) -> Point:
    return Point(phase="student", iteration=iteration, learning_rate=0.1, losses={}, scores={"student": score})


def test_updates_until_a_share_of_the_last_score() -> None:
    history = [point(100, 0.50), point(200, 0.75), point(300, 0.77), point(400, 0.80)]
    assert updates_until(history, "student", 0.95) == 300  # 0.95 x 0.80 = 0.76
    assert updates_until(history, "student", 0.5) == 100
    assert updates_until(history, "student", 1.0) == 400


def test_updates_are_told_by_the_first_score_that_is_near_the_last() -> None:
    assert updates_until([point(10, 0.9), point(20, 0.4), point(30, 0.8)], "student", 0.95) == 10
    with pytest.raises(ValueError, match="teacher: no evaluation"):
        updates_until([point(10, 0.9)], "teacher", 0.95)


def test_every_temperature_has_its_score_and_difference(tree: Path) -> None:
    folder = evaluated(MEASURED)
    found = read_json(folder / "temperature_sweep.json", TemperatureSweepResult)
    assert found.temperature == 2.0 and list(found.sets) == [DATASET]
    points = found.sets[DATASET].points
    assert [one.temperature for one in points] == [0.5, 2.0, 8.0]
    assert [one.difference is None for one in points] == [False, True, False]
    for one in points:
        assert set(one.seeds) == set(SEEDS)
        assert one.macro_f1.mean == pytest.approx(np.mean(list(one.seeds.values())), abs=1e-6)
        assert one.macro_f1.low <= one.macro_f1.mean <= one.macro_f1.high
        if one.difference is not None:
            assert one.difference.mean == pytest.approx(one.macro_f1.mean - points[1].macro_f1.mean, abs=2e-6)
    assert points[2].difference is not None and points[2].difference.high < 0, "a quarter of the items is lost"


def test_the_point_at_the_profiles_temperature_and_the_levels_are_those_of_the_table(tree: Path) -> None:
    folder = evaluated(MEASURED)
    found = read_json(folder / "temperature_sweep.json", TemperatureSweepResult).sets[DATASET]
    dataset = read_json(folder / "results.json", Results).datasets[0]
    for arm, method in ((found.points[1], "soft_label"), (found.logit_mse, "logit_mse"), (found.textcnn, "supervised")):
        cell = dataset.find(method, "student")
        assert arm is not None and cell is not None
        assert arm.macro_f1 == cell.metrics["macro_f1"]
        assert arm.seeds == {seed.seed: seed.metrics["macro_f1"] for seed in cell.seeds}
    assert found.items == dataset.test_items and found.missing == {}


def test_scores_by_labels_end_with_the_ordinary_runs(tree: Path) -> None:
    folder = evaluated(MEASURED)
    found = read_json(folder / "efficiency.json", EfficiencyResult).sets[DATASET]
    dataset = read_json(folder / "results.json", Results).datasets[0]
    for points, method in ((found.alone, "supervised"), (found.taught, "soft_label")):
        cell = dataset.find(method, "student")
        assert [one.labelled for one in points] == [6, 15, 30]
        assert cell is not None and points[-1].macro_f1 == cell.metrics["macro_f1"]
        assert points[0].macro_f1.mean < points[1].macro_f1.mean < points[2].macro_f1.mean
        assert all(set(one.updates) == set(SEEDS) for one in points)
        assert set(points[0].updates.values()) == {100}, "scores of 1/2, 3/4, 7/8 and 15/16 of the skill"
    teacher = dataset.find("supervised", "teacher")
    assert found.teacher is not None and teacher is not None
    assert found.teacher.macro_f1 == teacher.metrics["macro_f1"]


def test_the_ratio_of_labels_is_the_claims_comparison(tree: Path) -> None:
    found = read_json(evaluated(MEASURED) / "efficiency.json", EfficiencyResult)
    one, needed = found.comparisons[0], found.sets[DATASET].needed
    assert len(found.comparisons) == 1 and needed is not None
    assert (one.claim, one.dataset, one.unit, one.part) == ("few-samples", DATASET, "ratio", "")
    assert (one.estimate, one.low, one.high) == (needed.ratio.mean, needed.ratio.low, needed.ratio.high)
    assert (one.seeds, one.items) == (len(SEEDS), 120)
    assert needed.ratio.mean == pytest.approx(needed.taught / needed.alone, abs=0.01)
    assert needed.alone == 30 and needed.bound == "exact" and 6 < needed.taught < 15
    alone, taught = (found.sets[DATASET].alone[-1], found.sets[DATASET].taught)
    assert needed.macro_f1 == pytest.approx(alone.macro_f1.mean, abs=1e-6)
    low, high = taught[0].macro_f1.mean, taught[1].macro_f1.mean
    share = (needed.macro_f1 - low) / (high - low)
    assert needed.taught == pytest.approx(6 * (15 / 6) ** share, abs=0.02), "between 6 and 15, in the logarithm"
    assert one.low < one.estimate < one.high < 1 and one.standard_error > 0


def test_the_same_runs_give_the_same_bytes(tree: Path) -> None:
    names = ("temperature_sweep.json", "efficiency.json")
    first = [(evaluated(MEASURED) / name).read_bytes() for name in names]
    assert first == [(evaluated(MEASURED) / name).read_bytes() for name in names]


def test_a_missing_point_says_why_and_stops_nothing(tree: Path) -> None:
    shutil.rmtree(tree / f"build/temperatures/{DATASET}/8")
    shutil.rmtree(tree / f"build/samples/{DATASET}/6")
    folder = evaluated(MEASURED)
    swept = read_json(folder / "temperature_sweep.json", TemperatureSweepResult).sets[DATASET]
    assert [one.temperature for one in swept.points] == [0.5, 2.0]
    assert swept.missing == {
        "8": "no run in build/temperatures/titles/8/seed0: the stage temperatures@titles has not finished"
    }
    found = read_json(folder / "efficiency.json", EfficiencyResult)
    missing = [(one.method, one.labelled) for one in found.sets[DATASET].missing]
    assert missing == [("supervised", 6), ("soft_label", 6)]
    assert [one.labelled for one in found.sets[DATASET].alone] == [15, 30]
    assert found.comparisons == [] and found.sets[DATASET].needed is None


def test_a_subset_of_other_data_is_not_used(tree: Path) -> None:
    card = tree / f"build/samples/{DATASET}/15/data/card.json"
    card.write_text(
        card.read_text(encoding="utf-8").replace('"derived_from": "', '"derived_from": "0'), encoding="utf-8"
    )
    found = read_json(evaluated(MEASURED) / "efficiency.json", EfficiencyResult).sets[DATASET]
    reason = "build/samples/titles/15/data was derived from other data; run `dvc repro -f samples@titles`"
    assert [(one.method, one.labelled, one.reason) for one in found.missing] == [
        ("supervised", 15, reason),
        ("soft_label", 15, reason),
    ]


def test_a_run_on_the_full_data_is_not_taken_for_one_on_a_subset(tree: Path) -> None:
    folder = tree / f"build/samples/{DATASET}/15/soft_label/seed1"
    worsen(made_runs.run_folder(tree, DATASET, "soft_label", "student", 1), folder, 0.0)
    found = read_json(evaluated(MEASURED) / "efficiency.json", EfficiencyResult).sets[DATASET]
    assert [(one.method, one.labelled) for one in found.missing] == [("soft_label", 15)]
    assert "seed1 was made on other data" in found.missing[0].reason
    assert set(found.taught[1].seeds) == {0, 2} and found.needed is not None


def test_profiles_without_sweeps_publish_empty_ones(tree: Path) -> None:
    folder = evaluated(made_runs.PARAMETERS)
    assert read_json(folder / "temperature_sweep.json", TemperatureSweepResult).sets == {}
    assert read_json(folder / "efficiency.json", EfficiencyResult) == EfficiencyResult(sets={}, comparisons=[])


def test_resampled_means_are_those_behind_the_interval() -> None:
    resamples = Resamples(50, 1, 200)
    drawn = np.random.default_rng(0).random((200, 3))
    means, centre = resamples.means(drawn), drawn.mean(axis=1)
    np.testing.assert_allclose(resamples.means(drawn[:, :1]), drawn[:, 0])
    assert means.mean() == pytest.approx(centre.mean(), abs=0.05)
    own = drawn.var(axis=1, ddof=1).mean() / 3
    assert (means - centre).var() == pytest.approx(own, rel=0.25)
