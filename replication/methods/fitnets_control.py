"""Control of FitNets: its second stage alone, which takes the whole budget.

The loss is that of Romero et al. 2015, equation 2, without T²: at τ its gradient is τ² times weaker than that of soft
labels of the same weight (Hinton, Vinyals & Dean 2015, section 2). So a difference between FitNets and soft labels is
not all due to the hints; the difference between FitNets and this control is.
"""

from __future__ import annotations

from collections.abc import Iterator

from replication.losses import cross_entropy, soft_divergence
from replication.strict import Positive
from replication.training.batches import Batch
from replication.training.phases import Context, Phase, TeacherSettings, Term, Terms


class Settings(TeacherSettings):
    """CE(y, z_s) + λ·CE(p_t^τ, p_s^τ), λ falling linearly."""

    tau: Positive = 3.0
    lambda_first: Positive = 4.0
    lambda_last: Positive = 1.0


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase: hard loss on the labelled items, soft loss on all."""
    settings = context.settings

    def terms(batch: Batch) -> Terms:
        logits = context.student(batch).logits
        weight = settings.lambda_first + (settings.lambda_last - settings.lambda_first) * batch.progress
        soft = soft_divergence(logits, batch.targets["logits"], settings.tau) / settings.tau**2
        return {"hard": Term(cross_entropy(logits, batch.labels)), "soft": Term(soft, weight)}

    yield context.single_phase(terms)
