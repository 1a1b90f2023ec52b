"""An opinion set, from run folders to the published files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, precision_score, recall_score

from replication import records
from replication.data.splits import content_digest
from replication.errors import UserError
from replication.evaluation.thresholds import choose_threshold, junk_probability
from replication.files import write_json
from replication.results.cells import CellResult, Results
from replication.results.files import read_json
from tests import made_runs
from tests.made_runs import FAMILIES, HISTORY, JOINT, OPINION, PARAMETERS, SCHEMES, SEEDS, SIZES, evaluated, run_folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("opinion")
    made_runs.make_tree(root)
    for dataset in ("titles", "reviews"):
        shutil.rmtree(root / "build/data" / dataset)
    return root


@pytest.fixture
def tree(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made / "build", tmp_path / "build")
    monkeypatch.chdir(tmp_path)
    return tmp_path


ALONE = PARAMETERS.model_copy(update={"datasets": [OPINION]})


def results() -> Results:
    return read_json(evaluated(ALONE) / "results.json", Results)


def cell_of(found: Results, method: str, model: str = "student") -> CellResult:
    cells = [cell for cell in found.datasets[0].cells if (cell.method, cell.model) == (method, model)]
    assert len(cells) == 1
    return cells[0]


def probabilities(tree: Path, method: str, model: str, seed: int, split: str) -> dict[str, float]:
    _, predictions = records.read_run(run_folder(tree, OPINION, method, model, seed))
    own = predictions.of(split)
    return dict(zip(own.ids, junk_probability(own.logits), strict=True))


def caught(tree: Path, method: str, model: str, seed: int, split: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which test items the run calls junk, by the threshold of the validation items in `split`."""
    items = made_runs.made_items(OPINION, split)
    own = probabilities(tree, method, model, seed, split)
    threshold = choose_threshold(
        np.array([own[item.id] for item in items]), np.array([item.label == 1 for item in items])
    )
    test = probabilities(tree, method, model, seed, "test")
    return np.array([test[item.id] >= threshold for item in made_runs.made_items(OPINION, "test")])


def test_the_set_is_described(tree: Path) -> None:
    found = results().datasets[0]
    assert (found.junk, found.test_items, found.legacy_items) == ("junk", SIZES["test"], HISTORY["history_test"])
    assert found.family_items == {"gambling": 20, "loans": 20, "replicas": 20}
    assert found.without_historical is None


def test_every_cell_is_listed_with_its_group_and_stage(tree: Path) -> None:
    cells = {(cell.method, cell.model): cell for cell in results().datasets[0].cells}
    expected = {("majority", "student"), ("tfidf_logistic", "student"), ("supervised", "teacher")}
    expected |= {(method, "student") for method in made_runs.METHODS}
    expected |= {("historical", "teacher")} | {(scheme, "student") for scheme in SCHEMES}
    expected |= {(scheme, "teacher") for scheme in JOINT}
    assert set(cells) == expected
    assert all(cell.metrics for cell in cells.values())
    groups = {key: cell.group for key, cell in cells.items()}
    assert groups["supervised", "student"] == groups["historical", "teacher"] == "reference"
    assert groups["scheme2", "teacher"] == groups["scheme1", "student"] == "scheme"
    assert (groups["rco", "student"], groups["majority", "student"]) == ("method", "yardstick")
    assert cells["scheme2", "teacher"].command == f"dvc repro scheme@{OPINION}-scheme2"
    assert cells["historical", "teacher"].command == f"dvc repro historical@{OPINION}"
    assert (cells["scheme2", "teacher"].network, cells["historical", "teacher"].network) == ("bert", "textcnn")


@pytest.mark.parametrize(
    ("method", "model"), [("scheme2", "student"), ("scheme2", "teacher"), ("historical", "teacher")]
)
def test_metrics_agree_with_scikit_learn(tree: Path, method: str, model: str) -> None:
    cell = cell_of(results(), method, model)
    items = made_runs.made_items(OPINION, "test")
    junk, current = (
        np.array([item.label == 1 for item in items]),
        np.array([item.period == "current" for item in items]),
    )
    split = "history_validation" if method == "historical" else "validation"
    for seed in SEEDS:
        calls, old = (
            caught(tree, method, model, seed, split),
            caught(tree, "historical", "teacher", seed, "history_validation"),
        )
        own = probabilities(tree, method, model, seed, "test")
        scores = np.array([own[item.id] for item in items])
        expected = {
            "accuracy": accuracy_score(junk[current], scores[current] > 0.5),
            "macro_f1": f1_score(junk[current], scores[current] > 0.5, average="macro"),
            "junk_precision": precision_score(junk[current], calls[current]),
            "junk_recall": recall_score(junk[current], calls[current]),
            "junk_f1": f1_score(junk[current], calls[current]),
            "junk_pr_auc": average_precision_score(junk[current], scores[current]),
            "coverage": recall_score(junk[~current], calls[~current]),
            "overall_recall": recall_score(junk, calls),
        }
        if method != "historical":
            expected["kept"] = calls[junk & old].mean()
            expected["negative_flip_rate"] = 1 - expected["kept"]
        assert cell.seeds[seed].metrics == pytest.approx(expected, abs=1e-6)
    for name, interval in cell.metrics.items():
        assert interval.low <= interval.mean <= interval.high
        assert interval.mean == pytest.approx(np.mean([seed.metrics[name] for seed in cell.seeds]), abs=2e-6)


