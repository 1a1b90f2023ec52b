"""A bench for single methods: toy networks, plain gradient descent, and gradients worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat

import torch
from torch import Tensor, nn

from replication import methods
from replication.config import Training
from replication.losses import WITHHELD
from replication.training.batches import Batch, Items
from replication.training.loop import Trained, fit
from replication.training.network import Network
from replication.training.phases import Context, JointTeacher, MethodSettings, Phase, Route
from tests.toy import TRAINING, accuracy, beside, items, loop, network

ROWS = torch.arange(0, 96, 6)
"""The fixed batch: 16 items, of which 10 are labelled where the last 40 of all are not."""
STUDENT_RATE, TEACHER_RATE = 8.0, 2.0
"""High, so that one step moves the weights by much more than float32 resolves."""
STEP = TRAINING.model_copy(
    update={"iterations": 1, "warmup": 0.0, "clip_norm": 1e6, "evaluations": 1, "learning_rate": STUDENT_RATE}
)
"""One step at the full rate, never clipped."""
T = 2.0
Weights = dict[str, Tensor]


@dataclass(frozen=True)
class Bench:
    """A student, a teacher on the same random streams, and items without 40 of the labels."""

    training: Training = STEP
    teacher_training: Training = field(default_factory=lambda: STEP.model_copy(update={"learning_rate": TEACHER_RATE}))
    data: Items = field(default_factory=lambda: items(withheld=40))
    held_out: Items = field(default_factory=items)
    teacher: Network = field(default_factory=lambda: network("teacher", width=16))
    student: Network = field(init=False)
    route: Route | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "student", beside(self.teacher, "student"))

    @property
    def batch(self) -> Batch:
        """The fixed batch."""
        return self.data.batch(ROWS)

    def context(self, name: str, **settings: object) -> Context[MethodSettings]:
        """What the method of that name is given."""
        own = methods.load(name).settings.model_validate(settings)
        joint = JointTeacher(self.teacher, self.teacher_training)
        return Context(
            settings=own,
            student=self.student,
            training=self.training,
            validation=lambda model: accuracy(model, self.held_out),
            held_out=self.held_out,
            joint=joint if own.trains_teacher() else None,
            route=self.route if own.walks_route() else None,
        )

    def phases(self, name: str, **settings: object) -> Iterator[Phase]:
        """The phases of a method."""
        return methods.load(name).phases(self.context(name, **settings))

    def step(self, phases: Iterator[Phase]) -> Trained:
        """Carry phases out by plain gradient descent on the fixed batch."""
        self.train_mode()
        return fit(by_descent(phases), replace(loop(self.data, self.student.streams), batches=lambda: repeat(ROWS)))

    def train_mode(self) -> None:
        """As the first iteration finds the networks."""
        self.student.train()
        self.teacher.train()
        self.student.streams.move(0)


def by_descent(phases: Iterator[Phase]) -> Iterator[Phase]:
    """The phases with plain gradient descent instead of AdamW."""
    for phase in phases:
        yield replace(phase, updates=[replace(update, optimiser="sgd") for update in phase.updates])


def watched(phases: Iterator[Phase], after: Callable[[Phase], None]) -> Iterator[Phase]:
    """The phases; `after` is called when one has been trained."""
    for phase in phases:
        yield phase
        after(phase)


def weights(module: nn.Module) -> Weights:
    """A copy of a module's state."""
    return {name: value.detach().clone() for name, value in module.state_dict().items()}


def equal(one: Weights, other: Weights) -> bool:
    """Whether two states are the same to the last bit."""
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def moved(module: nn.Module, before: Weights) -> Weights:
    """How far every weight has moved."""
    return {name: value.detach() - before[name] for name, value in module.state_dict().items()}


def assert_moves(found: Weights, expected: Weights) -> None:
    """Assert that the moves are those expected, to float32, and that every weight moved."""
    assert found.keys() == expected.keys()
    for name, move in found.items():
        assert expected[name].any(), name
        torch.testing.assert_close(move, expected[name], rtol=1e-4, atol=1e-6)


def descent(module: nn.Module, parts: Sequence[tuple[Tensor, Tensor]], rate: float) -> Weights:
    """The move of one step of gradient descent, from pairs of logits [B, C] and a loss's gradient in them."""
    parameters = dict(module.named_parameters())
    logits, gradients = zip(*parts, strict=True)
    found = torch.autograd.grad(logits, list(parameters.values()), gradients)
    return {name: -rate * gradient for name, gradient in zip(parameters, found, strict=True)}


def hard_gradient(logits: Tensor, labels: Tensor) -> Tensor:
    """(p − one-hot)/n on the n labelled items, 0 on the others."""
    known = labels != WITHHELD
    one_hot = nn.functional.one_hot(labels.where(known, 0), logits.shape[-1])
    return (logits.detach().softmax(-1) - one_hot) * known[:, None] / known.sum()


def soft_gradient(logits: Tensor, taught: Tensor, temperature: float) -> Tensor:
    """T·(p_s − p_t)/B: the gradient of T²·KL(p_t ‖ p_s) in the student's logits; `taught` are p_t at T."""
    return temperature * ((logits.detach() / temperature).softmax(-1) - taught) / len(logits)


def feedback_gradient(teacher: Tensor, student: Tensor, temperature: float) -> Tensor:
    """T·p_t·(log p_t/p_s − KL)/B: the gradient of T²·KL(p_t ‖ p_s) in the teacher's logits."""
    taught = (teacher.detach() / temperature).softmax(-1)
    ratio = taught.log() - (student.detach() / temperature).log_softmax(-1)
    each = (taught * ratio).sum(-1, keepdim=True)
    return temperature * taught * (ratio - each) / len(teacher)


def steady() -> Bench:
    """A bench whose teacher has no dropout, so that it says the same of an item in whatever batch."""
    return Bench(teacher=network("teacher", width=16, dropout=0.0))


def after_one_step(name: str, bench: Bench | None = None, **settings: object) -> tuple[Weights, Weights]:
    """Teacher and student after one iteration."""
    bench = bench or Bench()
    bench.step(bench.phases(name, temperature=T, **settings))
    return weights(bench.teacher), weights(bench.student)


def training_logits(bench: Bench) -> tuple[Tensor, Tensor]:
    """Of an iteration's training passes over the batch: the teacher's and the student's."""
    bench.train_mode()
    return bench.teacher(bench.batch).logits, bench.student(bench.batch).logits
