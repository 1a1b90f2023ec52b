"""The method contract: what is learned in which phase. The loop in `train` owns everything else.

A method is a file in `replication/methods/` with a `Settings` model and a generator::

    def phases(context: Context[Settings]) -> Iterator[Phase]

A phase is a number of iterations; an iteration is one or more updates in order, each one optimiser step on some
modules for named, weighted loss terms. Auxiliary modules are made inside the generator (and thrown away with it), by
`student.streams.initialise(name, make)`, so that they start the same whatever was drawn before;
stages are phases yielded one after the other, and the generator goes on only when a phase has been trained, so it may
decide by the result; networks trained together are updates of one phase, in the order in which they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, Protocol, TypeVar

import torch
from torch import Tensor, nn

from replication.config import Training
from replication.strict import Strict
from replication.training.batches import Batch, Items
from replication.training.network import Network


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
    scales: Sequence[float] = ()
    """For each module of `train` a factor on the learning rate; empty: 1 for all."""


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
    """Carry each update's optimiser state on from the phase before (by the update's name)."""
    schedule: tuple[int, int] | None = None
    """Where the phase stands on a learning-rate schedule longer than itself: the iterations before it, and in all."""


class MethodSettings(Strict):
    """What a method reads besides the student's settings, and what it needs of the pipeline.

    A field that has the name of a shared top-level parameter (`temperature`) takes its value from there unless
    `method_settings.<method>` sets it.
    """

    def targets(self) -> Sequence[str]:
        """Names of the stored outputs that the method learns from, as `TARGETS` lists them."""
        return ()

    def uses_pool(self) -> bool:
        """Whether the training items include the transfer pool."""
        return False

    def trains_teacher(self) -> bool:
        """Whether a BERT is trained beside the student, from its pre-trained state."""
        return False

    def walks_route(self) -> bool:
        """Whether the states along the teacher's own training are needed."""
        return False


TARGETS = {
    "logits": "the teacher's, of the same seed",
    "other_logits": "of the teacher of another seed",
    "historical_logits": "of the historical TextCNN of the same seed",
    "hidden<k>": "pooled hidden states of the teacher's layer k",
}
"""What `MethodSettings.targets` may name. All are stored by item id for labelled, pool and validation items."""


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


AnySettings = TypeVar("AnySettings", bound=MethodSettings, covariant=True)


@dataclass(frozen=True)
class JointTeacher:
    """The BERT that is trained beside the student."""

    network: Network
    training: Training
    """Its own settings; its iterations are the student's, so that its schedule spans them."""


class Route(Protocol):
    """The states along the teacher's training."""

    points: Sequence[int | None]
    """After how many iterations of the teacher's training each state was, in order; None is the end, the state that
    validation kept, which lies after all of them."""

    def logits(self, point: int | None) -> Tensor:
        """The teacher's logits at that point, of the training items: [N, C]."""

    def on_validation(self, point: int | None) -> Tensor:
        """The same of the validation items."""


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
    held_out: Items
    """The validation items, with labels and targets as the training items have them."""
    joint: JointTeacher | None = None
    """Where `settings.trains_teacher()`."""
    route: Route | None = None
    """Where `settings.walks_route()`."""
    notes: dict[str, Any] = field(default_factory=dict)
    """What the method wants its record to say, as JSON values."""

    @property
    def teacher(self) -> JointTeacher:
        """The BERT that is trained beside the student, for a method whose settings say that there is one."""
        assert self.joint is not None, "settings.trains_teacher() must say so"
        return self.joint

    @property
    def walked(self) -> Route:
        """The teacher's route, for a method whose settings say that it walks it."""
        assert self.route is not None, "settings.walks_route() must say so"
        return self.route

    def predictions_on_validation(self) -> Tensor:
        """The student's logits of the validation items, [N, C], in evaluation mode."""
        reads = self.student.reads
        return self.student.predict(self.held_out.inputs[reads], self.held_out.lengths[reads]).logits

    def mean_on_validation(self, loss: Callable[[Batch], Tensor]) -> float:
        """Mean of a loss that is a mean over its batch, over the validation items."""
        items, total = self.held_out, 0.0
        every = torch.arange(len(items.labels))
        for rows in torch.split(every, self.training.batch_size):
            total += float(loss(items.batch(rows))) * len(rows)
        return total / len(every)

    def width(self, target: str) -> int:
        """The size of a stored target's last axis."""
        return self.held_out.targets[target].shape[-1]

    def selection(self, network: Network) -> Selection:
        """Keep the state with the best validation macro-F1: the rule of every arm."""
        return Selection(network.name, network, lambda: self.validation(network))

    def single_phase(self, terms: Callable[[Batch], Terms]) -> Phase:
        """The common case: the student alone, for the whole budget, selected by validation macro-F1."""
        return Phase(
            name="student",
            iterations=self.training.iterations,
            updates=[Update("student", [self.student], terms, self.training)],
            selections=[self.selection(self.student)],
            evaluations=self.training.evaluations,
            patience=self.training.patience,
        )
