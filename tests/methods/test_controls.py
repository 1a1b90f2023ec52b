"""The controls: pseudo-labels, label smoothing, and the teacher of another seed, against gradients worked by hand."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from replication import methods
from replication.losses import WITHHELD
from tests.methods.bench import (
    STUDENT_RATE,
    Bench,
    Weights,
    assert_moves,
    descent,
    hard_gradient,
    moved,
    soft_gradient,
    weights,
)
from tests.toy import CLASSES


def found(name: str, **settings: object) -> Weights:
    """How one step moves the student."""
    bench = Bench()
    before = weights(bench.student)
    bench.step(bench.phases(name, **settings))
    return moved(bench.student, before)


def expected(bench: Bench, logits: Tensor, gradient: Tensor) -> Weights:
    return descent(bench.student, [(logits, gradient)], STUDENT_RATE)


def met() -> tuple[Bench, Tensor]:
    """A fresh bench and the student's logits in its first training pass."""
    bench = Bench()
    bench.train_mode()
    return bench, bench.student(bench.batch).logits


def test_pseudo_labels_are_the_teachers_argmax_on_the_pool_alone() -> None:
    bench, logits = met()
    labels = bench.batch.labels
    guessed = bench.batch.targets["logits"].argmax(-1)
    on_pool = torch.where(labels == WITHHELD, guessed, WITHHELD)
    assert 0 < int((on_pool == WITHHELD).sum()) < len(labels)
    gradient = 0.5 * hard_gradient(logits, labels) + 2.0 * hard_gradient(logits, on_pool)
    assert_moves(found("pseudo_label", hard_weight=0.5, pseudo_weight=2.0), expected(bench, logits, gradient))


def test_of_the_teachers_word_pseudo_labels_read_the_argmax_alone() -> None:
    def step(change: float) -> Weights:
        bench = Bench()
        logits = bench.data.targets["logits"]
        peak = nn.functional.one_hot(logits.argmax(-1), CLASSES)
        made = {**bench.data.targets, "logits": logits + change * peak}
        other = Bench(data=type(bench.data)(bench.data.inputs, bench.data.lengths, bench.data.labels, made))
        other.step(other.phases("pseudo_label"))
        return weights(other.student)

    sharper, plain = step(5.0), step(0.0)
    assert all(torch.equal(sharper[name], plain[name]) for name in plain)


def test_label_smoothing_spreads_a_share_of_each_label_over_all_classes() -> None:
    bench, logits = met()
    labels = bench.batch.labels
    known = labels != WITHHELD
    one_hot = nn.functional.one_hot(labels.where(known, 0), CLASSES)
    target = 0.8 * one_hot + 0.2 / CLASSES
    gradient = (logits.detach().softmax(-1) - target) * known[:, None] / known.sum()
    assert_moves(found("label_smoothing", smoothing=0.2), expected(bench, logits, gradient))


def test_the_other_teacher_is_the_one_that_is_followed() -> None:
    bench, logits = met()
    taught = (bench.batch.targets["other_logits"] / 3.0).softmax(-1)
    gradient = 0.5 * hard_gradient(logits, bench.batch.labels) + 1.5 * soft_gradient(logits, taught, 3.0)
    step = found("other_teacher", temperature=3.0, hard_weight=0.5, soft_weight=1.5)
    assert_moves(step, expected(bench, logits, gradient))


def test_what_the_controls_read() -> None:
    def reads(name: str, **settings: object) -> tuple[tuple[str, ...], bool]:
        own = methods.load(name).settings.model_validate(settings)
        return tuple(own.targets()), own.uses_pool()

    assert reads("pseudo_label") == (("logits",), True)
    assert reads("label_smoothing") == ((), False)
    assert reads("other_teacher", temperature=2.0) == (("other_logits",), True)
    assert reads("soft_label", temperature=2.0) == (("logits",), True)