def test_the_historical_model_knows_legacy_junk_better(tree: Path) -> None:
    cell = cell_of(results(), "historical", "teacher")
    assert cell.metrics["coverage"].mean == 1.0
    assert cell.delta["coverage"].mean > 0.1 > cell.delta["macro_f1"].mean
    assert set(cell.delta) == set(cell.metrics)


def test_recall_by_family(tree: Path) -> None:
    cell = cell_of(results(), "scheme2")
    assert sorted(cell.family_recall) == sorted(FAMILIES["junk"])
    items = made_runs.made_items(OPINION, "test")
    for family, interval in cell.family_recall.items():
        own = np.array([item.family == family and item.period == "current" for item in items])
        expected = np.mean([caught(tree, "scheme2", "student", seed, "validation")[own].mean() for seed in SEEDS])
        assert interval.mean == pytest.approx(expected, abs=2e-6)


def test_records_of_a_schemes_teacher(tree: Path) -> None:
    folder = evaluated(ALONE)
    for name in ("student", "teacher"):
        path = folder / f"records/{OPINION}/scheme2/{name}-seed1.json"
        record = records.Record.model_validate_json(path.read_text())
        assert (record.method, record.model, record.seed) == ("scheme2", name, 1)
        assert (path.parent / record.predictions).is_file()
        assert "coverage" in record.metrics
    metrics = json.loads((folder / "metrics.json").read_text())[OPINION]
    assert set(metrics["scheme2"]) == {"student", "teacher"}
    assert set(metrics["scheme1"]) == {"student"}


def test_a_scheme_that_lost_one_seeds_teacher_says_so(tree: Path) -> None:
    shutil.rmtree(run_folder(tree, OPINION, "scheme2", "teacher", 1))
    cell = cell_of(results(), "scheme2", "teacher")
    assert [seed.seed for seed in cell.present] == [0, 2]
    assert cell.seeds[1].missing is not None and f"scheme@{OPINION}-scheme2" in cell.seeds[1].missing


def test_without_the_historical_model_nothing_is_said_to_be_kept(tree: Path) -> None:
    shutil.rmtree(tree / "build/historical")
    found = results()
    assert found.datasets[0].without_historical is not None
    assert f"historical@{OPINION} has not finished" in found.datasets[0].without_historical
    names = set(cell_of(found, "scheme2").metrics)
    assert "coverage" in names and not {"kept", "negative_flip_rate"} & names


def test_a_seed_without_the_historical_model_has_no_kept_share(tree: Path) -> None:
    shutil.rmtree(run_folder(tree, OPINION, "historical", "teacher", 0))
    folder = evaluated(ALONE)
    cell = cell_of(read_json(folder / "results.json", Results), "scheme1")
    assert "kept" not in cell.seeds[0].metrics and "kept" in cell.seeds[1].metrics
    metrics = json.loads((folder / "metrics.json").read_text())[OPINION]["scheme1"]["student"]
    assert metrics["kept"]["seeds"] == [1, 2]
    assert metrics["coverage"]["seeds"] == SEEDS


def test_a_set_that_is_not_listed_as_an_opinion_set_has_no_schemes(tree: Path) -> None:
    unlisted = ALONE.model_copy(update={"opinion_datasets": []})
    found = read_json(evaluated(unlisted) / "results.json", Results).datasets[0]
    assert {cell.group for cell in found.cells} == {"yardstick", "reference", "method"}
    assert found.without_historical is not None and "opinion_datasets" in found.without_historical
    assert found.test_items == SIZES["test"]
    assert "coverage" in found.cells[0].metrics


def test_an_opinion_set_without_periods_is_an_error(tree: Path) -> None:
    folder = tree / "build/data" / OPINION
    table = pq.read_table(folder / "withheld.parquet").to_pydict()
    table["family"], table["period"] = [""] * len(table["id"]), [""] * len(table["id"])
    pq.write_table(pa.table(table), folder / "withheld.parquet")
    card = json.loads((folder / "card.json").read_text())
    card["contents"]["withheld.parquet"] = content_digest("withheld", table)
    write_json(folder / "card.json", card)
    with pytest.raises(UserError, match="opinion_datasets: spam has no families and periods"):
        evaluated(ALONE)


def test_validation_predictions_of_other_items_make_a_run_missing(tree: Path) -> None:
    folder = run_folder(tree, OPINION, "scheme1", "student", 0)
    run, predictions = records.read_run(folder)
    records.write_run(folder, run, predictions.of("test"))
    seed = cell_of(results(), "scheme1").seeds[0]
    assert seed.missing is not None and "predicts other items than the 40 expected" in seed.missing


def test_what_a_run_says_of_its_course_is_published(tree: Path) -> None:
    cell = cell_of(results(), "rco")
    assert [phase.name for phase in cell.phases] == ["anchor-0", "anchor-1", "anchor-2", "anchor-3"]
    assert cell.training_items == 50
    assert set(cell.notes) == set(SEEDS)
    assert cell.notes[1]["anchors"][-1] == {"iteration": None, "validation_macro_f1": pytest.approx(0.81)}
    assert all(seed.iterations == 100 for seed in cell.seeds)
