"""Scheme 1 in the article's literal setting: the frozen teacher's logits of the labelled items alone, no transfer pool.

The loss is that of Ba & Caruana 2014, section 2.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from replication.training.batches import Batch
from replication.training.phases import Context, Phase, Terms
from replication.training.recipes import LogitSettings, logit_terms


class Settings(LogitSettings):
    """As for logit regression, on the labelled items."""

    transfer: Literal["all", "labelled"] = "labelled"


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase: squared error of the logits."""

    def terms(batch: Batch) -> Terms:
        return logit_terms(context.student(batch).logits, batch, batch.targets["logits"], context.settings)

    yield context.single_phase(terms)
