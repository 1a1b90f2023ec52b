from __future__ import annotations

import math

import pytest
import torch

from replication.losses import (
    WITHHELD,
    cross_entropy,
    divergence,
    hint_loss,
    logit_mse,
    smoothed_cross_entropy,
    soft_divergence,
    softened,
)

STUDENT = torch.tensor([[1.0, -0.5, 0.2], [0.0, 2.0, -1.0]], dtype=torch.float64)
TEACHER = torch.tensor([[2.0, 0.0, -1.0], [0.5, 0.5, 0.0]], dtype=torch.float64)


def gradient_in_student(temperature: float, student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    student = student.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(soft_divergence(student, teacher, temperature), student)
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
    assert soft_divergence(student, teacher, 2.0).item() == pytest.approx(expected, rel=1e-6)


def test_soft_loss_sums_over_classes_and_averages_over_items() -> None:
    """Not the mean over classes too, which is N times too small."""
    one = soft_divergence(STUDENT[:1], TEACHER[:1], 3.0)
    two = soft_divergence(STUDENT[1:], TEACHER[1:], 3.0)
    assert soft_divergence(STUDENT, TEACHER, 3.0).item() == pytest.approx((one + two).item() / 2, rel=1e-6)


def test_soft_loss_is_zero_at_the_teacher_and_positive_elsewhere() -> None:
    assert soft_divergence(TEACHER, TEACHER, 2.0).item() == pytest.approx(0.0, abs=1e-7)
    assert soft_divergence(STUDENT, TEACHER, 2.0).item() > 0.01


def test_soft_loss_lets_a_gradient_into_the_teacher_when_it_is_not_detached() -> None:
    teacher = TEACHER.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(soft_divergence(STUDENT, teacher, 2.0), teacher)
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
    assert soft_divergence(STUDENT.bfloat16(), TEACHER.bfloat16(), 2.0).dtype == torch.float32
    assert logit_mse(STUDENT.bfloat16(), TEACHER.bfloat16()).dtype == torch.float32


def test_divergence_is_that_of_torch_and_its_gradient_the_difference_of_probabilities() -> None:
    probabilities = softened(TEACHER, 1.0)
    student = STUDENT.float().requires_grad_()
    found = divergence(probabilities, student)
    expected = torch.nn.functional.kl_div(torch.log_softmax(STUDENT.float(), -1), probabilities, reduction="batchmean")
    assert found.item() == pytest.approx(expected.item(), rel=1e-6)
    (gradient,) = torch.autograd.grad(found, student)
    torch.testing.assert_close(gradient, (softened(STUDENT, 1.0) - probabilities) / 2)


def test_divergence_counts_zero_times_log_zero_as_zero() -> None:
    probabilities = torch.tensor([[1.0, 0.0], [0.25, 0.75]])
    student = torch.zeros((2, 2), requires_grad=True)
    found = divergence(probabilities, student)
    hand = (math.log(2.0) + 0.25 * math.log(0.25 / 0.5) + 0.75 * math.log(0.75 / 0.5)) / 2
    assert found.item() == pytest.approx(hand, rel=1e-6)
    (gradient,) = torch.autograd.grad(found, student)
    torch.testing.assert_close(gradient, (0.5 - probabilities) / 2)


def test_divergence_at_the_temperature_is_the_soft_loss() -> None:
    found = 9 * divergence(softened(TEACHER, 3.0), STUDENT / 3.0)
    assert found.item() == pytest.approx(soft_divergence(STUDENT, TEACHER, 3.0).item(), rel=1e-5)


def test_a_mean_of_divergences_has_the_gradient_of_the_divergence_to_the_mean_and_not_of_that_to_mean_logits() -> None:
    other = torch.tensor([[-3.0, 1.0, 0.5], [4.0, -2.0, 1.0]])
    teachers = [(0.7, TEACHER.float()), (0.3, other)]

    def gradient(loss: torch.Tensor, student: torch.Tensor) -> torch.Tensor:
        return torch.autograd.grad(loss, student)[0]

    student = STUDENT.float().requires_grad_()
    scaled = student / 2.0
    apart = torch.stack([weight * divergence(softened(logits, 2.0), scaled) for weight, logits in teachers]).sum()
    mean = torch.stack([weight * softened(logits, 2.0) for weight, logits in teachers]).sum(dim=0)
    mean_logits = torch.stack([weight * logits for weight, logits in teachers]).sum(dim=0)
    torch.testing.assert_close(gradient(apart, student), gradient(divergence(mean, student / 2.0), student))
    towards_logits = gradient(divergence(softened(mean_logits, 2.0), student / 2.0), student)
    assert (gradient(divergence(mean, student / 2.0), student) - towards_logits).abs().max() > 0.01


def test_smoothed_cross_entropy_by_hand() -> None:
    logits = torch.tensor([[math.log(3.0), 0.0], [0.0, math.log(7.0)], [5.0, 5.0]])
    labels = torch.tensor([0, 0, WITHHELD])
    # epsilon 0.2 and two classes: 0.9 on the label, 0.1 on the other.
    first = -0.9 * math.log(3 / 4) - 0.1 * math.log(1 / 4)
    second = -0.9 * math.log(1 / 8) - 0.1 * math.log(7 / 8)
    assert smoothed_cross_entropy(logits, labels, 0.2).item() == pytest.approx((first + second) / 2, rel=1e-6)


def test_smoothed_cross_entropy_without_smoothing_is_cross_entropy() -> None:
    labels = torch.tensor([2, 0])
    assert torch.equal(smoothed_cross_entropy(STUDENT, labels, 0.0), cross_entropy(STUDENT, labels))
    withheld = torch.tensor([WITHHELD, WITHHELD])
    assert smoothed_cross_entropy(STUDENT, withheld, 0.1).item() == 0


def test_hint_loss_by_hand_and_its_gradient() -> None:
    guessed = torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]], requires_grad=True)
    hint = torch.tensor([[0.0, 0.0, 1.0], [2.0, 0.0, -1.0]])
    loss = hint_loss(guessed, hint)
    (gradient,) = torch.autograd.grad(loss, guessed)
    assert loss.item() == pytest.approx(0.5 * ((1 + 4 + 4) + (4 + 1)) / 2)
    torch.testing.assert_close(gradient, (guessed - hint).detach() / 2)
