from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from replication.errors import UserError
from replication.losses import cross_entropy
from replication.training.batches import Batch
from replication.training.loop import Observer, fit
from replication.training.phases import Phase, Selection, Term, Terms, Update
from tests.toy import TRAINING, accuracy, items, loop, network, supervised, toy


def test_the_loop_learns() -> None:
    student, data = network("student"), items()
    before = accuracy(student, data)
    trained = fit(iter([supervised(student)]), loop(data, student.streams))
    assert accuracy(student, data) > max(before, 0.85)
    losses = [point.losses["student/hard"] for point in trained.history]
    assert losses[-1] < losses[0]


def test_two_runs_give_the_same_bytes_whatever_was_drawn_before() -> None:
    def run(seed: int) -> dict[str, torch.Tensor]:
        student = network("student", seed)
        torch.rand(17)
        fit(iter([supervised(student)]), loop(items(), student.streams))
        return student.state_dict()

    first, again, other = run(0), run(0), run(1)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not all(torch.equal(first[name], other[name]) for name in first)


def test_the_best_state_on_validation_is_kept_and_the_earliest_of_equals() -> None:
    student = network("student")
    scores = iter([0.1, 0.9, 0.9, 0.2])
    states: list[dict[str, torch.Tensor]] = []

    def score() -> float:
        states.append({name: value.clone() for name, value in student.state_dict().items()})
        return next(scores)

    trained = fit(
        iter([supervised(student, selections=[Selection("student", student, score)], evaluations=4)]),
        loop(items(), student.streams),
    )
    assert [point.scores["student"] for point in trained.history] == [0.1, 0.9, 0.9, 0.2]
    kept = student.state_dict()
    assert all(torch.equal(kept[name], states[1][name]) for name in kept)
    assert not all(torch.equal(kept[name], states[2][name]) for name in kept)


def test_patience_stops_early_and_null_never() -> None:
    def iterations(patience: int | None) -> int:
        student = network("student")
        scores = iter([0.5, 0.4, 0.3, 0.2, 0.1, 0.05])
        selection = Selection("student", student, lambda: next(scores))
        phase = supervised(student, selections=[selection], evaluations=6, patience=patience)
        return fit(iter([phase]), loop(items(), student.streams)).iterations

    assert iterations(2) == 15
    assert iterations(None) == 30


def test_dropout_is_on_again_after_an_evaluation() -> None:
    student = network("student")
    modes: list[tuple[bool, bool]] = []

    def terms(batch: Batch) -> Terms:
        modes.append((student.training, toy(student).dropout.training))
        return {"hard": Term(cross_entropy(student(batch).logits, batch.labels))}

    def score() -> float:
        assert not student.training and not torch.is_grad_enabled()
        return 0.0

    phase = Phase(
        "student", 6, [Update("student", [student], terms, TRAINING)], [Selection("student", student, score)], 6
    )
    fit(iter([phase]), loop(items(), student.streams))
    assert modes == [(True, True)] * 6


def test_dropout_of_a_network_differs_between_iterations_and_calls() -> None:
    student, data = network("student", dropout=0.5), items()
    batch = data.batch(torch.arange(8))
    student.train()
    student.streams.move(0)
    first, second = student(batch).logits, student(batch).logits
    student.streams.move(0)
    again = student(batch).logits
    student.streams.move(1)
    later = student(batch).logits
    assert torch.equal(first, again)
    assert not torch.equal(first, second) and not torch.equal(first, later)


def test_a_loss_that_is_not_finite_names_the_iteration_the_term_and_the_rate() -> None:
    student = network("student")

    def terms(batch: Batch) -> Terms:
        loss = cross_entropy(student(batch).logits, batch.labels)
        return {"hard": Term(loss), "soft": Term(loss / (batch.iteration < 4))}

    with pytest.raises(
        UserError, match=r"phase 'student', iteration 5: the loss term student/soft is inf at learning rate 0\.0\d+"
    ):
        fit(
            iter([Phase("student", 9, [Update("student", [student], terms, TRAINING)], [], 1)]),
            loop(items(), student.streams),
        )


def test_phase_records_count_the_steps_of_every_update() -> None:
    student = network("student")

    def terms(batch: Batch) -> Terms:
        return {"hard": Term(cross_entropy(student(batch).logits, batch.labels))}

    def scored(phase: Phase) -> Phase:
        scores = iter([0.5, 0.4, 0.3])
        return replace(phase, selections=[Selection("student", student, lambda: next(scores))], evaluations=3)

    both = [Update(name, [student], terms, TRAINING) for name in ("first", "second")]
    stopped = scored(Phase("stopped", 9, both[:1], [], 1, patience=1))
    trained = fit(iter([Phase("both", 4, both, [], 1), stopped]), loop(items(), student.streams))
    assert [record.model_dump() for record in trained.phases] == [
        {"name": "both", "iterations": 4, "updates": {"first": 4, "second": 4}, "kept": {}},
        {"name": "stopped", "iterations": 6, "updates": {"first": 6}, "kept": {"student": 4 + 3}},
    ]
    assert trained.iterations == 10


def test_observers_see_the_iterations_they_asked_for_and_the_loop_reports_progress() -> None:
    student = network("student")
    seen: list[int] = []
    done: list[int] = []
    observers = [Observer([3, 25], seen.append)]
    fit(iter([supervised(student)]), loop(items(), student.streams, observers=observers, on_progress=done.append))
    assert seen == [3, 25]
    assert done == list(range(1, 31))


def test_a_checkpoint_holds_tensors_and_plain_values_only(tmp_path: Path) -> None:
    student = network("student")
    fit(iter([supervised(student)]), loop(items(), student.streams, tmp_path, checkpoint_seconds=0.0))
    (path,) = tmp_path.glob("*.pt")
    state = torch.load(path, weights_only=True)
    assert state["finished"] and state["iteration"] == 30
    json.dumps(state["history"])


def test_prediction_keeps_the_order_of_the_items_and_ignores_batching() -> None:
    student, data = network("student"), items()
    inputs, lengths = data.inputs["symbols"], data.lengths["symbols"]
    together = student.predict(inputs, lengths, tokens=10_000).logits
    apart = student.predict(inputs, lengths, tokens=17).logits
    torch.testing.assert_close(together, apart)
    torch.testing.assert_close(together[5], student.predict(inputs[5:6], lengths[5:6]).logits[0])
