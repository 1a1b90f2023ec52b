"""From run folders to the published files."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML
from sklearn.metrics import f1_score

from replication import evaluation, records
from replication.errors import UserError
from replication.evaluation import publish
from replication.predictions import Predictions, read_predictions
from replication.results.cells import BASELINE, CellResult, Results
from replication.results.comparisons import Comparisons
from replication.results.curves import read_curves
from replication.results.files import read_json
from replication.results.softmax import TemperatureResult
from tests import made_runs
from tests.made_runs import CLASSES, METHODS, OPINION, PARAMETERS, SEEDS, evaluated, run_folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("evaluate")
    made_runs.make_tree(root)
    return root


@pytest.fixture
def tree(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made / "build", tmp_path / "build")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def results() -> Results:
    return read_json(evaluated() / "results.json", Results)


def cell_of(found: Results, dataset: str, method: str, model: str = "student") -> CellResult:
    cells = next(one for one in found.datasets if one.name == dataset).cells
    return next(cell for cell in cells if (cell.method, cell.model) == (method, model))


def junk_metrics(method: str) -> set[str]:
    names = {"accuracy", "macro_f1", "junk_precision", "junk_recall", "junk_f1", "junk_pr_auc", "coverage"}
    names |= {"overall_recall", "kept", "negative_flip_rate"}
    return names - {"kept", "negative_flip_rate"} if method == "historical" else names


def test_what_a_judged_difference_is_made_of_is_published_beside_it(tree: Path) -> None:
    found = read_json(evaluated() / "comparisons.json", Comparisons)
    (one,) = (further for further in found.further if further.claim != "soft-label")
    assert (one.claim, one.part, one.dataset) == ("sum-student", "scheme2", OPINION)
    scheme4, scheme2 = (cell_of(results(), OPINION, method) for method in ("scheme4", "scheme2"))
    difference = scheme4.metrics["macro_f1"].mean - scheme2.metrics["macro_f1"].mean
    assert one.estimate == pytest.approx(difference, abs=2e-6) and one.high < 0
    assert "scheme2" not in {other.part for other in found.comparisons}


def test_metrics_have_the_agreed_shape(tree: Path) -> None:
    metrics: dict[str, Any] = json.loads((evaluated() / "metrics.json").read_text())
    assert set(metrics) == set(CLASSES)
    for dataset, methods in metrics.items():
        assert set(METHODS) | set(PARAMETERS.yardsticks) <= set(methods)
        assert set(methods["supervised"]) == {"student", "teacher"}
        for method, models in methods.items():
            for model, scores in models.items():
                assert set(scores) == ({"accuracy", "macro_f1"} if dataset != OPINION else junk_metrics(method))
                for score in scores.values():
                    assert set(score) == {"mean", "low", "high", "seeds"}
                    assert score["low"] <= score["mean"] <= score["high"]
                    assert all(score[key] == round(score[key], 6) for key in ("mean", "low", "high"))
                    expected = [0] if method in PARAMETERS.yardsticks and model == "student" else SEEDS
                    assert score["seeds"] == expected


def test_the_score_is_that_of_the_predictions_against_the_withheld_labels(tree: Path) -> None:
    cell = cell_of(results(), "titles", "soft_label")
    expected = []
    for seed in SEEDS:
        _, predictions = records.read_run(run_folder(tree, "titles", "soft_label", "student", seed))
        test = predictions.of("test")
        ids, _, labels = made_runs.items_of("titles", "test")
        truth = dict(zip(ids, labels, strict=True))
        guesses = test.logits.argmax(axis=1)
        expected.append(f1_score([truth[item] for item in test.ids], guesses, average="macro"))
    assert [seed.metrics["macro_f1"] for seed in cell.seeds] == pytest.approx(expected, abs=1e-6)
    assert cell.metrics["macro_f1"].mean == pytest.approx(np.mean(expected), abs=1e-6)


def test_differences_are_to_the_textcnn(tree: Path) -> None:
    found = results()
    baseline = cell_of(found, "titles", *BASELINE)
    better = cell_of(found, "titles", "soft_label")
    worse = cell_of(found, "titles", "majority")
    assert baseline.delta == {}
    for cell in (better, worse):
        gain = cell.metrics["macro_f1"].mean - baseline.metrics["macro_f1"].mean
        assert cell.delta["macro_f1"].mean == pytest.approx(gain, abs=2e-6)
    assert better.delta["macro_f1"].low > 0
    assert better.delta["macro_f1"].separated
    assert worse.delta["macro_f1"].high < 0
    assert not cell_of(found, "titles", "logit_mse").delta["macro_f1"].separated


def test_the_order_of_predicted_items_does_not_matter(tree: Path) -> None:
    before = (evaluated() / "metrics.json").read_bytes()
    folder = run_folder(tree, "reviews", "soft_label", "student", 1)
    run, predictions = records.read_run(folder)
    order = np.random.default_rng(0).permutation(len(predictions.ids))
    shuffled = Predictions(
        ids=[predictions.ids[row] for row in order],
        split=[predictions.split[row] for row in order],
        logits=predictions.logits[order],
    )
    records.write_run(folder, run, shuffled)
    assert (evaluated() / "metrics.json").read_bytes() == before


def test_the_same_predictions_give_the_same_bytes_whatever_the_times(tree: Path) -> None:
    folder = evaluated()
    before = {path.name: path.read_bytes() for path in folder.glob("*.*")}
    assert {path.name: path.read_bytes() for path in evaluated().glob("*.*")} == before
    path = run_folder(tree, "reviews", "soft_label", "student", 1)
    run, predictions = records.read_run(path)
    records.write_run(path, run.model_copy(update={"seconds": 99.0}), predictions)
    assert (evaluated() / "metrics.json").read_bytes() == before["metrics.json"]


def test_records_stand_beside_their_predictions(tree: Path) -> None:
    folder = evaluated()
    path = folder / "records/titles/supervised/teacher-seed2.json"
    record = records.Record.model_validate_json(path.read_text())
    assert (record.network, record.seed, record.model) == ("bert", 2, "teacher")
    predictions = read_predictions(path.parent / record.predictions)
    assert set(predictions.split) == {"test"}
    assert len(predictions.ids) == made_runs.SIZES["test"]
    seed = cell_of(read_json(folder / "results.json", Results), "titles", "supervised", "teacher").seeds[2]
    assert seed.record == "records/titles/supervised/teacher-seed2.json"
    assert record.metrics == seed.metrics


def test_records_of_cells_no_longer_listed_go(tree: Path) -> None:
    folder = evaluated()
    fewer = PARAMETERS.model_copy(update={"methods": ["supervised"], "seeds": [0, 1]})
    evaluated(fewer)
    left = sorted(path.name for path in (folder / "records/titles").iterdir())
    assert left == ["majority", "supervised", "tfidf_logistic"]
    assert not list(folder.rglob("*seed2*"))


def published(folder: Path) -> dict[str, bytes]:
    """All files of a profile's folder, temporary ones too."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("module", "name", "calls"),
    [
        (evaluation, "load_test_set", 2),
        (evaluation, "describe_gradients", 0),
        (publish, "write_predictions", 5),
        (evaluation, "publish_behaviour", 0),
        (evaluation, "write_json", 6),
    ],
)
def test_a_failure_at_any_point_leaves_the_results_of_before(
    tree: Path, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, calls: int
) -> None:
    folder = evaluated()
    (folder / "index.html").write_text("page")
    before = published(folder)
    shutil.rmtree(run_folder(tree, "titles", "soft_label", "student", 1))  # what it would write is not what is there
    does, done = getattr(module, name), 0

    def fails(*arguments: object) -> object:
        nonlocal done
        done += 1
        if done > calls:
            raise UserError("no more")
        return does(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(module, name, fails)
        with pytest.raises(UserError, match="no more"):
            evaluated()
    assert published(folder) == before
    assert published(evaluated()).keys() == before.keys() - {
        f"records/titles/soft_label/student-seed1.{suffix}" for suffix in ("json", "parquet")
    }


def test_a_measurement_that_is_left_out_later_has_no_file(tree: Path) -> None:
    folder = evaluated()
    (folder / "noise.json").write_text("of before")
    (folder / "cost.json").write_text("of another stage")
    evaluated()
    assert not (folder / "noise.json").exists() and (folder / "cost.json").exists()


def test_dvc_is_told_of_all_that_an_evaluation_leaves() -> None:
    pipeline = YAML(typ="safe").load(Path(__file__).parents[2] / "dvc.yaml")
    stage = pipeline["stages"]["evaluate"]
    outs = [name for kind in ("outs", "metrics", "plots") for one in stage[kind] for name in one]
    assert sorted(outs) == sorted(f"reports/${{profile}}/{name}" for name in publish.OUTPUTS)


def test_reports_outlive_a_stage_that_fails() -> None:
    """DVC removes outs before a stage's command is run, unless they persist."""
    pipeline = YAML(typ="safe").load(Path(__file__).parents[2] / "dvc.yaml")
    settings = {
        name: own
        for stage in pipeline["stages"].values()
        for kind in ("outs", "metrics", "plots")
        for one in stage.get(kind, ())
        if isinstance(one, dict)
        for name, own in one.items()
    }
    assert {name.rsplit("/", 1)[-1] for name in settings} > {*publish.OUTPUTS, "verdicts.json", "index.html"}
    assert [name for name, own in settings.items() if not (own["persist"] is True and own["cache"] is False)] == []


def test_where_the_encoder_came_from_is_unknown_only_before_it_was_fetched(tree: Path) -> None:
    assert results().checkpoint == {"checkpoint": "packaged"}
    source = tree / "build/checkpoint/source.json"
    source.write_text("{", encoding="utf-8")
    with pytest.raises(UserError, match=r"build/checkpoint/source\.json: not readable as JSON: .*checkpoint`"):
        evaluated()
    source.unlink()
    assert results().checkpoint is None


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ("gone", "the stage student@titles-soft_label has not finished"),
        ("garbage", "not a finished run"),
        ("other items", "predicts other items"),
        ("other cell", "holds the run of another cell"),
        ("not finite", "not a finite number"),
        ("classes", "has 2 classes, not 3"),
        ("data", "was made on other data; run `dvc repro -f student@titles-soft_label`"),
        ("teacher", "learned from other outputs than teacher@titles has; run `dvc repro -f student@titles-soft_label`"),
        ("validation", "predicts other items than the 40 expected"),
    ],
)
def test_an_unusable_run_is_missing_with_its_reason(tree: Path, damage: str, reason: str) -> None:
    folder = run_folder(tree, "titles", "soft_label", "student", 1)
    run, predictions = records.read_run(folder)
    if damage == "gone":
        shutil.rmtree(folder)
    elif damage == "garbage":
        (folder / "run.json").write_text("{}")
    elif damage == "other cell":
        records.write_run(folder, run.model_copy(update={"seed": 2}), predictions)
    elif damage in ("data", "teacher"):
        records.write_run(folder, run.model_copy(update={damage: "0" * 64}), predictions)
    elif damage == "validation":
        records.write_run(folder, run, predictions.of("test"))
    else:
        logits = predictions.logits.copy()
        ids = list(predictions.ids)
        if damage == "not finite":
            logits[-1, 0] = math.nan
        elif damage == "classes":
            logits = logits[:, :2]
        else:
            ids[-1] = "another"
        records.write_run(folder, run, Predictions(ids=ids, split=predictions.split, logits=logits))
    cell = cell_of(results(), "titles", "soft_label")
    assert [seed.seed for seed in cell.present] == [0, 2]
    assert cell.seeds[1].missing is not None
    assert reason in cell.seeds[1].missing
    metrics = json.loads(Path("reports/made/metrics.json").read_text())
    assert metrics["titles"]["soft_label"]["student"]["accuracy"]["seeds"] == [0, 2]


