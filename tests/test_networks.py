"""What all runs on a set have in common, as DVC is told of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from replication import networks
from replication.config import Budget, Parameters
from replication.params import load
from replication.runs.tasks import code

ROOT = Path(__file__).parents[1]


def written(parameters: Parameters, folder: Path, root: Path = ROOT) -> dict[str, Any]:
    networks.write(parameters, root, folder)
    return {path.relative_to(folder).as_posix(): json.loads(path.read_text()) for path in folder.rglob("*.json")}


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_every_set_has_the_settings_of_both_networks_with_its_own_budget(tmp_path: Path) -> None:
    parameters = load(ROOT / "params.yaml")
    found = written(parameters, tmp_path)
    expected = {f"{dataset}/{name}.json" for dataset in parameters.datasets for name in ("student", "teacher")}
    assert found.keys() - {"code.json"} == expected
    budget = parameters.student.budgets["spam_opinion_made"]
    assert found["spam_opinion_made/student.json"]["training"]["iterations"] == budget.iterations
    assert found["reviews/student.json"]["training"]["iterations"] == parameters.student.training.iterations
    assert found["reviews/teacher.json"]["seeds"] == parameters.seeds


def test_a_change_concerns_those_who_read_it(tmp_path: Path) -> None:
    base = load(ROOT / "params.yaml")
    before = written(base, tmp_path)

    def after(**update: object) -> set[str]:
        return changed(before, written(base.model_copy(update=update), tmp_path))

    budget = {"reviews": Budget(iterations=7, batch_size=5)}
    assert after(student=base.student.model_copy(update={"budgets": base.student.budgets | budget})) == {
        "reviews/student.json"
    }
    assert after(teacher=base.teacher.model_copy(update={"max_tokens": 40})) == {
        f"{dataset}/teacher.json" for dataset in base.datasets
    }
    assert after(seeds=[5, 6]) == before.keys() - {"code.json"}
    assert after(temperature=3.0) == set()
    assert after(datasets=["reviews"]) == {name for name in before if not name.startswith(("reviews/", "code"))}


def test_the_code_that_trains_is_hashed_file_by_file(tmp_path: Path) -> None:
    parameters = load(ROOT / "params.yaml")
    files = written(parameters, tmp_path / "out")["code.json"]
    assert {path.relative_to(ROOT).as_posix() for path in code("supervised")} - {
        "replication/methods/supervised.py"
    } <= files.keys()
    for name in files:
        path = tmp_path / "copy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((ROOT / name).read_bytes())
    path = tmp_path / "copy/replication/training/loop.py"
    path.write_text(path.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    again = written(parameters, tmp_path / "out", tmp_path / "copy")["code.json"]
    assert changed(files, again) == {"replication/training/loop.py"}


def test_the_stage_depends_on_the_code_that_it_hashes() -> None:
    stages = YAML(typ="safe").load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    assert set(networks.CODE) <= set(stages["networks"]["deps"])
