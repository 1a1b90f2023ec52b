"""Every method that is found, through the whole machinery on a small real pipeline. There is no list to edit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from sklearn.metrics import f1_score

from replication.clock import Clock
from replication.config import available
from replication.data.splits import load_facts, load_splits, load_withheld
from replication.errors import UserError
from replication.files import file_digest
from replication.records import Run, read_run
from replication.runs.tasks import make_task
from replication.runs.train import train
from replication.store import Store
from tests.kills import KilledError, outputs
from tests.methods.small import SEEDS, SIZES, TRAINING, Pipeline

METHODS = available("methods")
every_method = pytest.mark.parametrize("method", METHODS)


def test_methods_are_found() -> None:
    assert {"supervised", "soft_label", "scheme3", "rco"} <= set(METHODS)


@every_method
def test_the_losses_of_every_update_fall(pipeline: Pipeline, method: str) -> None:
    history = read_run(pipeline.whole(method))[0].history
    updates = {name.split("/")[0] for point in history for name in point.losses}
    assert updates
    for update in updates:
        totals = [
            sum(loss for name, loss in point.losses.items() if name.startswith(f"{update}/"))
            for point in history
            if any(name.startswith(f"{update}/") for name in point.losses)
        ]
        assert totals[-1] < totals[0], update


@every_method
def test_the_student_beats_the_majority_class(pipeline: Pipeline, method: str) -> None:
    data = pipeline.root / "data"
    run, predictions = read_run(pipeline.whole(method))
    splits = load_splits(data)
    assert splits.validation.labels is not None
    current = {id_ for id_, facts in load_facts(data, "test").items() if facts.period == "current"}
    truths = {
        "validation": dict(zip(splits.validation.ids, splits.validation.labels.tolist(), strict=True)),
        "test": {id_: label for id_, label in load_withheld(data, "test").items() if id_ in current},
    }
    for split, truth in truths.items():
        of_split = predictions.of(split)
        said = dict(zip(of_split.ids, of_split.logits.argmax(-1).tolist(), strict=True))
        assert truth.keys() <= said.keys()
        scores = [
            f1_score(list(truth.values()), [answer[id_] for id_ in truth], average="macro")
            for answer in (said, dict.fromkeys(truth, 0))
        ]
        assert scores[0] > scores[1] + 0.1, split
        if split == "validation":
            assert run.validation_macro_f1 == pytest.approx(scores[0])


@every_method
def test_the_record_is_complete(pipeline: Pipeline, method: str) -> None:
    run = read_run(pipeline.whole(method))[0]
    cell = pipeline.cell(method)
    assert run.iterations == sum(phase.iterations for phase in run.phases) == TRAINING.iterations
    assert all(phase.updates and set(phase.updates.values()) == {phase.iterations} for phase in run.phases)
    assert run.history[-1].iteration == TRAINING.iterations
    assert {point.phase for point in run.history} == {phase.name for phase in run.phases}
    assert (run.method, run.model, run.network, run.seed) == (method, "student", "textcnn", SEEDS[0])
    assert run.training_items == SIZES.labelled + (SIZES.pool if cell.own.uses_pool() else 0)
    assert run.parameters["method"] == cell.settings
    assert ("teacher" in run.parameters) is cell.needs_bert
    inputs = {name: file_digest(path) for name, path in cell.inputs(SEEDS[0]).items() if path.is_file()}
    assert run.teacher == inputs.get("logits", inputs.get("other_logits"))


def test_records_say_whose_word_was_learnt_and_what_the_method_notes(pipeline: Pipeline) -> None:
    runs = {method: read_run(pipeline.whole(method))[0] for method in METHODS}
    own, other = (file_digest(pipeline.root / f"teacher/seed{seed}/predictions.parquet") for seed in SEEDS)
    assert runs["soft_label"].teacher == runs["rco"].teacher == runs["scheme5"].teacher == own != other
    assert runs["other_teacher"].teacher == other
    assert runs["supervised"].teacher is runs["scheme3"].teacher is None
    assert runs["fitnets"].notes == {"hint_layer": 3, "guided_layer": "features"}
    assert [phase.name for phase in runs["fitnets"].phases] == ["hint", "student"]
    anchors = runs["rco"].notes["anchors"]
    assert [f"anchor {anchor['iteration'] or 'end'}" for anchor in anchors] == [p.name for p in runs["rco"].phases]
    assert anchors[-1]["validation_macro_f1"] == runs["rco"].validation_macro_f1
    assert runs["scheme2"].phases[0].updates == {"teacher": TRAINING.iterations, "student": TRAINING.iterations}
    assert runs["scheme4"].phases[0].updates == {"sum": TRAINING.iterations}


@every_method
def test_a_run_leaves_what_evaluation_and_export_read(pipeline: Pipeline, method: str) -> None:
    folder = pipeline.whole(method)
    joint = pipeline.cell(method).own.trains_teacher()
    own = {"run.json", "predictions.parquet", "model.safetensors", "vocabulary.json"}
    taught = {"teacher/run.json", "teacher/predictions.parquet"} if joint else set()
    assert outputs(folder).keys() == own | taught
    predictions = read_run(folder)[1]
    splits = load_splits(pipeline.root / "data")
    assert predictions.ids == splits.labelled.ids + splits.validation.ids + splits.test.ids
    if joint:
        teacher, said = read_run(folder / "teacher")
        assert (teacher.model, teacher.network, teacher.identity) == ("teacher", "bert", read_run(folder)[0].identity)
        assert said.ids == predictions.ids and (said.logits != predictions.logits).any()
        assert teacher.parameter_count != read_run(folder)[0].parameter_count


@every_method
def test_two_runs_leave_the_same_bytes(pipeline: Pipeline, method: str) -> None:
    whole = outputs(pipeline.whole(method))
    torch.rand(23)
    assert outputs(pipeline.train(method, "again")) == whole


def killing_points(run: Run) -> list[int]:
    """The middle of every phase, in iterations from the beginning."""
    points, before = [], 0
    for phase in run.phases:
        points.append(before + (phase.iterations + 1) // 2)
        before += phase.iterations
    return points


@every_method
def test_a_run_killed_in_every_phase_goes_on_to_the_same_bytes(
    pipeline: Pipeline, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = pipeline.whole(method)
    done = 0
    for point in [*killing_points(read_run(whole)[0]), None]:

        def tick(clock: Clock, kill_at: int | None = point) -> bool:
            nonlocal done
            done += 1
            if done == kill_at:
                raise KilledError
            return False

        monkeypatch.setattr(Clock, "tick", tick)
        if point is not None:
            with pytest.raises(KilledError):
                pipeline.train(method, "killed")
        else:
            assert outputs(pipeline.train(method, "killed")) == outputs(whole)
    assert done == TRAINING.iterations, "no iteration was done twice"


def test_a_hint_layer_that_is_not_stored_is_an_error_of_one_line(pipeline: Pipeline, tmp_path: Path) -> None:
    cell = pipeline.cell("fitnets")
    cell = replace(cell, settings={**cell.settings, "hint_layer": 4}, states=pipeline.states)
    with pytest.raises(UserError, match=r"no states of layer 4; stored: layer3, layer5; add 4 to teacher\.hidden_lay"):
        train(make_task(cell, SEEDS[0]), Store(tmp_path))
