"""Schemes 1 and 5: the same as the papers' method, and one step against a step worked out by hand."""

from __future__ import annotations

import pytest

from replication import methods
from replication.training.loop import fit
from tests.methods.bench import (
    STUDENT_RATE,
    Bench,
    T,
    Weights,
    after_one_step,
    assert_moves,
    descent,
    equal,
    hard_gradient,
    moved,
    soft_gradient,
    training_logits,
    weights,
)
from tests.toy import TRAINING, loop


def test_scheme_5_matches_the_weighted_mean_of_the_teachers_probabilities() -> None:
    bench = Bench()
    before = weights(bench.student)
    settings = {"temperature": T, "hard_weight": 0.5, "soft_weight": 1.5}
    bench.step(bench.phases("scheme5", **settings, teacher_weight=3.0, historical_weight=1.0))
    fresh = Bench()
    batch, logits = fresh.batch, training_logits(fresh)[1]
    online, historical = ((batch.targets[name] / T).softmax(-1) for name in ("logits", "historical_logits"))
    gradient = 0.5 * hard_gradient(logits, batch.labels)
    gradient += 1.5 * soft_gradient(logits, 0.75 * online + 0.25 * historical, T)
    assert_moves(moved(bench.student, before), descent(fresh.student, [(logits, gradient)], STUDENT_RATE))


def test_scheme_5_without_a_weight_for_the_historical_teacher_is_its_control_to_the_bit() -> None:
    with_none = after_one_step("scheme5", teacher_weight=0.5, historical_weight=0.0)
    assert equal(with_none[1], after_one_step("scheme5_control")[1])
    assert not equal(with_none[1], after_one_step("scheme5", teacher_weight=0.5, historical_weight=0.5)[1])


def trained_student(name: str, **settings: object) -> Weights:
    """The student after a whole training by AdamW."""
    bench = Bench(training=TRAINING)
    fit(bench.phases(name, **settings), loop(bench.data, bench.student.streams))
    return weights(bench.student)


@pytest.mark.parametrize(
    ("scheme", "method", "settings"),
    [("scheme1", "logit_mse", {}), ("scheme1_soft_label", "soft_label", {"temperature": 3.0})],
)
def test_scheme_1_is_the_papers_method_to_the_bit(scheme: str, method: str, settings: dict[str, object]) -> None:
    assert equal(trained_student(scheme, **settings), trained_student(method, **settings))
    labelled = trained_student(f"{scheme}_labelled", **settings)
    assert equal(labelled, trained_student(method, **settings, transfer="labelled"))


def test_the_two_variants_of_scheme_1_differ() -> None:
    assert not equal(trained_student("scheme1"), trained_student("scheme1_soft_label", temperature=3.0))


def test_scheme_1_reads_the_pool_unless_it_is_the_labelled_variant() -> None:
    for name, expected in (("scheme1", True), ("scheme1_labelled", False)):
        assert methods.load(name).settings().uses_pool() is expected
    for name, expected in (("scheme1_soft_label", True), ("scheme1_soft_label_labelled", False)):
        assert methods.load(name).settings.model_validate({"temperature": T}).uses_pool() is expected
