"""Scheme 4: the losses are added; one update of both networks by one optimiser, as multi-task training does.

CE(y, z_t) + the student's loss of soft labels, with gradients both ways. The optimiser is the teacher's: its learning
rate, its warm-up, its clipping, for both networks.
"""

from __future__ import annotations

from collections.abc import Iterator

from replication.training.batches import Batch
from replication.training.phases import Context, Phase, Terms
from replication.training.recipes import JointSettings, summed_phase, summed_terms


class Settings(JointSettings):
    """CE(y, z_t) + hard_weight·CE(y, z_s) + soft_weight·T²·KL(p_t^T ‖ p_s^T)."""


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase of one update, of both networks."""

    def both(batch: Batch) -> Terms:
        return summed_terms(context, batch)

    yield summed_phase(context, both, own_rate=False)
