"""The only training loop: it carries out a phase, and owns optimisers, schedule, selection, checkpoints and logging."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from replication.errors import UserError
from replication.records import PhaseRecord, Point
from replication.training.batches import Items
from replication.training.checkpoints import Checkpoint, changing_state, copied, load_changing_state
from replication.training.network import Streams
from replication.training.optimisation import learning_rate, make_optimiser, step
from replication.training.phases import Phase, Selection, Update


@dataclass
class Trained:
    """What the phases so far have left behind, besides the networks themselves."""

    iterations: int = 0
    history: list[Point] = field(default_factory=list)
    phases: list[PhaseRecord] = field(default_factory=list)
    optimisers: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Optimiser states at the end of the last phase, by the update's name."""


@dataclass(frozen=True)
class Observer:
    """Something to do at given iterations, such as saving the state of a teacher along its training.

    A continued run may do it again for an iteration done before; it must then leave the same bytes.
    """

    iterations: Sequence[int]
    """After how many iterations, counted over all phases (1 is after the first)."""
    observe: Callable[[int], None]


@dataclass(frozen=True)
class Loop:
    """Where batches come from, where checkpoints go and who is told of progress."""

    items: Items
    batches: Callable[[], Iterator[Tensor]]
    """Starts the stream of batch rows from its beginning; it runs on over the phases of a method."""
    streams: Streams
    folder: Path | None = None
    """Where checkpoints lie; None keeps none."""
    checkpoint_seconds: float = 20.0
    on_progress: Callable[[int], None] = lambda iterations: None
    """Called after every iteration with how many there have been."""
    observers: Sequence[Observer] = ()


def fit(phases: Iterator[Phase], loop: Loop) -> Trained:
    """Train the phases in order, going on from a checkpoint where there is one.

    Raises:
        UserError: a loss term is not finite; names the phase, the iteration, the term and the learning rate.
    """
    trained = Trained()
    for number, phase in enumerate(phases):
        checkpoint = Checkpoint(loop.folder / f"phase-{number}.pt" if loop.folder else None)
        _PhaseRun(phase, loop, trained, checkpoint).run()
    return trained


