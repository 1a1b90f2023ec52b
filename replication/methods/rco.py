"""Route-constrained optimisation: the teacher's own course, anchor by anchor, easy to hard (Jin et al. 2019).

The student is taught by states along the teacher's training, each in turn, carrying its weights on. `equal_interval`
takes every k-th of them. `greedy` goes from an anchor to the farthest one that the student can still follow: the KL of
the student (trained on anchor i) towards anchor j, over its KL towards i, on validation, is at most δ. That rule is our
reading of the paper's abstract and of secondary sources, not of its text.

Optimiser state and learning rate at an anchor change: by default the optimiser's moments are carried on and the one
schedule spans all anchors, so that the arm differs from soft labels from the final teacher (its control, at the same
number of updates) in the targets alone. `restart` begins both anew at every anchor.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field, PositiveInt
from torch import Tensor

from replication.losses import soft_divergence
from replication.training.batches import Batch
from replication.training.phases import Context, Phase, Route, Terms, Update
from replication.training.recipes import SoftSettings, soft_terms


class Settings(SoftSettings):
    """At each anchor the loss of soft labels towards that anchor's logits."""

    strategy: Literal["equal_interval", "greedy"] = "equal_interval"
    every: PositiveInt = 3
    """equal_interval: take every so-manieth state, counted back from the end, which is always the last anchor; where
    that leaves the end alone, the first state goes before it."""
    delta: Annotated[float, Field(ge=1)] = 2.0
    """greedy: the largest ratio of divergences that a step may have."""
    anchor_iterations: PositiveInt | None = None
    """Updates at each anchor but the last, which has the rest of the budget; null: equal shares (greedy: a quarter)."""
    restart: bool = False

    def targets(self) -> Sequence[str]:
        """None: the anchors' logits come by way of the route."""
        return ()

    def walks_route(self) -> bool:
        """True."""
        return True


def phases(context: Context[Settings]) -> Iterator[Phase]:
    """One phase an anchor; in the last, the best on validation of as many states as in every arm is kept."""
    settings, student, training, route = context.settings, context.student, context.training, context.walked
    course = _equal_interval(route, settings.every) if settings.strategy == "equal_interval" else None
    share = settings.anchor_iterations or max(1, training.iterations // (len(course) if course else 4))
    anchors: list[dict[str, object]] = []
    context.notes["anchors"], context.notes["restart"] = anchors, settings.restart
    done, index = 0, course[0] if course else 0
    while True:
        left = training.iterations - done
        last = route.points[index] is None or left <= share
        if last and route.points[index] is not None:  # the budget is at its end: what is left belongs to the end
            index = len(route.points) - 1
        logits = route.logits(route.points[index])
        iterations = left if last else share

        def terms(batch: Batch, logits: Tensor = logits) -> Terms:
            return soft_terms(student(batch).logits, batch, logits[batch.rows], settings)

        yield Phase(
            f"anchor {'end' if route.points[index] is None else route.points[index]}",
            iterations,
            [Update("student", [student], terms, training)],
            [context.selection(student)] if last else [],
            training.evaluations if last else max(1, round(training.evaluations * iterations / training.iterations)),
            training.patience if last else None,
            keep_optimisers=not settings.restart,
            schedule=None if settings.restart else (done, training.iterations),
        )
        done += iterations
        anchors.append({"iteration": route.points[index], "validation_macro_f1": context.validation(student)})
        if last:
            return
        index = course[course.index(index) + 1] if course else _farthest(context, index)


def _equal_interval(route: Route, every: int) -> list[int]:
    end = len(route.points) - 1
    course = list(range(end, -1, -every))[::-1]
    return course if len(course) > 1 or end == 0 else [0, end]


def _farthest(context: Context[Settings], current: int) -> int:
    """The farthest anchor within δ of the student as it is now, at least the next one."""
    route, temperature = context.walked, context.settings.temperature
    logits = context.predictions_on_validation()
    here = soft_divergence(logits, route.on_validation(route.points[current]), temperature)
    for index in range(len(route.points) - 1, current + 1, -1):
        there = soft_divergence(logits, route.on_validation(route.points[index]), temperature)
        if there <= context.settings.delta * here:
            return index
    return current + 1