def test_a_teacher_that_cannot_be_described_is_missing_and_the_rest_is_published(tree: Path) -> None:
    folder = run_folder(tree, "titles", "supervised", "teacher", 0)
    run, predictions = records.read_run(folder)
    records.write_run(folder, run, predictions.of("test"))
    found = results()
    seed = cell_of(found, "titles", "supervised", "teacher").seeds[0]
    assert seed.missing is not None and "predicts other items than the 40 expected" in seed.missing
    softmax = read_json(Path("reports/made/temperature.json"), dict[str, TemperatureResult])
    assert set(softmax["titles"].entropy) == {1, 2}
    assert [seed.missing is None for seed in cell_of(found, "titles", "soft_label").seeds] == [False, True, True]
    assert cell_of(found, "titles", "supervised").metrics


def test_students_of_a_teacher_that_has_gone_are_missing_and_others_are_not(tree: Path) -> None:
    shutil.rmtree(tree / "build/teacher/titles")
    found = results()
    assert cell_of(found, "titles", "soft_label").metrics == {}
    assert len(cell_of(found, "titles", "label_smoothing").present) == len(SEEDS)


@pytest.mark.parametrize(("teachers", "present"), [((0, 1, 2), 3), ((1, 0, 1), 3), ((2, 2, 0), 0)])
def test_a_run_learned_from_its_own_seeds_teacher_or_as_a_control_from_the_one_before(
    tree: Path, teachers: tuple[int, int, int], present: int
) -> None:
    for at, seed in enumerate(SEEDS):
        folder = run_folder(tree, "titles", "soft_label", "student", seed)
        run, predictions = records.read_run(folder)
        other = made_runs.teacher_digest(tree, "titles", SEEDS[teachers[at]])
        records.write_run(folder, run.model_copy(update={"teacher": other}), predictions)
    assert len(cell_of(results(), "titles", "soft_label").present) == present


