"""The contract, exercised by toy methods for everything that the article's methods will need of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from replication.losses import cross_entropy, soft_divergence
from replication.training.batches import Batch
from replication.training.loop import fit
from replication.training.phases import Phase, Selection, Term, Terms, Update
from tests.kills import KilledError
from tests.methods.bench import Weights, equal, weights
from tests.toy import TRAINING, accuracy, beside, items, loop, network, toy


def test_hints_an_auxiliary_module_learns_with_part_of_the_student_in_a_stage_of_its_own() -> None:
    """FitNets: stage 1 trains the student up to the guided layer and a regressor; stage 2 the whole student."""
    student, data = network("student"), items()
    classifier_before = weights(toy(student).classifier)
    weights_of_stage_two: list[float] = []

    def phases() -> Iterator[Phase]:
        regressor = nn.Linear(toy(student).width, data.targets["hidden3"].shape[-1])
        regressor_before = weights(regressor)

        def hint(batch: Batch) -> Terms:
            difference = regressor(student(batch).hidden["features"]) - batch.targets["hidden3"]
            return {"hint": Term(0.5 * difference.square().sum(-1).mean())}

        first = Update("hint", [toy(student).features, regressor], hint, TRAINING)
        validation = data.batch(torch.arange(32))
        score = Selection("student", student, lambda: -float(hint(validation)["hint"].value))
        yield Phase("hint", 20, [first], [score], evaluations=4)
        assert equal(classifier_before, weights(toy(student).classifier)), "stage 1 must not touch the classifier"
        assert not equal(regressor_before, weights(regressor))

        def soft(batch: Batch) -> Terms:
            weight = 4.0 - 3.0 * batch.progress
            weights_of_stage_two.append(weight)
            logits = student(batch).logits
            return {
                "hard": Term(cross_entropy(logits, batch.labels)),
                "soft": Term(soft_divergence(logits, batch.targets["logits"], 3.0), weight),
            }

        yield Phase("soft", 30, [Update("student", [student], soft, TRAINING)], [], evaluations=2)

    trained = fit(phases(), loop(data, student.streams))
    assert trained.iterations == 50
    assert weights_of_stage_two[0] == 4.0 and weights_of_stage_two[-1] == pytest.approx(1.1)
    assert [point.phase for point in trained.history] == ["hint"] * 4 + ["soft"] * 2
    assert set(trained.history[-1].losses) == {"student/hard", "student/soft"}
    assert accuracy(student, data) > 0.9


def test_route_a_generator_decides_the_next_phase_by_the_last_ones_result() -> None:
    """RCO: one anchor after another, the next chosen by what the student has become; optimiser state carried on."""
    student, data = network("student"), items()
    anchors = [0.3, 0.6, 1.0]
    taken: list[int] = []

    def phases() -> Iterator[Phase]:
        anchor = 0
        while True:
            taken.append(anchor)
            scale = anchors[anchor]

            def terms(batch: Batch, scale: float = scale) -> Terms:
                target = scale * batch.targets["logits"]
                return {"soft": Term(soft_divergence(student(batch).logits, target, 2.0))}

            update = Update("student", [student], terms, TRAINING)
            yield Phase(f"anchor {anchor}", 15, [update], [], evaluations=1, keep_optimisers=anchor > 0)
            if anchor == len(anchors) - 1:
                return
            anchor = len(anchors) - 1 if accuracy(student, data) > 0.5 else anchor + 1

    trained = fit(phases(), loop(data, student.streams))
    assert taken[0] == 0 and taken[-1] == 2
    assert trained.iterations == 15 * len(taken)
    # 15 steps a phase, and the state went on from one to the next.
    steps = {int(state["step"]) for state in trained.optimisers["student"]["state"].values()}
    assert steps == {15 * len(taken)}


def test_joint_networks_are_updated_in_order_with_their_own_optimisers() -> None:
    """Schemes 2 and 3: the teacher steps first, the student learns from the logits after that step."""
    student, data = network("student"), items()
    teacher = beside(student, "teacher", width=16)
    seen: list[str] = []
    outputs: dict[str, torch.Tensor] = {}

    def teach(batch: Batch) -> Terms:
        seen.append("teacher")
        feedback = soft_divergence(student.target(batch).logits, teacher(batch).logits, 2.0)
        outputs["before"] = teacher.target(batch).logits
        return {"hard": Term(cross_entropy(teacher(batch).logits, batch.labels)), "feedback": Term(feedback, 0.1)}

    def learn(batch: Batch) -> Terms:
        seen.append("student")
        target = teacher.target(batch).logits
        assert not torch.equal(target, outputs["before"]), "the teacher has not stepped yet"
        assert not target.requires_grad
        logits = student(batch).logits
        return {
            "hard": Term(cross_entropy(logits, batch.labels)),
            "soft": Term(soft_divergence(logits, target, 2.0)),
        }

    slow = TRAINING.model_copy(update={"learning_rate": 0.01})
    updates = [Update("teacher", [teacher], teach, slow), Update("student", [student], learn, TRAINING)]
    selections = [
        Selection("teacher", teacher, lambda: accuracy(teacher, data)),
        Selection("student", student, lambda: accuracy(student, data)),
    ]
    trained = fit(iter([Phase("joint", 30, updates, selections, evaluations=3)]), loop(data, student.streams))
    assert seen == ["teacher", "student"] * 30
    assert set(trained.history[0].scores) == {"teacher", "student"}
    assert set(trained.optimisers) == {"teacher", "student"}
    assert set(trained.history[0].losses) == {"teacher/hard", "teacher/feedback", "student/hard", "student/soft"}


def test_a_summed_loss_updates_both_networks_by_one_optimiser() -> None:
    """Scheme 4: one loss, gradients both ways, one update."""
    student, data = network("student"), items()
    teacher = beside(student, "teacher")
    before = weights(student), weights(teacher)

    def both(batch: Batch) -> Terms:
        student_logits, teacher_logits = student(batch).logits, teacher(batch).logits
        return {"soft": Term(soft_divergence(student_logits, teacher_logits, 2.0))}

    fit(
        iter([Phase("sum", 2, [Update("sum", [student, teacher], both, TRAINING)], [], 1)]), loop(data, student.streams)
    )
    assert not equal(before[0], weights(student)) and not equal(before[1], weights(teacher))


def test_no_gradient_reaches_a_network_that_the_update_does_not_train() -> None:
    """Even where a method forgets to detach the teacher."""
    student, data = network("student"), items()
    teacher = beside(student, "teacher")
    before = weights(teacher)

    def careless(batch: Batch) -> Terms:
        return {"soft": Term(soft_divergence(student(batch).logits, teacher(batch).logits, 2.0))}

    fit(
        iter([Phase("soft", 3, [Update("student", [student], careless, TRAINING)], [], 1)]), loop(data, student.streams)
    )
    assert equal(before, weights(teacher))
    assert all(parameter.grad is None for parameter in teacher.parameters())


def test_a_teacher_beside_a_student_is_to_the_bit_the_teacher_trained_alone() -> None:
    """Scheme 2's teacher is BERT trained alone on these very batches: dropout and initialisation have own streams."""

    def train(with_student: bool) -> Weights:
        data = items()
        teacher = network("teacher", width=16)
        student = beside(teacher, "student")

        def teach(batch: Batch) -> Terms:
            return {"hard": Term(cross_entropy(teacher(batch).logits, batch.labels))}

        def learn(batch: Batch) -> Terms:
            return {"soft": Term(soft_divergence(student(batch).logits, teacher.target(batch).logits, 2.0))}

        updates = [Update("teacher", [teacher], teach, TRAINING)]
        updates += [Update("student", [student], learn, TRAINING)] if with_student else []
        fit(iter([Phase("joint", 20, updates, [], 1)]), loop(data, teacher.streams))
        return weights(teacher)

    assert equal(train(with_student=True), train(with_student=False))


