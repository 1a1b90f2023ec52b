"""FitNets: a hint stage, then soft labels (Romero et al. 2015, sections 2.2 and 2.3).

Stage 1 trains the student up to its guided layer so that a linear regressor gets from it the state of a middle layer of
the teacher; what follows the guided layer is not touched, and the regressor is thrown away. Stage 2 trains the whole
student on labels and soft labels. The two must be stages: the paper reports that hint and labels at once failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field
from torch import nn

from replication.errors import UserError
from replication.losses import cross_entropy, hint_loss, soft_divergence
from replication.strict import Positive
from replication.training.batches import Batch
from replication.training.phases import Context, Phase, Selection, TeacherSettings, Term, Terms, Update


class Settings(TeacherSettings):
    """Stage 1: ½‖u_h − r(v_g)‖². Stage 2: CE(y, z_s) + λ·CE(p_t^τ, p_s^τ), λ falling linearly."""

    hint_layer: Annotated[int, Field(ge=1)] = 10
    """The teacher's layer, one of `teacher.hidden_layers`; 1 is the first."""
    guided_layer: str = "features"
    """The student's layer: `features`, the pooled windows, or `embedding`, the mean of the characters' embeddings."""
    hint_share: Annotated[float, Field(gt=0, lt=1)] = 0.3
    """Share of the student's updates that the hint stage takes."""
    tau: Positive = 3.0
    lambda_first: Positive = 4.0
    lambda_last: Positive = 1.0

    def targets(self) -> Sequence[str]:
        """The teacher's logits, and its states at the hint layer."""
        return ("logits", f"hidden{self.hint_layer}")


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """The hint stage, kept by the hint loss on validation, then the student's own."""
    settings, student, training = context.settings, context.student, context.training
    target = f"hidden{settings.hint_layer}"
    try:
        guided = student.until(settings.guided_layer)
    except UserError as error:
        raise UserError(f"method_settings.fitnets.guided_layer: {error}") from None
    width = student.widths[settings.guided_layer]
    regressor = student.streams.initialise("regressor", lambda: nn.Linear(width, context.width(target)))

    def hint(batch: Batch) -> Terms:
        guessed = regressor(student(batch).hidden[settings.guided_layer])
        return {"hint": Term(hint_loss(guessed, batch.targets[target]))}

    stage = nn.ModuleList([guided, regressor])
    iterations = min(max(1, round(settings.hint_share * training.iterations)), training.iterations - 1)
    score = Selection("hint", stage, lambda: -context.mean_on_validation(lambda batch: hint(batch)["hint"].value))
    context.notes["hint_layer"], context.notes["guided_layer"] = settings.hint_layer, settings.guided_layer
    yield Phase(
        "hint", iterations, [Update("hint", [guided, regressor], hint, training)], [score], training.evaluations
    )

    def soft(batch: Batch) -> Terms:
        logits = student(batch).logits
        weight = settings.lambda_first + (settings.lambda_last - settings.lambda_first) * batch.progress
        # T² is no part of the paper's loss: τ·τ is divided out again.
        value = soft_divergence(logits, batch.targets["logits"], settings.tau) / settings.tau**2
        return {"hard": Term(cross_entropy(logits, batch.labels)), "soft": Term(value, weight)}

    yield Phase(
        "student",
        training.iterations - iterations,
        [Update("student", [student], soft, training)],
        [context.selection(student)],
        training.evaluations,
        training.patience,
    )
