"""Soft labels from the teacher of another seed: how far the student follows its own teacher and not any teacher.

A control for fidelity: the recipe is that of soft labels (Hinton, Vinyals & Dean 2015, section 2) and differs in the
teacher alone, which was fine-tuned independently. Each seed of the profile's list learns from the
teacher of the one before it, the first from that of the second; so a seed more trains alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from replication.training.batches import Batch
from replication.training.phases import Context, Phase, Terms
from replication.training.recipes import SoftSettings, soft_terms


class Settings(SoftSettings):
    """As for soft labels."""

    def targets(self) -> Sequence[str]:
        """The logits of the other teacher."""
        return ("other_logits",)


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase: hard loss on the labelled items, soft loss on all."""

    def terms(batch: Batch) -> Terms:
        return soft_terms(context.student(batch).logits, batch, batch.targets["other_logits"], context.settings)

    yield context.single_phase(terms)
