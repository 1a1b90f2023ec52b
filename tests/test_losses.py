from __future__ import annotations

import math

import pytest
import torch

from replication.losses import WITHHELD, cross_entropy, logit_mse, soft_cross_entropy, softened

STUDENT = torch.tensor([[1.0, -0.5, 0.2], [0.0, 2.0, -1.0]], dtype=torch.float64)
TEACHER = torch.tensor([[2.0, 0.0, -1.0], [0.5, 0.5, 0.0]], dtype=torch.float64)


def gradient_in_student(temperature: float, student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    student = student.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(soft_cross_entropy(student, teacher, temperature), student)
    return gradient


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0, 4.0, 8.0])
def test_soft_gradient_is_the_temperature_times_the_difference_of_probabilities(temperature: float) -> None:
    expected = temperature * (softened(STUDENT, temperature) - softened(TEACHER, temperature)) / 2
    torch.testing.assert_close(gradient_in_student(temperature, STUDENT, TEACHER).float(), expected.float())


def test_soft_gradient_tends_to_logit_matching_as_the_temperature_grows() -> None:
    student, teacher = STUDENT - STUDENT.mean(-1, keepdim=True), TEACHER - TEACHER.mean(-1, keepdim=True)
    limit = ((student - teacher) / (3 * 2)).float()
    distances = [(gradient_in_student(t, student, teacher).float() - limit).abs().max() for t in (2.0, 20.0, 200.0)]
    assert distances[0] > distances[1] > distances[2]
    assert distances[2] < 5e-3


def test_soft_loss_by_hand() -> None:
    student, teacher = torch.tensor([[0.0, 0.0]]), torch.tensor([[2 * math.log(3.0), 0.0]])
    # At T = 2 the teacher says (3/4, 1/4) and the student (1/2, 1/2).
    expected = 4 * (0.75 * math.log(0.75 / 0.5) + 0.25 * math.log(0.25 / 0.5))
    assert soft_cross_entropy(student, teacher, 2.0).item() == pytest.approx(expected, rel=1e-6)


def test_soft_loss_sums_over_classes_and_averages_over_items() -> None:
    """Not the mean over classes too, which is N times too small."""
    one = soft_cross_entropy(STUDENT[:1], TEACHER[:1], 3.0)
    two = soft_cross_entropy(STUDENT[1:], TEACHER[1:], 3.0)
    assert soft_cross_entropy(STUDENT, TEACHER, 3.0).item() == pytest.approx((one + two).item() / 2, rel=1e-6)


def test_soft_loss_is_zero_at_the_teacher_and_positive_elsewhere() -> None:
    assert soft_cross_entropy(TEACHER, TEACHER, 2.0).item() == pytest.approx(0.0, abs=1e-7)
    assert soft_cross_entropy(STUDENT, TEACHER, 2.0).item() > 0.01


def test_soft_loss_lets_a_gradient_into_the_teacher_when_it_is_not_detached() -> None:
    teacher = TEACHER.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(soft_cross_entropy(STUDENT, teacher, 2.0), teacher)
    assert gradient.abs().max() > 0.01


def test_cross_entropy_by_hand_and_without_the_withheld() -> None:
    logits = torch.tensor([[math.log(3.0), 0.0], [0.0, 0.0], [9.0, -9.0]])
    labels = torch.tensor([0, 1, WITHHELD])
    assert cross_entropy(logits, labels).item() == pytest.approx((-math.log(0.75) - math.log(0.5)) / 2, rel=1e-6)


def test_cross_entropy_without_any_label_is_zero_with_zero_gradient() -> None:
    logits = torch.ones((2, 3), requires_grad=True)
    loss = cross_entropy(logits, torch.tensor([WITHHELD, WITHHELD]))
    (gradient,) = torch.autograd.grad(loss, logits)
    assert loss.item() == 0 and not gradient.any()


def test_logit_mse_by_hand_and_its_gradient() -> None:
    student = torch.tensor([[1.0, 2.0], [0.0, 0.0]], requires_grad=True)
    teacher = torch.tensor([[0.0, 0.0], [3.0, 4.0]])
    loss = logit_mse(student, teacher)
    (gradient,) = torch.autograd.grad(loss, student)
    assert loss.item() == pytest.approx((5 + 25) / 4)
    torch.testing.assert_close(gradient, (student - teacher).detach() / 2)


def test_losses_compute_in_float32_from_bfloat16_logits() -> None:
    assert soft_cross_entropy(STUDENT.bfloat16(), TEACHER.bfloat16(), 2.0).dtype == torch.float32
    assert logit_mse(STUDENT.bfloat16(), TEACHER.bfloat16()).dtype == torch.float32
