"""Cosines between the gradients of the loss terms, and which way they push a flipped item's true class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor

from replication.measurements.pulls import pull
from replication.models.output import Output
from replication.results.gradients import SPACES, Cosines, Moment, MomentName, Scope, Space
from replication.training.batches import Batch, Items
from replication.training.network import Network
from replication.training.optimisation import parameters_of
from replication.training.phases import Update

SHUFFLE = 0
"""Seed of the order in which items are dealt to batches: the same for every run on the same items."""


class Gradient(NamedTuple):
    """The gradient of a scalar."""

    parameters: Tensor
    """[P], of all parameters that the update changes."""
    logits: Tensor
    """[B, C]."""


class TermGradients(NamedTuple):
    """Of one term, without its weight, and the weight."""

    gradient: Gradient
    weight: float


@dataclass(frozen=True)
class Probe:
    """A student and the labelled items at which it is looked at."""

    student: Network
    items: Items
    """The first N are the labelled ones, some labels flipped."""
    truth: Tensor
    """True labels, [N]."""
    flipped: Tensor
    """Rows of the flipped items, [F], rising."""
    batches: list[Tensor]
    """Rows; together, all labelled items once."""
    shown: list[int]
    """Rows of the flipped items to show."""

    def batch(self, rows: Tensor) -> Batch:
        """Those items with noisy labels."""
        return self.items.batch(rows)

    def clean(self, rows: Tensor) -> Batch:
        """Those items with true labels."""
        return replace(self.items.batch(rows), labels=self.truth[rows])


def even_batches(flipped: Tensor, batch_size: int) -> list[Tensor]:
    """Deal the items [N] to batches of about `batch_size`, each with the same share of flipped ones, give or take one.

    There are no more batches than flipped items, if there are any.
    """
    count = max(1, len(flipped) // batch_size)
    if flipped.any():
        count = min(count, int(flipped.sum()))
    generator = torch.Generator().manual_seed(SHUFFLE)
    order = torch.randperm(len(flipped), generator=generator)
    parts = [order[flipped[order]].tensor_split(count), order[~flipped[order]].flip(0).tensor_split(count)]
    return [torch.cat(pair).sort().values for pair in zip(*parts, strict=True)]


def term_gradients(update: Update, student: Network, batch: Batch) -> dict[str, TermGradients]:
    """The gradient of each named term of an update, in its parameters and in the student's logits."""
    outputs: list[Output] = []
    handle = student.register_forward_hook(lambda _module, _arguments, output: outputs.append(output))
    try:
        terms = update.terms(batch)
    finally:
        handle.remove()
    parameters = parameters_of(update)
    found = {}
    for name, term in terms.items():
        gradients = torch.autograd.grad(
            term.value, [outputs[0].logits, *parameters], retain_graph=True, materialize_grads=True
        )
        flat = torch.cat([gradient.flatten() for gradient in gradients[1:]])
        found[name] = TermGradients(Gradient(flat, gradients[0]), term.weight)
    return found


def mixed(terms: Mapping[str, TermGradients]) -> Gradient:
    """The gradient of the weighted sum, as training adds the terms up."""
    return Gradient(
        torch.stack([weight * gradient.parameters for gradient, weight in terms.values()]).sum(0),
        torch.stack([weight * gradient.logits for gradient, weight in terms.values()]).sum(0),
    )


def cosine(one: Tensor, other: Tensor) -> float:
    """Of the angle between two tensors of the same shape, in double precision; 0 where one of them is 0."""
    one, other = one.double().flatten(), other.double().flatten()
    lengths = float(one.norm() * other.norm())
    return float(one @ other) / lengths if lengths else 0.0


def look(probe: Probe, update: Update, name: MomentName, iteration: int) -> Moment:
    """Measure the student as it stands; its mode is put back."""
    was_training = probe.student.training
    probe.student.eval()
    flips = torch.isin(torch.arange(len(probe.truth)), probe.flipped)
    cosines = _cosines(probe, update, "all", probe.batches)
    corrected, outweighed = [], []
    if len(probe.flipped):
        cosines += _cosines(probe, update, "flipped", [rows[flips[rows]] for rows in probe.batches])
        terms = term_gradients(update, probe.student, probe.batch(probe.flipped))
        true_class = probe.truth[probe.flipped]
        corrected = corrections(terms["hard"].gradient, terms["soft"].gradient, true_class)
        outweighed = pushed_up(mixed(terms).logits, true_class).tolist()
    pulls = [
        pull(_shown(probe, update, row), int(probe.truth[row]), int(probe.items.labels[row])) for row in probe.shown
    ]
    probe.student.train(was_training)
    return Moment(
        name=name, iteration=iteration, cosines=cosines, corrected=corrected, outweighed=outweighed, pulls=pulls
    )


def pushed_up(logit_gradients: Tensor, classes: Tensor) -> Tensor:
    """Whether a step down the gradient [B, C] raises the logit of each item's class [B]: bool [B]."""
    return logit_gradients.gather(1, classes[:, None]).squeeze(1) < 0


def corrections(hard: Gradient, soft: Gradient, true_class: Tensor) -> list[bool]:
    """By flipped item: whether the soft gradient pushes the true class up while the hard one pushes it down."""
    down = hard.logits.gather(1, true_class[:, None]).squeeze(1) > 0
    both: list[bool] = (pushed_up(soft.logits, true_class) & down).tolist()
    return both


def _cosines(probe: Probe, update: Update, scope: Scope, batches: list[Tensor]) -> list[Cosines]:
    found: dict[Space, dict[str, list[float]]] = {space: {"hard": [], "soft": [], "mix": []} for space in SPACES}
    for rows in batches:
        terms = term_gradients(update, probe.student, probe.batch(rows))
        clean = term_gradients(update, probe.student, probe.clean(rows))["hard"].gradient
        named = {"hard": terms["hard"].gradient, "soft": terms["soft"].gradient, "mix": mixed(terms)}
        for space in SPACES:
            for name, gradient in named.items():
                found[space][name].append(round(cosine(getattr(gradient, space), getattr(clean, space)), 6))
    return [Cosines(scope=scope, space=space, **values) for space, values in found.items()]


def _shown(probe: Probe, update: Update, row: int) -> dict[str, Tensor]:
    """An item's probabilities [C] and the gradients [C] of its losses in its logits, weights included."""
    rows = torch.tensor([row])
    batch = probe.batch(rows)
    terms = term_gradients(update, probe.student, batch)
    clean = term_gradients(update, probe.student, probe.clean(rows))["hard"]
    return {
        "student": torch.softmax(probe.student.target(batch).logits[0], dim=-1),
        "clean": clean.weight * clean.gradient.logits[0],
        "noisy": terms["hard"].weight * terms["hard"].gradient.logits[0],
        "soft": terms["soft"].weight * terms["soft"].gradient.logits[0],
    }
