"""Pseudo-labels: the teacher's most likely class as a hard label on the transfer pool (Lee 2013).

A control: it has all the inputs that soft labels have, and of the teacher's word the argmax alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from replication.losses import WITHHELD, cross_entropy
from replication.strict import Weight
from replication.training.batches import Batch
from replication.training.phases import Context, Phase, TeacherSettings, Term, Terms


class Settings(TeacherSettings):
    """hard_weight·CE(y, z_s) on the labelled items + pseudo_weight·CE(argmax z_t, z_s) on the pool."""

    hard_weight: Weight = 1.0
    pseudo_weight: Weight = 1.0


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase."""
    settings = context.settings

    def terms(batch: Batch) -> Terms:
        logits = context.student(batch).logits
        guessed = batch.targets["logits"].argmax(dim=-1)
        pseudo = guessed.where(batch.labels == WITHHELD, WITHHELD)
        return {
            "hard": Term(cross_entropy(logits, batch.labels), settings.hard_weight),
            "pseudo": Term(cross_entropy(logits, pseudo), settings.pseudo_weight),
        }

    yield context.single_phase(terms)
