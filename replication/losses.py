"""The losses: pure functions from tensors to a scalar tensor, with the equation and where it comes from.

Notation: B items in the batch, C classes, T the temperature, p^T = softmax(z / T). Logits may be bfloat16; every loss
is computed in float32.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

WITHHELD = -100
"""The label of an item whose label is not known to the trainer."""


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy over the labelled items of a batch: −(1/|labelled|) Σ_b log softmax(z_b)[y_b].

    Args:
        logits: [B, C].
        labels: [B] class indices; items marked `WITHHELD` do not count.

    Returns:
        A scalar in nats; 0, with a zero gradient, when the batch has no labelled item.
    """
    total = F.cross_entropy(logits.float(), labels, ignore_index=WITHHELD, reduction="sum")
    return total / (labels != WITHHELD).sum().clamp(min=1)


def soft_cross_entropy(student_logits: Tensor, teacher_logits: Tensor, temperature: float) -> Tensor:
    """T²·KL(p_t^T ‖ p_s^T), summed over classes, averaged over the batch (Hinton, Vinyals & Dean 2015, section 2).

    The factor T² keeps the size of the gradient when T changes: the gradient in z_s is T·(p_s^T − p_t^T)/B, and for
    large T and centred logits it tends to (z_s − z_t)/(C·B) (their equation 4). The teacher's entropy is subtracted, so
    that the value is 0 where the student matches the teacher; in the student it changes no gradient. Differentiable in
    both.

    Args:
        student_logits: [B, C].
        teacher_logits: [B, C], not detached here: the caller decides whether a gradient may reach the teacher.
        temperature: T > 0.

    Returns:
        A scalar in nats, times T².
    """
    student = F.log_softmax(student_logits.float() / temperature, dim=-1)
    teacher = F.log_softmax(teacher_logits.float() / temperature, dim=-1)
    divergence = (teacher.exp() * (teacher - student)).sum(dim=-1)
    return temperature**2 * divergence.mean()


def logit_mse(student_logits: Tensor, teacher_logits: Tensor) -> Tensor:
    """½·mean over the batch of Σ_c (z_s − z_t)² (Ba & Caruana 2014, section 2.2, equation 1).

    Args:
        student_logits: [B, C].
        teacher_logits: [B, C].

    Returns:
        A scalar in squared logits. There is no temperature in it.
    """
    return 0.5 * (student_logits.float() - teacher_logits.float()).square().sum(dim=-1).mean()


def softened(logits: Tensor, temperature: float) -> Tensor:
    """p^T = softmax(z / T) along the last axis, in float32."""
    return torch.softmax(logits.float() / temperature, dim=-1)