def test_two_stages_are_continued_after_a_kill_in_either(tmp_path: Path) -> None:
    """The generator starts again, finished phases are restored, the one under way goes on: the result is the same."""

    def run(folder: Path, kill_after: int | None) -> Weights:
        data, student = items(withheld=40), network("student")
        regressor = student.streams.initialise("regressor", lambda: nn.Linear(8, 6))

        def phases() -> Iterator[Phase]:
            def hint(batch: Batch) -> Terms:
                return {
                    "hint": Term(
                        (regressor(student(batch).hidden["features"]) - batch.targets["hidden3"]).square().mean()
                    )
                }

            yield Phase("hint", 20, [Update("student", [student, regressor], hint, TRAINING)], [], evaluations=2)

            def soft(batch: Batch) -> Terms:
                return {"hard": Term(cross_entropy(student(batch).logits, batch.labels))}

            selection = Selection("student", student, lambda: accuracy(student, data))
            update = Update("student", [student, regressor], soft, TRAINING)
            yield Phase("soft", 30, [update], [selection], evaluations=5, keep_optimisers=True)

        def progress(iterations: int) -> None:
            if iterations == kill_after:
                raise KilledError

        fit(phases(), loop(data, student.streams, folder, checkpoint_seconds=0.0, on_progress=progress))
        return weights(student)

    whole = run(tmp_path / "whole", None)
    for kill_after in (7, 20, 21, 43):
        folder = tmp_path / str(kill_after)
        with pytest.raises(KilledError):
            run(folder, kill_after)
        assert equal(whole, run(folder, None)), f"killed after {kill_after}"