def test_one_finished_seed_is_compared_with_the_same_seed_of_the_textcnn(tree: Path) -> None:
    for seed in (0, 2):
        shutil.rmtree(run_folder(tree, "titles", "soft_label", "student", seed))
    found = results()
    (baseline, own, fixed) = (cell_of(found, "titles", name) for name in ("supervised", "soft_label", "majority"))
    gain = own.seeds[1].metrics["macro_f1"] - baseline.seeds[1].metrics["macro_f1"]
    assert own.delta["macro_f1"].mean == pytest.approx(gain, abs=2e-6)
    assert gain != pytest.approx(own.metrics["macro_f1"].mean - baseline.metrics["macro_f1"].mean, abs=1e-3)
    whole = fixed.metrics["macro_f1"].mean - baseline.metrics["macro_f1"].mean
    assert fixed.delta["macro_f1"].mean == pytest.approx(whole, abs=2e-6)


def test_no_seed_in_common_leaves_no_difference(tree: Path) -> None:
    shutil.rmtree(run_folder(tree, "titles", "supervised", "student", 1))
    for seed in (0, 2):
        shutil.rmtree(run_folder(tree, "titles", "soft_label", "student", seed))
    found = results()
    assert cell_of(found, "titles", "soft_label").delta == {}
    assert cell_of(found, "titles", "soft_label").metrics and cell_of(found, "titles", "majority").delta


