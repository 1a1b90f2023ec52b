"""The yardsticks on toy texts, and their runs on prepared data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from replication import records, yardsticks
from replication.baselines import Fitted, majority, tfidf_logistic, tfidf_logistic_cut
from replication.config import available
from replication.errors import UserError
from tests import made_runs

TEXTS = ["球队赢得比赛", "球员进球比赛", "股市今日上涨", "股票市场下跌"] * 5
LABELS = [0, 0, 1, 1] * 5


def test_majority_gives_the_class_frequencies() -> None:
    fitted = majority.fit_predict(TEXTS[:3], [0, 0, 1], [], [], ["一", "二"], 3)
    # Add-one smoothing: (2 + 1, 1 + 1, 0 + 1) of 6.
    assert np.exp(fitted.log_probabilities) == pytest.approx(np.array([[3 / 6, 2 / 6, 1 / 6]] * 2))


def test_tfidf_learns_characters() -> None:
    fitted = tfidf_logistic.fit_predict(TEXTS, LABELS, TEXTS[:4], LABELS[:4], ["比赛球队", "股票上涨"], 2)
    assert fitted.log_probabilities.argmax(axis=1).tolist() == [0, 1]
    assert np.exp(fitted.log_probabilities).sum(axis=1) == pytest.approx([1.0, 1.0])
    assert fitted.settings["inverse_regularisation"] in tfidf_logistic.STRENGTHS
    assert fitted.parameter_count > 10


def test_tfidf_chooses_the_strength_on_validation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tfidf_logistic, "STRENGTHS", (1e-9, 10.0))
    unbalanced, labels = [*TEXTS[:2] * 5, *TEXTS[2:4]], [0] * 10 + [1] * 2
    fitted = tfidf_logistic.fit_predict(unbalanced, labels, TEXTS[:4], LABELS[:4], ["股票"], 2)
    assert fitted.settings["inverse_regularisation"] == 10.0


def test_a_class_without_training_items_is_never_chosen() -> None:
    fitted = tfidf_logistic.fit_predict(TEXTS, LABELS, TEXTS[:4], LABELS[:4], ["比赛", "股票"], 4)
    assert fitted.log_probabilities.shape == (2, 4)
    assert set(fitted.log_probabilities.argmax(axis=1).tolist()) <= {0, 1}


def test_the_files_are_the_names() -> None:
    assert {"majority", "tfidf_logistic", "tfidf_logistic_cut"} <= set(available("baselines"))


@pytest.mark.parametrize("name", ["majority", "tfidf_logistic", "tfidf_logistic_cut"])
def test_leaves_a_run_and_the_same_one_twice(name: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    made_runs.make_data(data, "reviews", made_runs.CLASSES["reviews"])
    destination = tmp_path / "run"
    folder = yardsticks.run(name, "reviews", data, destination, 8)
    assert folder == destination / "seed0"
    run, predictions = records.read_run(folder)
    assert (run.dataset, run.method, run.model, run.network, run.seed) == ("reviews", name, "student", name, 0)
    assert 0.0 <= run.validation_macro_f1 <= 1.0
    for split in ("validation", "test"):
        assert predictions.of(split).ids == made_runs.items_of("reviews", split)[0]
    first = (folder / "predictions.parquet").read_bytes()
    again, _ = records.read_run(yardsticks.run(name, "reviews", data, destination, 8))
    assert again.identity == run.identity
    assert (folder / "predictions.parquet").read_bytes() == first


def test_an_unknown_yardstick_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"unknown yardstick 'majorty' \(did you mean 'majority'\?\)"):
        yardsticks.run("majorty", "reviews", tmp_path, tmp_path, 8)


def test_unprepared_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"card\.json"):
        yardsticks.run("majority", "reviews", tmp_path, tmp_path, 8)


def test_a_cut_yardstick_sees_what_the_student_reads_and_the_others_whole_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    made_runs.make_data(data, "reviews", made_runs.CLASSES["reviews"])
    seen: list[str] = []

    def fit_predict(
        train: list[str], labels: list[int], validation: list[str], known: list[int], texts: list[str], classes: int
    ) -> Fitted:
        seen.extend([*train, *validation, *texts])
        return tfidf_logistic.fit_predict(train, labels, validation, known, texts, classes)

    monkeypatch.setattr(tfidf_logistic_cut, "fit_predict", fit_predict)
    run, _ = records.read_run(yardsticks.run("tfidf_logistic_cut", "reviews", data, tmp_path / "cut", 3))
    assert {len(text) for text in seen} == {3}
    assert run.parameters["max_characters"] == 3
    whole, _ = records.read_run(yardsticks.run("tfidf_logistic", "reviews", data, tmp_path / "whole", 3))
    assert "max_characters" not in whole.parameters
