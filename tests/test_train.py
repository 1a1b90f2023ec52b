from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from replication.batches import Batch
from replication.errors import UserError
from replication.losses import cross_entropy
from replication.network import Network
from replication.phases import Phase, Selection, Term, Terms, Update
from replication.train import Observer, fit, learning_rate
from tests.toy import TRAINING, accuracy, items, loop, network, toy


def supervised(student: Network, **changes: object) -> Phase:
    def terms(batch: Batch) -> Terms:
        return {"hard": Term(cross_entropy(student(batch).logits, batch.labels))}

    settings = {"iterations": 30, "selections": [], "evaluations": 3, **changes}
    return Phase("student", updates=[Update("student", [student], terms, TRAINING)], **settings)  # type: ignore[arg-type]


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


def test_learning_rate_rises_then_falls_to_zero() -> None:
    update = supervised(network("student")).updates[0]
    rates = [learning_rate(update, iteration, 20) for iteration in range(21)]
    assert rates[:3] == pytest.approx([0.025, 0.05, 0.05])
    assert rates[11] == pytest.approx(0.05 * 9 / 18)
    assert rates[20] == 0.0


def test_gradients_are_clipped_to_the_norm() -> None:
    student = network("student")
    before = {name: value.clone() for name, value in student.named_parameters()}

    def terms(batch: Batch) -> Terms:
        return {"hard": Term(1000 * cross_entropy(student(batch).logits, batch.labels))}

    training = TRAINING.model_copy(update={"clip_norm": 0.5, "learning_rate": 1.0, "warmup": 0.0})
    update = Update("student", [student], terms, training, optimiser="sgd")
    fit(iter([Phase("student", 1, [update], [], 1)]), loop(items(), student.streams))
    step = torch.cat([(value - before[name]).flatten() for name, value in student.named_parameters()])
    assert step.norm().item() == pytest.approx(0.5, rel=1e-4)


def test_weight_decay_spares_biases() -> None:
    student = network("student")
    before = {name: value.clone() for name, value in student.named_parameters()}

    def terms(batch: Batch) -> Terms:
        return {"zero": Term(0.0 * student(batch).logits.sum())}

    training = TRAINING.model_copy(update={"weight_decay": 0.5, "learning_rate": 0.1, "warmup": 0.0})
    fit(
        iter([Phase("student", 1, [Update("student", [student], terms, training)], [], 1)]),
        loop(items(), student.streams),
    )
    for name, value in student.named_parameters():
        factor = 1.0 if value.ndim < 2 else 0.95
        torch.testing.assert_close(value.detach(), factor * before[name])


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
