"""What a run reads, and the hash of all that determines it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import replication
from replication import config
from replication.data.splits import load_splits
from replication.errors import UserError
from replication.files import write_json
from replication.predictions import Predictions, write_predictions
from replication.runs.tasks import LAYERS, Cell, make_task
from tests.methods.small import STUDENT, TEACHER, Pipeline, write_checkpoint, write_data


def teach(folder: Path, value: float) -> None:
    """What a teacher's run leaves for students, every number the same."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = load_splits(folder.parents[1] / "data").labelled.ids
    logits = np.full((len(ids), 2), value, dtype=np.float32)
    write_predictions(
        folder / "predictions.parquet", Predictions(ids=ids, split=["labelled"] * len(ids), logits=logits)
    )
    (folder / "hidden.parquet").write_bytes(repr(value).encode())
    (folder / "route").mkdir(exist_ok=True)
    (folder / "route" / "5.safetensors").write_bytes(repr(value).encode())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made")
    write_data(root)
    write_checkpoint(root)
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """Data, encoder and teachers of two seeds, to spoil."""
    shutil.copytree(made, tmp_path / "root")
    for folder in ("teacher/seed0", "teacher/seed1", "historical/seed0", "historical/seed1"):
        teach(tmp_path / "root" / folder, float(len(folder) + int(folder[-1])))
    return tmp_path / "root"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the code whose files determine the runs, to edit."""
    copy = tmp_path / "replication"
    origin = Path(str(replication.__file__)).parent
    shutil.copytree(origin, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr("replication.runs.tasks.__file__", str(copy / "runs/tasks.py"))
    return copy


def cell(root: Path, method: str = "soft_label") -> Cell:
    return Pipeline(root).cell(method)


def identity(cell: Cell, seed: int = 0) -> str:
    return make_task(cell, seed).identity


def test_the_same_inputs_have_the_same_identity(root: Path, package: Path) -> None:
    assert identity(cell(root)) == identity(cell(root))
    assert len(identity(cell(root))) == 64


def test_code_that_trains_and_the_methods_own_file_determine_a_run_and_other_code_does_not(
    root: Path, package: Path
) -> None:
    before = identity(cell(root))
    for name in ("methods/rco.py", "report/page.py", "parallel.py", "evaluation/scores.py"):
        (package / name).write_text("# other\n", encoding="utf-8")
        assert identity(cell(root)) == before, name
    seen = {before}
    for name in ("methods/soft_label.py", "training/recipes.py", "losses.py", "training/loop.py", "models/textcnn.py"):
        with (package / name).open("a", encoding="utf-8") as file:
            file.write("# other\n")
        seen.add(identity(cell(root)))
    assert len(seen) == 6


def different(root: Path, changed: Sequence[Cell]) -> bool:
    """Whether the cells have identities of their own."""
    found = [identity(cell(root, changed[0].method)), *map(identity, changed)]
    return len(set(found)) == len(found)


def test_settings_seed_student_and_dataset_determine_a_run(root: Path) -> None:
    one = cell(root)
    warmer = replace(one, settings={**one.settings, "temperature": 3.0})
    wider = replace(one, student=STUDENT.model_copy(update={"filters": 9}))
    longer = replace(
        one, student=STUDENT.model_copy(update={"training": STUDENT.training.model_copy(update={"iterations": 26})})
    )
    renamed, threads = replace(one, dataset="other"), replace(one, threads=2)
    assert different(root, [warmer, wider, longer, renamed, threads])
    assert identity(one, 0) != identity(one, 1)


def test_what_does_not_change_results_is_no_part_of_the_identity(root: Path, tmp_path: Path) -> None:
    one = cell(root)
    before = identity(one)
    assert identity(replace(one, checkpoint_seconds=99.0)) == before
    assert identity(replace(one, states=tmp_path / "elsewhere")) == before
    assert identity(replace(one, seeds=(0, 1, 2))) == before
    shutil.copytree(root, tmp_path / "moved")
    assert identity(cell(tmp_path / "moved")) == before


@pytest.mark.parametrize(
    ("method", "reads"),
    [
        ("supervised", set()),
        ("soft_label", {"teacher/seed0"}),
        ("fitnets", {"teacher/seed0"}),
        ("rco", {"teacher/seed0"}),
        ("other_teacher", {"teacher/seed1"}),
        ("scheme2", set()),
        ("scheme5", {"teacher/seed0", "historical/seed0"}),
        ("scheme5_control", {"teacher/seed0"}),
    ],
)
def test_the_teachers_that_a_method_reads_determine_its_runs_and_no_others(
    root: Path, method: str, reads: set[str]
) -> None:
    before, found = identity(cell(root, method)), set()
    for folder in ("teacher/seed0", "teacher/seed1", "historical/seed0", "historical/seed1"):
        teach(root / folder, 99.0)
        if identity(cell(root, method)) != before:
            found.add(folder)
        teach(root / folder, float(len(folder) + int(folder[-1])))
        assert identity(cell(root, method)) == before
    assert found == reads


@pytest.mark.parametrize(("method", "file"), [("fitnets", "hidden.parquet"), ("rco", "route/5.safetensors")])
def test_hidden_states_and_the_route_determine_the_methods_that_read_them(root: Path, method: str, file: str) -> None:
    before, plain = identity(cell(root, method)), identity(cell(root))
    (root / "teacher/seed0" / file).write_bytes(b"other")
    assert identity(cell(root, method)) != before
    assert identity(cell(root)) == plain


@pytest.mark.parametrize(("method", "concerned"), [("soft_label", False), ("scheme2", True), ("rco", True)])
def test_the_encoder_and_its_settings_determine_the_runs_that_compute_with_it(
    root: Path, method: str, concerned: bool
) -> None:
    one = cell(root, method)
    before = identity(one)
    deeper = replace(one, teacher=TEACHER.model_copy(update={"dropout": 0.2}))
    assert (identity(deeper) != before) is concerned
    assert identity(replace(one, precision="bfloat16")) != before
    assert identity(replace(one, device="cuda")) != before
    write_json(root / "checkpoint" / "other.json", {})
    assert (identity(cell(root, method)) != before) is concerned


def test_the_data_determine_a_run(root: Path) -> None:
    before = make_task(cell(root), 0)
    card = (root / "data" / "card.json").read_text(encoding="utf-8")
    assert before.data in card
    (root / "data" / "card.json").write_text(card.replace(before.data, "0" * 64), encoding="utf-8")
    after = make_task(cell(root), 0)
    assert after.data == "0" * 64 and after.identity != before.identity


def test_the_other_teacher_is_that_of_the_seed_before_and_of_the_first_ones_the_second(root: Path) -> None:
    one = cell(root, "other_teacher")
    for seed, other in ((0, 1), (1, 0)):
        assert one.inputs(seed)["other_logits"] == root / f"teacher/seed{other}/predictions.parquet"


def test_a_seed_more_leaves_the_others_their_teachers() -> None:
    def teachers(seeds: tuple[int, ...]) -> dict[int, int]:
        return {seed: config.other_seed(seeds, seed) for seed in seeds}

    assert teachers((3, 5, 9)) == {3: 5, 5: 3, 9: 5}
    for count in (2, 3):
        some = teachers((3, 5, 9, 7)[:count])
        assert some.items() <= teachers((3, 5, 9, 7)).items()
        assert all(seed != other for seed, other in some.items())


def test_there_is_no_other_teacher_with_one_seed(root: Path) -> None:
    alone = replace(cell(root, "other_teacher"), seeds=(0,))
    with pytest.raises(UserError, match=r"^other_teacher: there is no other teacher; list at least two seeds in par"):
        make_task(alone, 0)


@pytest.mark.parametrize(
    ("method", "file", "stage"),
    [
        ("soft_label", "teacher/seed0/predictions.parquet", "teacher@made"),
        ("fitnets", "teacher/seed0/hidden.parquet", "teacher@made"),
        ("rco", "teacher/seed0/route", "teacher@made"),
        ("rco", "teacher/seed0/predictions.parquet", "teacher@made"),
        ("other_teacher", "teacher/seed1/predictions.parquet", "teacher@made"),
        ("scheme5", "historical/seed0/predictions.parquet", "historical@made"),
    ],
)
def test_a_missing_file_of_a_teacher_is_an_error_that_names_it_and_its_stage(
    root: Path, method: str, file: str, stage: str
) -> None:
    missing = root / file
    shutil.rmtree(missing) if missing.is_dir() else missing.unlink()
    with pytest.raises(UserError) as caught:
        make_task(cell(root, method), 0)
    assert str(caught.value) == f"{missing}: not there; run `dvc repro {stage}`"


def test_every_module_that_a_run_imports_is_part_of_its_identity_or_known_not_to_matter() -> None:
    """A module that decides what a run computes and is not in `LAYERS` would let the store hand out old runs."""
    indifferent = {
        "clock", "config", "environment", "errors", "files", "measurement_settings", "parallel", "records", "seeds",
        "store", "strict", "data", "methods", "methods/soft_label", "models", "runs", "training",
    }  # fmt: skip
    imports = ("sys", *(f"replication.{name}" for name in ("runs.train", "methods", "models.bert", "models.tokeniser")))
    script = f"import {', '.join(imports)}; replication.methods.load('soft_label'); print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    own = {name.removeprefix("replication.").replace(".", "/") for name in found if name.startswith("replication.")}
    assert own - indifferent == set(LAYERS)