def test_the_teachers_of_all_seeds_are_published(tree: Path) -> None:
    cell = cell_of(results(), "titles", "soft_label")
    assert cell.taught
    assert [seed.teacher for seed in cell.seeds] == [made_runs.teacher_digest(tree, "titles", seed) for seed in SEEDS]
    assert not cell_of(results(), "titles", "label_smoothing").taught


def test_a_method_without_any_run_has_no_metrics(tree: Path) -> None:
    shutil.rmtree(tree / "build/student/titles/soft_label")
    cell = cell_of(results(), "titles", "soft_label")
    assert cell.metrics == {}
    assert "soft_label" not in json.loads(Path("reports/made/metrics.json").read_text())["titles"]


def test_without_the_textcnn_there_is_no_difference(tree: Path) -> None:
    shutil.rmtree(tree / "build/student/titles/supervised")
    assert cell_of(results(), "titles", "soft_label").delta == {}


def test_without_any_run_the_evaluation_still_ends(tree: Path) -> None:
    for name in ("student", "teacher", "yardstick", "historical", "scheme"):
        shutil.rmtree(tree / "build" / name)
    folder = evaluated()
    assert json.loads((folder / "metrics.json").read_text()) == {}
    assert json.loads((folder / "temperature.json").read_text()) == {}


def test_unprepared_data_is_an_error(tree: Path) -> None:
    shutil.rmtree(tree / "build/data/titles")
    with pytest.raises(UserError, match="titles"):
        evaluated()


def test_each_row_names_its_stage(tree: Path) -> None:
    commands = {(cell.method, cell.model): cell.command for cell in results().datasets[0].cells}
    assert commands["supervised", "teacher"] == "dvc repro teacher@titles"
    assert commands["supervised", "student"] == "dvc repro student@titles-supervised"
    assert commands["majority", "student"] == "dvc repro yardstick@titles-majority"


def test_the_number_of_workers_is_not_published(tree: Path) -> None:
    assert results().parameters["parallel"] == {"threads": 1}


def test_curves_hold_losses_and_scores(tree: Path) -> None:
    points = read_curves(evaluated() / "curves.csv")
    own = [point for point in points if (point.dataset, point.method, point.seed) == ("titles", "soft_label", 0)]
    assert {point.series for point in own} == {
        "loss student/hard",
        "loss student/soft",
        "validation student",
        "validation hint",
    }
    assert [point.value for point in own if point.series == "loss student/hard"] == pytest.approx([2, 1, 2 / 3, 0.5])


def test_temperature_evens_the_softmax_out(tree: Path) -> None:
    found = read_json(evaluated() / "temperature.json", dict[str, TemperatureResult])
    for dataset, result in found.items():
        assert result.classes == CLASSES[dataset]
        assert result.log_classes == pytest.approx(math.log(len(CLASSES[dataset])), abs=1e-6)
        assert (result.grid[0], result.grid[-1]) == (0.25, 32.0)
        assert set(result.entropy) == set(SEEDS)
        for curve in result.entropy.values():
            assert curve == sorted(curve)
            assert curve[-1] == pytest.approx(result.log_classes, abs=0.01)
        assert len(result.items) == 3
        assert all("13800138000" not in item.text for item in result.items)


def test_imports_no_torch() -> None:
    code = "import sys, replication.evaluation, replication.statistics; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