class _PhaseRun:
    """One phase under way. All that changes is in `state()`, so that a checkpoint is complete."""

    def __init__(self, phase: Phase, loop: Loop, trained: Trained, checkpoint: Checkpoint) -> None:
        self.phase = phase
        self.loop = loop
        self.trained = trained
        self.checkpoint = checkpoint
        self.modules = list(dict.fromkeys(module for update in phase.updates for module in update.train))
        self.modules += [s.module for s in phase.selections if s.module not in self.modules]
        self.optimisers = {update.name: make_optimiser(update) for update in phase.updates}
        if phase.keep_optimisers:
            for name, optimiser in self.optimisers.items():
                if name in trained.optimisers:
                    optimiser.load_state_dict(trained.optimisers[name])
        self.iteration = 0
        self.finished = False
        self.best: dict[str, dict[str, Any]] = {}
        self.waiting = 0
        self.history: list[Point] = []
        self.sums: dict[str, Tensor] = {}
        self.summed = 0

    def state(self) -> dict[str, Any]:
        return {
            "modules": [changing_state(module) for module in self.modules],
            "optimisers": {name: optimiser.state_dict() for name, optimiser in self.optimisers.items()},
            "history": [point.model_dump() for point in self.history],
            **{name: getattr(self, name) for name in _PLAIN_STATE},
        }

    def load(self, state: dict[str, Any]) -> None:
        for module, values in zip(self.modules, state["modules"], strict=True):
            load_changing_state(module, values)
        for name, values in state["optimisers"].items():
            self.optimisers[name].load_state_dict(values)
        self.history = [Point.model_validate(point) for point in state["history"]]
        for name in _PLAIN_STATE:
            setattr(self, name, state[name])

    def run(self) -> None:
        state = self.checkpoint.read()
        if state is not None:
            self.load(state)
        if not self.finished:
            self._train()
            self._keep_best()
            self.finished = True
            self.checkpoint.write(self.state())
        self.trained.iterations += self.iteration
        self.trained.history += self.history
        steps = {update.name: self.iteration for update in self.phase.updates}
        kept = {name: best["iteration"] for name, best in self.best.items()}
        self.trained.phases.append(
            PhaseRecord(name=self.phase.name, iterations=self.iteration, updates=steps, kept=kept)
        )
        self.trained.optimisers = {name: optimiser.state_dict() for name, optimiser in self.optimisers.items()}

    def _train(self) -> None:
        evaluate_at = _evenly(self.phase.iterations, self.phase.evaluations)
        before = self.trained.iterations
        saved = time.monotonic()
        for rows in islice(self.loop.batches(), before + self.iteration, before + self.phase.iterations):
            for module in self.modules:
                module.train()
            self.loop.streams.move(before + self.iteration)
            for update in self.phase.updates:
                self._step(update, rows)
            self.iteration += 1
            for observer in self.loop.observers:
                if before + self.iteration in observer.iterations:
                    observer.observe(before + self.iteration)
            if self.iteration in evaluate_at:
                self._evaluate()
                if self.phase.patience is not None and self.waiting >= self.phase.patience:
                    return
            if time.monotonic() - saved > self.loop.checkpoint_seconds:
                self.checkpoint.write(self.state())
                saved = time.monotonic()
            self.loop.on_progress(before + self.iteration)

    def _step(self, update: Update, rows: Tensor) -> None:
        batch = self.loop.items.batch(rows, self.iteration, self.iteration / self.phase.iterations)
        rate = learning_rate(update, self.phase, self.iteration)
        terms = update.terms(batch)
        for name, term in terms.items():
            if not torch.isfinite(term.value):
                raise UserError(
                    f"training stopped: phase {self.phase.name!r}, iteration {self.iteration + 1}: the loss term "
                    f"{update.name}/{name} is {term.value.item()} at learning rate {rate:g}; lower "
                    "learning_rate or clip_norm of student.training or teacher.training in params.yaml"
                )
            key = f"{update.name}/{name}"
            weighted = term.weight * term.value.detach()
            self.sums[key] = self.sums.get(key, torch.zeros(())) + weighted
        loss = torch.stack([term.weight * term.value for term in terms.values()]).sum()
        step(self.optimisers[update.name], update, loss, rate)
        self.summed += update is self.phase.updates[-1]

    def _evaluate(self) -> None:
        scores = {selection.name: _score(selection) for selection in self.phase.selections}
        improved = False
        for selection in self.phase.selections:
            score = scores[selection.name]
            if selection.name not in self.best or score > self.best[selection.name]["score"]:
                self.best[selection.name] = {
                    "score": score,
                    "iteration": self.trained.iterations + self.iteration,
                    "module": copied(changing_state(selection.module)),
                }
                improved = True
        self.waiting = 0 if improved else self.waiting + 1
        last = self.phase.updates[-1]
        point = Point(
            phase=self.phase.name,
            iteration=self.trained.iterations + self.iteration,
            learning_rate=learning_rate(last, self.phase, self.iteration - 1),
            losses={name: (total / self.summed).item() for name, total in sorted(self.sums.items())},
            scores=scores,
        )
        self.history.append(point)
        self.sums, self.summed = {}, 0

    def _keep_best(self) -> None:
        for selection in self.phase.selections:
            if selection.name in self.best:
                load_changing_state(selection.module, self.best[selection.name]["module"])


_PLAIN_STATE = ("iteration", "finished", "best", "waiting", "sums", "summed")


@torch.no_grad()
def _score(selection: Selection) -> float:
    selection.module.eval()
    score = selection.score()
    selection.module.train()
    return score


def _evenly(iterations: int, evaluations: int) -> Sequence[int]:
    """After which iterations to evaluate: `evaluations` of them, evenly spaced, the last one included."""
    return sorted({max(1, round(iterations * (k + 1) / evaluations)) for k in range(evaluations)})
