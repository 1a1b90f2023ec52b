"""Scheme 3: as scheme 2, and the soft loss towards the student is fed back into the teacher's step.

Order inside an iteration: the teacher's step on CE(y, z_t) + feedback_weight·T²·KL(p_t^T ‖ p_s^T), where the student is
as the previous iteration left it and gets no gradient; then the student's step as in scheme 2, on the teacher's logits
after its step.
"""

from __future__ import annotations

from collections.abc import Iterator

from replication.losses import cross_entropy, soft_divergence
from replication.strict import Weight
from replication.training.batches import Batch
from replication.training.phases import Context, Phase, Term, Terms
from replication.training.recipes import JointSettings, joint_phase, soft_terms


class Settings(JointSettings):
    """As for scheme 2, and the weight of the feedback."""

    feedback_weight: Weight = 1.0


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase of two updates: the teacher's with feedback, then the student's."""
    student, teacher, settings = context.student, context.teacher.network, context.settings

    def teach(batch: Batch) -> Terms:
        taught, followed = teacher(batch).logits, student.target(batch).logits
        feedback = soft_divergence(followed, taught, settings.temperature)
        return {
            "hard": Term(cross_entropy(taught, batch.labels)),
            "feedback": Term(feedback, settings.feedback_weight),
        }

    def learn(batch: Batch) -> Terms:
        return soft_terms(student(batch).logits, batch, teacher.target(batch).logits, settings)

    yield joint_phase(context, teach, learn)
