"""Scheme 1 with soft labels in the article's literal setting: the labelled items alone, no transfer pool.

The loss is that of Hinton, Vinyals & Dean 2015, section 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from replication.training.batches import Batch
from replication.training.phases import Context, Phase, Terms
from replication.training.recipes import SoftSettings, soft_terms


class Settings(SoftSettings):
    """As for soft labels, on the labelled items."""

    transfer: Literal["all", "labelled"] = "labelled"


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase: hard and soft loss on the labelled items."""

    def terms(batch: Batch) -> Terms:
        return soft_terms(context.student(batch).logits, batch, batch.targets["logits"], context.settings)

    yield context.single_phase(terms)
