"""Schemes 2, 3 and 4, one step at a time, against steps worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from replication import methods
from replication.losses import WITHHELD
from replication.training.loop import fit
from replication.training.phases import Phase
from tests.methods.bench import (
    ROWS,
    STEP,
    STUDENT_RATE,
    TEACHER_RATE,
    Bench,
    T,
    Weights,
    after_one_step,
    assert_moves,
    by_descent,
    descent,
    equal,
    feedback_gradient,
    hard_gradient,
    moved,
    soft_gradient,
    steady,
    training_logits,
    watched,
    weights,
)
from tests.toy import TRAINING, items, loop


def supervised_alone(bench: Bench) -> Iterator[Phase]:
    """Plain training of the bench's teacher on labels."""
    context = replace(bench.context("supervised"), student=bench.teacher, training=bench.teacher_training)
    return methods.load("supervised").phases(context)


def test_scheme_2s_teacher_is_to_the_bit_the_teacher_trained_on_the_labelled_items() -> None:
    joint, alone = Bench(), Bench()
    before = weights(alone.teacher)
    joint.step(joint.phases("scheme2", temperature=T))
    labelled = ROWS[alone.data.labels[ROWS] != WITHHELD]
    assert 0 < len(labelled) < len(ROWS)
    alone.train_mode()
    one_batch = replace(loop(alone.data, alone.teacher.streams), batches=lambda: iter([labelled]))
    fit(by_descent(supervised_alone(alone)), one_batch)
    assert equal(weights(joint.teacher), weights(alone.teacher))
    assert not equal(weights(joint.teacher), before)


def test_scheme_2s_teacher_is_to_the_bit_the_teacher_trained_alone_over_a_whole_training() -> None:
    teacher_training = TRAINING.model_copy(update={"learning_rate": 0.02})
    joint = Bench(training=TRAINING, teacher_training=teacher_training)
    alone = Bench(training=TRAINING, teacher_training=teacher_training)
    together = fit(joint.phases("scheme2", temperature=T), loop(joint.data, joint.student.streams))
    batches = loop(alone.data, alone.teacher.streams)

    def labelled_rows() -> Iterator[Tensor]:
        for rows in batches.batches():
            yield rows[alone.data.labels[rows] != WITHHELD]

    by_itself = fit(supervised_alone(alone), replace(batches, batches=labelled_rows))
    assert equal(weights(joint.teacher), weights(alone.teacher))
    scores = [point.scores["teacher"] for point in together.history]
    assert scores == [point.scores["teacher"] for point in by_itself.history]
    assert scores[-1] > 0.7


def test_scheme_2s_student_learns_from_the_teacher_after_its_step() -> None:
    bench = Bench()
    before, earlier = weights(bench.student), bench.teacher.target(bench.batch).logits
    bench.step(bench.phases("scheme2", temperature=T, hard_weight=0.5, soft_weight=1.5))
    later = bench.teacher.target(bench.batch).logits

    def by_hand(taught: Tensor) -> Weights:
        fresh = Bench()
        logits = training_logits(fresh)[1]
        gradient = 0.5 * hard_gradient(logits, fresh.batch.labels)
        gradient += 1.5 * soft_gradient(logits, (taught / T).softmax(-1), T)
        return descent(fresh.student, [(logits, gradient)], STUDENT_RATE)

    found, too_early = moved(bench.student, before), by_hand(earlier)
    assert_moves(found, by_hand(later))
    assert max(float((found[name] - too_early[name]).abs().max()) for name in found) > 1e-2


def test_in_schemes_2_and_3_the_teacher_steps_first_and_no_gradient_of_the_students_step_reaches_it() -> None:
    for name in ("scheme2", "scheme3"):
        bench = Bench()
        (phase,) = bench.phases(name, temperature=T)
        assert [update.name for update in phase.updates] == ["teacher", "student"]
        assert [list(update.train) for update in phase.updates] == [[bench.teacher], [bench.student]]
        for update, other in zip(phase.updates, (bench.student, bench.teacher), strict=True):
            bench.train_mode()
            for term in update.terms(bench.batch).values():
                gradients = torch.autograd.grad(term.value, list(other.parameters()), allow_unused=True)
                assert all(gradient is None for gradient in gradients)
        before = weights(bench.teacher)
        bench.step(iter([replace(phase, updates=phase.updates[1:])]))
        assert equal(weights(bench.teacher), before)


@pytest.mark.parametrize("feedback_weight", [1.0, 0.3])
def test_feedback_moves_scheme_3s_teacher_by_the_gradient_of_the_soft_loss(feedback_weight: float) -> None:
    isolated = after_one_step("scheme2", steady())[0]
    fed_back = after_one_step("scheme3", steady(), feedback_weight=feedback_weight)[0]
    bench = steady()
    logits, _ = training_logits(bench)
    gradient = feedback_gradient(logits, bench.student.target(bench.batch).logits, T)
    expected = descent(bench.teacher, [(logits, gradient)], TEACHER_RATE * feedback_weight)
    for name in isolated:
        torch.testing.assert_close(fed_back[name] - isolated[name], expected[name], rtol=1e-4, atol=1e-6)
        assert expected[name].abs().max() > 1e-3, "large beside what float32 resolves"


