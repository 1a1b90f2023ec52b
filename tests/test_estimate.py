from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from replication import estimate, profiles
from replication.config import Parameters
from replication.errors import UserError
from replication.measurement_settings import Measurements, Noise, SampleSweep, TemperatureSweep
from replication.params import load

ROOT = Path(__file__).parents[1]


@pytest.fixture
def parameters() -> Parameters:
    base = load(ROOT / "params.yaml")
    return base.model_copy(
        update={
            "seeds": [0, 1, 2],
            "datasets": ["news_titles", "spam_opinion_made"],
            "methods": ["supervised", "soft_label"],
            "schemes": ["scheme3"],
            "yardsticks": ["majority"],
            "student": base.student.model_copy(update={"budgets": {}}),
            "measurements": Measurements(),
        }
    )


def write(folder: Path, method: str, model: str, seconds: float, **change: object) -> None:
    teacher = load(ROOT / "params.yaml").teacher.model_dump()
    record: dict[str, Any] = {"method": method, "model": model, "network": "textcnn", "seconds": seconds}
    record |= {"iterations": 100, "batch_size": 10, "parameters": {"teacher": teacher}, **change}
    path = folder / "news_titles" / method / f"{model}-{len(list(folder.rglob('*.json')))}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record), encoding="utf-8")


def test_runs_are_counted_by_kind(parameters: Parameters, tmp_path: Path) -> None:
    kinds = {kind.name: kind for kind in estimate.estimate(parameters, tmp_path / "none")}
    assert {name: kind.runs for name, kind in kinds.items()} == {
        "teacher": 2 * 3, "student": 2 * 2 * 3, "yardstick": 2, "historical": 3, "scheme": 3,
    }  # fmt: skip
    assert {name: kind.unknown for name, kind in kinds.items() if kind.unknown} == {
        "teacher": 6, "student": 12, "historical": 3, "scheme": 3,
    }  # fmt: skip
    lines = estimate.summary(list(kinds.values()), parameters, Path("records"))
    assert "teacher: 6 runs, no comparable run is recorded" in lines
    assert lines[-1] == "in all: 26 runs; 24 of them cannot be estimated from records"


def test_measurements_count_the_runs_that_no_table_has(parameters: Parameters, tmp_path: Path) -> None:
    sets = ["news_titles"]
    measured = Measurements(
        noise=Noise(datasets=sets, rates=[0.0, 0.2, 0.4], kind="symmetric", seed=0, seeds=[0, 1]),
        temperature=TemperatureSweep(datasets=sets, temperatures=[1.0, parameters.temperature, 8.0]),
        samples=SampleSweep(datasets=[*sets, "spam_opinion_made"], sizes=[50, 100, 200]),
    )
    kinds = estimate.estimate(parameters.model_copy(update={"measurements": measured}), tmp_path / "none")
    runs = {kind.name: kind.runs for kind in kinds}
    # Two rates and seeds: a teacher, four arms taught by it or by no one, two by the clean teacher; at a rate of 0 the
    # arms that are no method of the tables.
    absent = {"label_smoothing", "logit_mse"} - set(parameters.methods)
    assert absent and runs["noise"] == 2 * 2 * (1 + 4 + 2) + 2 * len(absent)
    assert runs["temperatures"] == 2 * 3
    assert runs["samples"] == 2 * 3 * 2 * 3


def test_times_are_scaled_by_the_items_seen(parameters: Parameters, tmp_path: Path) -> None:
    for seconds in (1.0, 2.0, 9.0):  # a median of 2 s for 1,000 items
        write(tmp_path, "soft_label", "student", seconds)
    write(tmp_path, "scheme3", "student", 50.0)
    write(tmp_path, "supervised", "teacher", 10.0, network="bert")
    write(tmp_path, "supervised", "student", 1.0)
    write(tmp_path, "historical", "teacher", 1.0)
    kinds = {kind.name: kind for kind in estimate.estimate(parameters, tmp_path)}
    assert all(kind.unknown == 0 for kind in kinds.values())
    student = parameters.student.training
    thousands = student.iterations * student.batch_size / 1000
    assert kinds["student"].seconds == pytest.approx(2 * 3 * (2.0 + 1.0) * thousands)
    assert kinds["scheme"].seconds == pytest.approx(3 * 50.0 * thousands)
    teacher = parameters.teacher.training
    assert kinds["teacher"].seconds == pytest.approx(2 * 3 * 10.0 * teacher.iterations * teacher.batch_size / 1000)


def test_runs_with_another_teacher_say_nothing_but_a_textcnn_alone_does(parameters: Parameters, tmp_path: Path) -> None:
    write(tmp_path, "soft_label", "student", 1.0, parameters={"teacher": {"checkpoint": "hub:x"}})
    write(tmp_path, "supervised", "student", 1.0, parameters={})
    rates = estimate.recorded_rates(parameters, tmp_path)
    assert rates == {("supervised", "student"): pytest.approx(0.001)}


@pytest.mark.parametrize(("processors", "time"), [(1, "2.0 h with 1"), (2, "1.0 h with 2"), (8, "40 min with 3")])
def test_the_time_here_is_that_of_the_processes_that_a_stage_would_start(
    parameters: Parameters, processors: int, time: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No more than this process may run on, and no more than there are seeds."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(processors)), raising=False)
    line = estimate.summary([estimate.Kind("teacher", 6, 7200.0, 0)], parameters, Path("records"))[-1]
    assert line.startswith(f"in all: 6 runs, about 2.0 h of one process, {time} (")


def test_a_damaged_record_is_named(parameters: Parameters, tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/c.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UserError, match=r"c\.json: no record of a run"):
        estimate.recorded_rates(parameters, tmp_path)


@pytest.mark.parametrize("name", ["public", "paper"])
def test_a_profile_is_allowed_and_shown_without_being_put_on(name: str, tmp_path: Path) -> None:
    params = tmp_path / "params.yaml"
    params.write_bytes((ROOT / "params.yaml").read_bytes())
    changes, parameters = profiles.show(name, params, ROOT / "profiles")
    assert params.read_bytes() == (ROOT / "params.yaml").read_bytes()
    assert f"profile: default -> {name}" in changes and parameters.profile == name
    assert profiles.put_on(name, params, ROOT / "profiles") == changes
    assert load(params) == parameters


def test_the_public_profile_is_estimated_from_its_own_records() -> None:
    _, parameters = profiles.show("public", ROOT / "params.yaml", ROOT / "profiles")
    kinds = estimate.estimate(parameters, ROOT / "reports/public/records")
    stages = {"teacher", "historical", "student", "scheme", "yardstick", "noise", "temperatures", "samples"}
    assert {kind.name for kind in kinds} == stages
    every = len(parameters.seeds) * len(parameters.datasets) * (1 + len(parameters.methods))
    assert sum(kind.runs for kind in kinds if kind.name in ("teacher", "student")) == every
    assert all(kind.unknown == 0 and (kind.seconds > 0) == (kind.name != "yardstick") for kind in kinds)
    assert 600 < sum(kind.seconds for kind in kinds) < 24 * 3600
