"""Scheme 4 with the student's own learning rate: tells whether the shared rate explains what scheme 4 does to it.

The losses, the one optimiser, its schedule and its clipping are those of scheme 4; the student's parameters move at the
student's learning rate.
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

    yield summed_phase(context, both, own_rate=True)
