"""Label smoothing: robustness to noise without a teacher (Szegedy et al. 2016, section 7)."""

from __future__ import annotations

from collections.abc import Iterator

from replication.losses import smoothed_cross_entropy
from replication.strict import Fraction
from replication.training.batches import Batch
from replication.training.phases import Context, MethodSettings, Phase, Term, Terms


class Settings(MethodSettings):
    """CE of (1 − ε)·one-hot + ε/C."""

    smoothing: Fraction = 0.1


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase on the labelled items."""

    def terms(batch: Batch) -> Terms:
        logits = context.student(batch).logits
        return {"hard": Term(smoothed_cross_entropy(logits, batch.labels, context.settings.smoothing))}

    yield context.single_phase(terms)
