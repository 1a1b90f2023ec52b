"""The runs that students learn from: BERT on labels, and the historical TextCNN on legacy items alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from replication.clock import Clock
from replication.data.splits import load_splits
from replication.models.tokeniser import Tokeniser
from replication.predictions import read_hidden
from replication.records import read_run
from replication.runs.tasks import Role
from replication.serving.exchange import LogitsAlone
from replication.serving.trained import load_teacher
from tests.kills import KilledError, outputs
from tests.methods.small import SEEDS, SIZES, TEACHER, TRAINING, Pipeline

ITERATIONS = TEACHER.training.iterations


def test_a_teacher_leaves_its_word_on_all_texts_its_hidden_states_and_its_route(pipeline: Pipeline) -> None:
    folder, splits = pipeline.root / "teacher" / "seed0", load_splits(pipeline.root / "data")
    run, predictions = read_run(folder)
    assert (run.method, run.model, run.network, run.iterations) == ("supervised", "teacher", "bert", ITERATIONS)
    assert run.training_items == SIZES.labelled
    parts = {name: getattr(splits, name) for name in ("labelled", "pool", "validation", "test")}
    assert predictions.ids == [id_ for part in parts.values() for id_ in part.ids]
    assert predictions.split == [name for name, part in parts.items() for _ in part.ids]
    for layer in TEACHER.hidden_layers:
        ids, states = read_hidden(folder / "hidden.parquet", layer)
        assert ids == predictions.ids and states.shape == (len(ids), 8) and states.std() > 0
    points = sorted(int(path.stem) for path in (folder / "route").iterdir())
    every = [round(ITERATIONS * (point + 1) / (TEACHER.route_points + 1)) for point in range(TEACHER.route_points)]
    kept = run.phases[-1].kept["teacher"]
    assert points == [point for point in every if point < kept] and points
    best = max(run.history, key=lambda point: (point.scores["teacher"], -point.iteration))
    assert kept == best.iteration, "the route ends with the state that validation kept"


def test_a_teachers_weights_are_those_that_said_its_logits(pipeline: Pipeline) -> None:
    """Read back, the teacher says of the test texts what its run says."""
    folder, splits = pipeline.root / "teacher" / "seed0", load_splits(pipeline.root / "data")
    bert = load_teacher(folder, pipeline.root / "checkpoint", TEACHER, len(splits.classes))
    pieces = Tokeniser(pipeline.root / "checkpoint")(splits.test.texts, TEACHER.max_tokens)
    with torch.inference_mode():
        found = LogitsAlone(bert)(pieces).numpy()
    np.testing.assert_allclose(found, read_run(folder)[1].of("test").logits, atol=2e-4)


def test_the_states_of_the_route_differ(pipeline: Pipeline) -> None:
    states = [load_file(path) for path in sorted((pipeline.root / "teacher/seed0/route").iterdir())]
    weights = np.stack([state["bert.network.classifier.weight"].numpy() for state in states])
    assert len(np.unique(weights, axis=0)) == len(states)


def test_the_teacher_knows_more_than_chance(pipeline: Pipeline) -> None:
    scores = [read_run(pipeline.root / f"teacher/seed{seed}")[0].validation_macro_f1 for seed in SEEDS]
    assert min(scores) > 0.6
    said = [read_run(pipeline.root / f"teacher/seed{seed}")[1].logits for seed in SEEDS]
    assert (said[0] != said[1]).any()


def test_the_historical_model_learns_from_legacy_items_alone(pipeline: Pipeline) -> None:
    run, predictions = read_run(pipeline.root / "historical" / "seed0")
    splits = load_splits(pipeline.root / "data")
    assert (run.method, run.model, run.network) == ("historical", "teacher", "textcnn")
    assert (run.iterations, run.training_items) == (TRAINING.iterations, SIZES.history)
    legacy = predictions.of("history_validation")
    assert splits.history_validation is not None and splits.history_validation.labels is not None
    assert legacy.ids == splits.history_validation.ids
    right = legacy.logits.argmax(-1) == splits.history_validation.labels
    assert right.mean() > 0.7
    assert {"labelled", "pool", "validation", "test"} <= set(predictions.split)


@pytest.mark.parametrize("role", ["teacher", "historical"])
def test_a_killed_teacher_goes_on_to_the_same_bytes(
    pipeline: Pipeline, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = 0

    def tick(clock: Clock) -> bool:
        nonlocal done
        done += 1
        if done == 17:
            raise KilledError
        return False

    monkeypatch.setattr(Clock, "tick", tick)
    with pytest.raises(KilledError):
        pipeline.train("supervised", "killed", role)
    found = outputs(pipeline.train("supervised", "killed", role))
    assert found == outputs(pipeline.root / role / "seed0")
    assert done == (ITERATIONS if role == "teacher" else TRAINING.iterations)
    assert ("route/4.safetensors" in found) is (role == "teacher"), "kept before the kill, and there after it"
