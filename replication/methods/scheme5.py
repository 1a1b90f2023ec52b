"""Scheme 5: several teachers, BERT and the historical TextCNN that is in service today.

The teachers' probabilities at T are averaged: a mean of KLs is the KL to the mean probability, not to mean logits, and
the two networks' logits differ in scale.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from replication.errors import UserError
from replication.losses import softened
from replication.strict import Weight
from replication.training.batches import Batch
from replication.training.phases import Context, Phase, Terms
from replication.training.recipes import SoftSettings, averaged_terms


class Settings(SoftSettings):
    """hard_weight·CE(y, z_s) + soft_weight·T²·KL(p̄^T ‖ p_s^T), p̄ the weighted mean of the teachers' probabilities."""

    teacher_weight: Weight = 0.5
    historical_weight: Weight = 0.5
    """Weights in the mean; they are divided by their sum."""

    def targets(self) -> Sequence[str]:
        """The logits of both teachers."""
        return ("logits", "historical_logits")


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase: hard loss on the labelled items, soft loss on all."""
    settings = context.settings
    total = settings.teacher_weight + settings.historical_weight
    if not total:
        raise UserError("scheme5: teacher_weight and historical_weight are both 0; give one of them a weight")

    def terms(batch: Batch) -> Terms:
        taught = softened(batch.targets["logits"], settings.temperature)
        historical = softened(batch.targets["historical_logits"], settings.temperature)
        taught = settings.teacher_weight / total * taught + settings.historical_weight / total * historical
        return averaged_terms(context.student(batch).logits, batch, taught, settings)

    yield context.single_phase(terms)
