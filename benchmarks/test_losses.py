"""The losses, forward and backward, beside the same thing put together from torch's own functions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture
from torch import Tensor
from torch.nn import functional

from replication import losses

T = 2.0
BATCH, CLASSES = 64, 10
Loss = Callable[[Tensor, Tensor], Tensor]


def kl_div(student: Tensor, teacher: Tensor) -> Tensor:
    """T²·KL by torch's `kl_div`."""
    log_student, log_teacher = (functional.log_softmax(logits / T, dim=-1) for logits in (student, teacher))
    return T**2 * functional.kl_div(log_student, log_teacher, reduction="batchmean", log_target=True)


def mse_loss(student: Tensor, teacher: Tensor) -> Tensor:
    """½·Σ² by torch's `mse_loss`."""
    return 0.5 * functional.mse_loss(student, teacher, reduction="sum") / len(student)


def soft_divergence(student: Tensor, teacher: Tensor) -> Tensor:
    """The suite's, at T."""
    return losses.soft_divergence(student, teacher, T)


PAIRS: dict[str, tuple[Loss, Loss]] = {
    "soft": (soft_divergence, kl_div),
    "logits": (losses.logit_mse, mse_loss),
}


def gradient(loss: Loss, student: Tensor, teacher: Tensor) -> Tensor:
    """Forward and backward."""
    (found,) = torch.autograd.grad(loss(student, teacher), student)
    return found


@pytest.mark.parametrize("peer", ["suite", "torch"])
@pytest.mark.parametrize("name", PAIRS)
def test_loss(benchmark: BenchmarkFixture, name: str, peer: str) -> None:
    generator = torch.Generator().manual_seed(0)
    student, teacher = (torch.randn((BATCH, CLASSES), generator=generator) for _ in range(2))
    student.requires_grad_()
    ours, theirs = PAIRS[name]
    torch.testing.assert_close(gradient(ours, student, teacher), gradient(theirs, student, teacher))
    benchmark.group = f"loss: {name}, {BATCH} items"
    benchmark(gradient, ours if peer == "suite" else theirs, student, teacher)
