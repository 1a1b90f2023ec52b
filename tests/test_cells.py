"""A cell's runs, fanned out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from replication import config
from replication.errors import UserError
from replication.params import load
from replication.runs import cells
from replication.store import Store
from tests.methods.small import PARALLEL, Pipeline, write_data

ROOT = Path(__file__).parents[1]


def test_what_stops_a_run_is_told_with_its_name(tmp_path: Path) -> None:
    write_data(tmp_path)
    cell = Pipeline(tmp_path).cell("supervised")
    assert cell.student is not None
    training = cell.student.training.model_copy(update={"learning_rate": 1e30})
    wild = replace(cell, student=cell.student.model_copy(update={"training": training}))
    with pytest.raises(UserError, match=r"^made supervised student, seed \d+: training stopped: phase 'student', iter"):
        cells.run(wild, PARALLEL, tmp_path / "runs", Store(tmp_path / "scratch"))


def test_a_cell_has_the_budgets_of_its_set(tmp_path: Path) -> None:
    parameters = load(ROOT / "params.yaml")
    own = {"reviews": config.Budget(iterations=17, batch_size=5)}
    teachers = parameters.teacher.model_copy(update={"budgets": own})
    parameters = parameters.model_copy(update={"teacher": teachers})
    found = {name: cells.make(parameters, name, "supervised", tmp_path, {}, "teacher") for name in parameters.datasets}
    assert {name: (cell.training.iterations, cell.training.batch_size) for name, cell in found.items()} == {
        name: (17, 5) if name == "reviews" else (teachers.training.iterations, teachers.training.batch_size)
        for name in parameters.datasets
    }
    plain = cells.make(load(ROOT / "params.yaml"), "news_titles", "supervised", tmp_path, {}, "teacher")
    assert found["news_titles"].parameters() == plain.parameters(), "another set's budget gives no run another name"
