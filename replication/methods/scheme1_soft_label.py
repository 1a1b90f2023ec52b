"""Scheme 1, variant: as `scheme1`, but the student matches the frozen teacher's softened probabilities.

The loss is that of Hinton, Vinyals & Dean 2015, section 2.
"""

from __future__ import annotations

from collections.abc import Iterator

from replication.training.batches import Batch
from replication.training.phases import Context, Phase, Terms
from replication.training.recipes import SoftSettings, soft_terms


class Settings(SoftSettings):
    """As for soft labels, on the labelled items and the transfer pool."""


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase: hard loss on the labelled items, soft loss on all."""

    def terms(batch: Batch) -> Terms:
        return soft_terms(context.student(batch).logits, batch, batch.targets["logits"], context.settings)

    yield context.single_phase(terms)