def test_feedback_weighs_on_the_teacher_in_proportion_and_its_dropout_is_drawn_once() -> None:
    without, half, whole = (after_one_step("scheme3", feedback_weight=weight)[0] for weight in (0.0, 0.5, 1.0))
    bench = Bench()
    taught, _ = training_logits(bench)
    hard = descent(bench.teacher, [(taught, hard_gradient(taught, bench.batch.labels))], TEACHER_RATE)
    before = weights(bench.teacher)
    for name in without:
        torch.testing.assert_close(without[name] - before[name], hard[name], rtol=1e-4, atol=1e-6)
        torch.testing.assert_close(half[name] - without[name], (whole[name] - without[name]) / 2, rtol=1e-4, atol=1e-6)
        assert not torch.equal(half[name], without[name])


def test_scheme_3_without_feedback_is_scheme_2_but_for_the_dropout_of_another_batch() -> None:
    two, three = after_one_step("scheme2", steady()), after_one_step("scheme3", steady(), feedback_weight=0.0)
    for one, other in zip(two, three, strict=True):
        for name, value in one.items():
            torch.testing.assert_close(value, other[name], rtol=1e-5, atol=1e-6)
    fed_back = after_one_step("scheme3", steady(), feedback_weight=1.0)[0]
    assert all((fed_back[name] - two[0][name]).abs().max() > 1e-3 for name in fed_back)


def test_schemes_2_and_3_have_the_same_student_given_the_same_teacher() -> None:
    def run(name: str) -> tuple[Weights, Weights, Weights]:
        still = STEP.model_copy(update={"learning_rate": 1e-30})  # too small a step for float32
        bench = Bench(teacher_training=still)
        before = weights(bench.teacher)
        bench.step(bench.phases(name, temperature=T))
        return before, weights(bench.teacher), weights(bench.student)

    two, three = run("scheme2"), run("scheme3")
    assert equal(two[0], two[1]) and equal(three[0], three[1])
    assert equal(two[2], three[2])


def summed_by_hand(bench: Bench, student_rate: float) -> tuple[Weights, Weights]:
    """The moves of CE_t + 0.5·CE_s + 1.5·soft, with gradients both ways."""
    taught, logits = training_logits(bench)
    teachers = hard_gradient(taught, bench.batch.labels) + 1.5 * feedback_gradient(taught, logits, T)
    teacher = descent(bench.teacher, [(taught, teachers)], TEACHER_RATE)
    gradient = 0.5 * hard_gradient(logits, bench.batch.labels)
    gradient += 1.5 * soft_gradient(logits, (taught.detach() / T).softmax(-1), T)
    return teacher, descent(bench.student, [(logits, gradient)], student_rate)


@pytest.mark.parametrize(("name", "student_rate"), [("scheme4", TEACHER_RATE), ("scheme4_own_rate", STUDENT_RATE)])
def test_scheme_4_takes_one_step_down_the_sum_with_gradients_both_ways(name: str, student_rate: float) -> None:
    bench = Bench()
    before = weights(bench.teacher), weights(bench.student)
    trained = bench.step(bench.phases(name, temperature=T, hard_weight=0.5, soft_weight=1.5))
    expected = summed_by_hand(Bench(), student_rate)
    assert_moves(moved(bench.teacher, before[0]), expected[0])
    assert_moves(moved(bench.student, before[1]), expected[1])
    assert trained.phases[0].updates == {"sum": 1}


def test_the_students_own_rate_in_scheme_4_leaves_the_teacher_alone() -> None:
    shared, own = after_one_step("scheme4"), after_one_step("scheme4_own_rate")
    assert equal(shared[0], own[0])
    assert not equal(shared[1], own[1])


def test_a_joint_batch_without_a_label_moves_no_teacher_and_the_student_by_the_soft_loss_alone() -> None:
    bench = Bench(data=items(withheld=96))
    before = weights(bench.teacher), weights(bench.student)
    after: list[Phase] = []
    bench.step(watched(bench.phases("scheme2", temperature=T), after.append))
    fresh = Bench(data=items(withheld=96))
    logits = training_logits(fresh)[1]
    taught = (fresh.teacher.target(fresh.batch).logits / T).softmax(-1)
    expected = descent(fresh.student, [(logits, soft_gradient(logits, taught, T))], STUDENT_RATE)
    assert equal(weights(bench.teacher), before[0])
    assert_moves(moved(bench.student, before[1]), expected)
    assert len(after) == 1
