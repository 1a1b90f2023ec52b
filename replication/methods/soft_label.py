"""Soft labels: the student matches the teacher's softened probabilities (Hinton, Vinyals & Dean 2015, section 2)."""

from __future__ import annotations

from collections.abc import Iterator

from replication.batches import Batch
from replication.config import Positive, Weight
from replication.losses import cross_entropy, soft_cross_entropy
from replication.phases import Context, Phase, TeacherSettings, Term, Terms


class Settings(TeacherSettings):
    """hard_weight·CE(y, z_s) + soft_weight·T²·KL(p_t^T ‖ p_s^T)."""

    temperature: Positive
    hard_weight: Weight = 1.0
    soft_weight: Weight = 1.0


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase: hard loss on the labelled items, soft loss on all."""
    settings = context.settings

    def terms(batch: Batch) -> Terms:
        logits = context.student(batch).logits
        soft = soft_cross_entropy(logits, batch.targets["logits"], settings.temperature)
        return {
            "hard": Term(cross_entropy(logits, batch.labels), settings.hard_weight),
            "soft": Term(soft, settings.soft_weight),
        }

    yield context.single_phase(terms)
