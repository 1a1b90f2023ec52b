"""Control of scheme 5: the same recipe without the historical teacher."""

from __future__ import annotations

from collections.abc import Iterator

from replication.losses import softened
from replication.training.batches import Batch
from replication.training.phases import Context, Phase, Terms
from replication.training.recipes import SoftSettings, averaged_terms


class Settings(SoftSettings):
    """As for scheme 5, with BERT as the only teacher."""


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase: hard loss on the labelled items, soft loss on all."""
    settings = context.settings

    def terms(batch: Batch) -> Terms:
        taught = softened(batch.targets["logits"], settings.temperature)
        return averaged_terms(context.student(batch).logits, batch, taught, settings)

    yield context.single_phase(terms)
