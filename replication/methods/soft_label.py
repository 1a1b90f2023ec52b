"""Soft labels: the student matches the teacher's softened probabilities (Hinton, Vinyals & Dean 2015, section 2)."""

from __future__ import annotations

from collections.abc import Iterator

from replication.training.batches import Batch
from replication.training.phases import Context, Phase, Terms
from replication.training.recipes import SoftSettings, soft_terms


class Settings(SoftSettings):
    """hard_weight·CE(y, z_s) + soft_weight·T²·KL(p_t^T ‖ p_s^T)."""


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase: hard loss on the labelled items, soft loss on all."""

    def terms(batch: Batch) -> Terms:
        return soft_terms(context.student(batch).logits, batch, batch.targets["logits"], context.settings)

    yield context.single_phase(terms)
