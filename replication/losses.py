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


def soft_divergence(student_logits: Tensor, teacher_logits: Tensor, temperature: float) -> Tensor:
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


def divergence(probabilities: Tensor, logits: Tensor) -> Tensor:
    """KL(p ‖ softmax(z)), summed over classes, averaged over the batch.

    Args:
        probabilities: p, [B, C], such as a mean over several teachers at T.
        logits: z, [B, C], already divided by T.

    Returns:
        A scalar in nats. 0·log 0 counts as 0.
    """
    entropy: Tensor = torch.special.entr(probabilities.float()).sum(dim=-1)
    cross = -(probabilities.float() * F.log_softmax(logits.float(), dim=-1)).sum(dim=-1)
    difference: Tensor = cross - entropy
    return difference.mean()


def smoothed_cross_entropy(logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    """Cross-entropy to (1 − ε)·one-hot + ε/C (Szegedy et al. 2016, section 7), over the labelled items as above.

    Args:
        logits: [B, C].
        labels: [B] class indices; items marked `WITHHELD` do not count.
        smoothing: ε in [0, 1).
    """
    total = F.cross_entropy(logits.float(), labels, ignore_index=WITHHELD, reduction="sum", label_smoothing=smoothing)
    return total / (labels != WITHHELD).sum().clamp(min=1)


def hint_loss(guessed: Tensor, hint: Tensor) -> Tensor:
    """½·mean over the batch of ‖u_h − r(v_g)‖² (Romero et al. 2015, equation 3).

    Args:
        guessed: r(v_g), [B, W], the regressor's output on the student's guided layer.
        hint: u_h, [B, W], the teacher's state.
    """
    return 0.5 * (guessed.float() - hint.float()).square().sum(dim=-1).mean()


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
