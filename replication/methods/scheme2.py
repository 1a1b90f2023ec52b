"""Scheme 2: teacher and student are trained together, their parameters isolated.

In each iteration the teacher takes one step on the labels, then hands its logits after that step over; the student
takes one step on hard and soft loss. No gradient crosses.
"""

from __future__ import annotations

from collections.abc import Iterator

from replication.training.batches import Batch
from replication.training.phases import Context, Phase, Terms
from replication.training.recipes import JointSettings, joint_phase, on_labels, soft_terms


class Settings(JointSettings):
    """Teacher: CE(y, z_t). Student: the loss of soft labels towards the teacher's logits of the moment."""


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase of two updates: the teacher's, then the student's."""
    student, teacher = context.student, context.teacher.network

    def teach(batch: Batch) -> Terms:
        return {"hard": on_labels(teacher, batch)}

    def learn(batch: Batch) -> Terms:
        return soft_terms(student(batch).logits, batch, teacher.target(batch).logits, context.settings)

    yield joint_phase(context, teach, learn)
