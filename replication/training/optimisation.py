"""Optimisers and learning rates of the updates of a phase."""

from __future__ import annotations

import inspect
from typing import TypeVar

import torch
from torch import Tensor, nn

from replication.training.phases import Phase, Update

Optimiser = TypeVar("Optimiser", bound=torch.optim.Optimizer)


def parameters_of(update: Update) -> list[nn.Parameter]:
    """The parameters that an update changes, each once."""
    return list(dict.fromkeys(p for module in update.train for p in module.parameters() if p.requires_grad))


def make_optimiser(update: Update) -> torch.optim.Optimizer:
    """AdamW (or plain gradient descent) with weight decay on matrices only, as is usual for BERT."""
    scales = update.scales or [1.0] * len(update.train)
    seen: set[nn.Parameter] = set()
    groups: list[dict[str, object]] = []
    for module, scale in zip(update.train, scales, strict=True):
        own = [p for p in module.parameters() if p.requires_grad and p not in seen]
        seen.update(own)
        decayed, plain = [p for p in own if p.ndim >= 2], [p for p in own if p.ndim < 2]
        groups.append({"params": decayed, "weight_decay": update.training.weight_decay, "scale": scale})
        groups.append({"params": plain, "weight_decay": 0.0, "scale": scale})
    if update.optimiser == "sgd":
        return _eager(torch.optim.SGD)(groups, lr=update.training.learning_rate)
    return _eager(torch.optim.AdamW)(groups, lr=update.training.learning_rate, fused=True)


def _eager(kind: type[Optimiser]) -> type[Optimiser]:
    """An optimiser without its guards against `torch.compile`, whose import takes every process seconds.

    Nothing here is compiled; the methods themselves are torch's own.
    """
    guarded = ("add_param_group", "state_dict", "load_state_dict", "zero_grad")
    methods = {name: inspect.unwrap(getattr(kind, name)) for name in guarded}
    return type(kind.__name__, (kind,), methods | {"step": torch.no_grad()(inspect.unwrap(kind.step))})


def step(optimiser: torch.optim.Optimizer, update: Update, loss: Tensor, rate: float) -> None:
    """One step of an update down the gradient of its loss, clipped to its norm.

    Gradients are those of the update's own parameters: nothing else gets one, whatever the loss depends on. They are
    laid out as the parameters are: `torch.autograd.grad` does not see to that, and a fused optimiser, which goes over
    both in the order of memory, would add up what does not belong together.
    """
    parameters = parameters_of(update)
    gradients = torch.autograd.grad(loss, parameters, allow_unused=True)
    for parameter, gradient in zip(parameters, gradients, strict=True):
        if gradient is not None and gradient.stride() != parameter.stride():
            gradient = torch.empty_like(parameter).copy_(gradient)
        parameter.grad = gradient
    nn.utils.clip_grad_norm_(parameters, update.training.clip_norm)
    for group in optimiser.param_groups:
        group["lr"] = rate * group["scale"]
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)


def learning_rate(update: Update, phase: Phase, iteration: int) -> float:
    """The rate of an iteration of a phase, counted from 0: a linear rise over the warm-up, then a linear fall to 0.

    The schedule spans the phase, or, where the phase says so, a longer stretch of which the phase is a part.
    """
    before, iterations = phase.schedule or (0, phase.iterations)
    iteration += before
    warmup = round(update.training.warmup * iterations)
    if iteration < warmup:
        return update.training.learning_rate * (iteration + 1) / warmup
    return update.training.learning_rate * (iterations - iteration) / (iterations - warmup)
