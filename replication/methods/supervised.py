"""Cross-entropy on the labels alone: the yardstick that every other method is held against."""

from __future__ import annotations

from collections.abc import Iterator

from replication.losses import cross_entropy
from replication.training.batches import Batch
from replication.training.phases import Context, MethodSettings, Phase, Term, Terms


class Settings(MethodSettings):
    """Nothing to set."""


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase on the labelled items."""

    def terms(batch: Batch) -> Terms:
        return {"hard": Term(cross_entropy(context.student(batch).logits, batch.labels))}

    yield context.single_phase(terms)
