"""Scheme 1, the article's variant: the teacher is trained and frozen, its logits stored; the student regresses on them.

The loss is that of Ba & Caruana 2014, section 2.2, which the article calls Caruana's traditional method.
"""

from __future__ import annotations

from collections.abc import Iterator

from replication.training.batches import Batch
from replication.training.phases import Context, Phase, Terms
from replication.training.recipes import LogitSettings, logit_terms


class Settings(LogitSettings):
    """As for logit regression, on the labelled items and the transfer pool."""


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase: squared error of the logits."""

    def terms(batch: Batch) -> Terms:
        return logit_terms(context.student(batch).logits, batch, batch.targets["logits"], context.settings)

    yield context.single_phase(terms)
