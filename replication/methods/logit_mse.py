"""Logit regression: the student matches the teacher's logits by squared error (Ba & Caruana 2014, section 2.2).

The paper trains on the logits alone; `hard_weight` adds the labels for comparison with soft labels at equal weights.
"""

from __future__ import annotations

from collections.abc import Iterator

from replication import losses
from replication.batches import Batch
from replication.config import Weight
from replication.phases import Context, Phase, TeacherSettings, Term, Terms


class Settings(TeacherSettings):
    """hard_weight·CE(y, z_s) + soft_weight·½‖z_s − z_t‖²."""

    hard_weight: Weight = 0.0
    soft_weight: Weight = 1.0


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase: squared error of the logits on all items, cross-entropy on the labelled ones if it has a weight."""
    settings = context.settings

    def terms(batch: Batch) -> Terms:
        logits = context.student(batch).logits
        return {
            "hard": Term(losses.cross_entropy(logits, batch.labels), settings.hard_weight),
            "soft": Term(losses.logit_mse(logits, batch.targets["logits"]), settings.soft_weight),
        }

    yield context.single_phase(terms)
