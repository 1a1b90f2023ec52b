"""Loss terms that several methods share. Methods never import each other; what two of them share stands here."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from replication.losses import cross_entropy, divergence, logit_mse, soft_divergence
from replication.strict import Positive, Weight
from replication.training.batches import Batch
from replication.training.network import Network
from replication.training.phases import Context, MethodSettings, Phase, TeacherSettings, Term, Terms, Update


class SoftLoss(MethodSettings):
    """hard_weight·CE(y, z_s) + soft_weight·T²·KL(p_t^T ‖ p_s^T) (Hinton, Vinyals & Dean 2015, section 2)."""

    temperature: Positive
    hard_weight: Weight = 1.0
    soft_weight: Weight = 1.0


class SoftSettings(TeacherSettings, SoftLoss):
    """The soft loss towards a teacher whose logits are stored."""


class LogitSettings(TeacherSettings):
    """hard_weight·CE(y, z_s) + soft_weight·½‖z_s − z_t‖² (Ba & Caruana 2014, section 2.2)."""

    hard_weight: Weight = 0.0
    soft_weight: Weight = 1.0


def soft_terms(logits: Tensor, batch: Batch, taught: Tensor, settings: SoftLoss) -> Terms:
    """Hard loss on the labelled items, soft loss on all.

    Args:
        logits: the student's, [B, C].
        batch: with the labels.
        taught: the teacher's logits, [B, C]; detach them where no gradient may reach the teacher.
        settings: weights and temperature.
    """
    return {
        "hard": Term(cross_entropy(logits, batch.labels), settings.hard_weight),
        "soft": Term(soft_divergence(logits, taught, settings.temperature), settings.soft_weight),
    }


def logit_terms(logits: Tensor, batch: Batch, taught: Tensor, settings: LogitSettings) -> Terms:
    """Cross-entropy on the labelled items, squared error of the logits on all; arguments as in `soft_terms`."""
    return {
        "hard": Term(cross_entropy(logits, batch.labels), settings.hard_weight),
        "soft": Term(logit_mse(logits, taught), settings.soft_weight),
    }


def averaged_terms(logits: Tensor, batch: Batch, taught: Tensor, settings: SoftLoss) -> Terms:
    """As `soft_terms`, towards probabilities at T, [B, C], such as a mean over teachers."""
    soft = settings.temperature**2 * divergence(taught, logits / settings.temperature)
    return {
        "hard": Term(cross_entropy(logits, batch.labels), settings.hard_weight),
        "soft": Term(soft, settings.soft_weight),
    }


class JointSettings(SoftLoss):
    """The settings of a scheme that trains BERT beside the student, on labelled items and transfer pool."""

    def uses_pool(self) -> bool:
        """True."""
        return True

    def trains_teacher(self) -> bool:
        """True."""
        return True


Joint = Context[JointSettings]


def on_labels(teacher: Network, batch: Batch) -> Term:
    """The teacher's cross-entropy: a pass over the labelled items alone, where the teacher learns from nothing else."""
    labelled = batch.labelled()
    return Term(cross_entropy(teacher(labelled).logits, labelled.labels))


def joint_phase(context: Joint, teach: Callable[[Batch], Terms], learn: Callable[[Batch], Terms]) -> Phase:
    """In each iteration the teacher's step, then the student's; each network's best state on validation is kept."""
    teacher = context.teacher
    updates = [
        Update("teacher", [teacher.network], teach, teacher.training),
        Update("student", [context.student], learn, context.training),
    ]
    return _both(context, updates)


def summed_phase(context: Joint, terms: Callable[[Batch], Terms], own_rate: bool) -> Phase:
    """One update of both networks by the teacher's optimiser; `own_rate`: the student at its own learning rate."""
    teacher = context.teacher
    factor = context.training.learning_rate / teacher.training.learning_rate if own_rate else 1.0
    update = Update("sum", [teacher.network, context.student], terms, teacher.training, scales=[1.0, factor])
    return _both(context, [update])


def summed_terms(context: Joint, batch: Batch) -> Terms:
    """CE(y, z_t) + hard_weight·CE(y, z_s) + soft_weight·T²·KL(p_t^T ‖ p_s^T), with gradients both ways."""
    taught = context.teacher.network(batch).logits
    student = soft_terms(context.student(batch).logits, batch, taught, context.settings)
    return {"teacher_hard": Term(cross_entropy(taught, batch.labels)), **student}


def _both(context: Joint, updates: list[Update]) -> Phase:
    training = context.training
    selections = [context.selection(context.teacher.network), context.selection(context.student)]
    return Phase("joint", training.iterations, updates, selections, training.evaluations, training.patience)
