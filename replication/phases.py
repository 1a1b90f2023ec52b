"""The method contract: what is learned in which phase. The loop in `train` owns everything else.

A method is a file in `replication/methods/` with a `Settings` model and a generator::

    def phases(context: Context[Settings]) -> Iterator[Phase]

A phase is a number of iterations; an iteration is one or more updates in order, each one optimiser step on some
modules for named, weighted loss terms. Auxiliary modules are made inside the generator (and thrown away with it);
stages are phases yielded one after the other, and the generator goes on only when a phase has been trained, so it may
decide by the result; networks trained together are updates of one phase, in the order in which they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, Protocol, TypeVar

from torch import Tensor, nn

from replication.batches import Batch
from replication.config import Strict, Training
from replication.network import Network


@dataclass(frozen=True)
class Term:
    """One part of a loss: a scalar and the weight with which it is added."""

    value: Tensor
    weight: float = 1.0


Terms = Mapping[str, Term]


@dataclass(frozen=True)
class Update:
    """One optimiser step of every iteration."""

    name: str
    train: Sequence[nn.Module]
    """The modules that learn. Gradients reach nothing else, whatever the terms depend on."""
    terms: Callable[[Batch], Terms]
    training: Training
    optimiser: Literal["adamw", "sgd"] = "adamw"


@dataclass(frozen=True)
class Selection:
    """A network whose best state on validation is kept when the phase ends."""

    name: str
    module: nn.Module
    score: Callable[[], float]
    """Higher is better; called with the module in evaluation mode and without gradients."""


@dataclass(frozen=True)
class Phase:
    """A stretch of training with fixed roles."""

    name: str
    iterations: int
    updates: Sequence[Update]
    selections: Sequence[Selection]
    evaluations: int
    patience: int | None = None
    keep_optimisers: bool = False
    """Carry each update's optimiser state on from the phase before (by the update's name); the schedule restarts."""


class MethodSettings(Strict):
    """What a method reads besides the student's settings.

    A field that has the name of a shared top-level parameter (`temperature`) takes its value from there unless
    `method_settings.<method>` sets it.
    """

    def targets(self) -> Sequence[str]:
        """Names of the stored teacher outputs that the method learns from (`logits`, …)."""
        return ()

    def uses_pool(self) -> bool:
        """Whether the training items include the transfer pool."""
        return False


class TeacherSettings(MethodSettings):
    """The settings of a method that learns from the stored logits of the teacher."""

    transfer: Literal["all", "labelled"] = "all"
    """`all`: labelled items and the transfer pool; `labelled`: the labelled items alone, the article's setting."""

    def targets(self) -> Sequence[str]:
        """The teacher's logits."""
        return ("logits",)

    def uses_pool(self) -> bool:
        """True unless `transfer` is `labelled`."""
        return self.transfer == "all"


AnySettings = TypeVar("AnySettings", bound=MethodSettings)


@dataclass(frozen=True)
class Context(Generic[AnySettings]):
    """What a method is given."""

    settings: AnySettings
    student: Network
    """The network that learns: the TextCNN, or BERT where the teacher itself is trained."""
    training: Training
    """The budget that every arm has: its phases' iterations add up to `training.iterations`."""
    validation: Callable[[Network], float]
    """Macro-F1 of a network on the validation set."""
    widths: Mapping[str, int] = field(default_factory=dict)
    """The size of each stored target's last axis, by name."""

    def single_phase(self, terms: Callable[[Batch], Terms]) -> Phase:
        """The common case: the student alone, for the whole budget, selected by validation macro-F1."""
        student = self.student
        return Phase(
            name="student",
            iterations=self.training.iterations,
            updates=[Update("student", [student], terms, self.training)],
            selections=[Selection("student", student, lambda: self.validation(student))],
            evaluations=self.training.evaluations,
            patience=self.training.patience,
        )


class Method(Protocol):
    """What a file in `replication/methods/` offers."""

    Settings: type[MethodSettings]

    @staticmethod
    def phases(context: Context[MethodSettings]) -> object:
        """Yield the phases in order."""
