"""Logit regression: the student matches the teacher's logits by squared error (Ba & Caruana 2014, section 2.2).

The paper trains on the logits alone; `hard_weight` adds the labels for comparison with soft labels at equal weights.
"""

from __future__ import annotations

from collections.abc import Iterator

from replication.training.batches import Batch
from replication.training.phases import Context, Phase, Terms
from replication.training.recipes import LogitSettings, logit_terms


class Settings(LogitSettings):
    """hard_weight·CE(y, z_s) + soft_weight·½‖z_s − z_t‖²."""


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase: squared error of the logits on all items, cross-entropy on the labelled ones if it has a weight."""

    def terms(batch: Batch) -> Terms:
        return logit_terms(context.student(batch).logits, batch, batch.targets["logits"], context.settings)

    yield context.single_phase(terms)
