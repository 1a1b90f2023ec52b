"""A cell's runs, fanned out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from replication.errors import UserError
from replication.runs import cells
from replication.store import Store
from tests.methods.small import PARALLEL, Pipeline, write_data


def test_what_stops_a_run_is_told_with_its_name(tmp_path: Path) -> None:
    write_data(tmp_path)
    cell = Pipeline(tmp_path).cell("supervised")
    assert cell.student is not None
    training = cell.student.training.model_copy(update={"learning_rate": 1e30})
    wild = replace(cell, student=cell.student.model_copy(update={"training": training}))
    with pytest.raises(UserError, match=r"^made supervised student, seed \d+: training stopped: phase 'student', iter"):
        cells.run(wild, PARALLEL, tmp_path / "runs", Store(tmp_path / "scratch"))
