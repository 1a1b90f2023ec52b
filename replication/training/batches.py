"""Items as resident tensors, and the order in which a network meets them.

The order is a function of the seed and the epoch alone, so a continued run meets the same batches without any saved
state, and every arm on the same items gets the very same batches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from replication.losses import WITHHELD

JITTER = 0.3
"""Lengths are blurred by up to this share before sorting, so that a batch is not always made of the same items."""


@dataclass(frozen=True)
class Items:
    """N training items."""

    inputs: Mapping[str, Tensor]
    """By kind of input (`characters`, `pieces`): int64 [N, L], padded at the end."""
    lengths: Mapping[str, Tensor]
    """By kind of input: int64 [N], without padding."""
    labels: Tensor
    """int64 [N]; `WITHHELD` for the transfer pool."""
    targets: Mapping[str, Tensor]
    """What teachers said of each item, by name (`logits`, …): float [N, …]."""

    def on(self, device: torch.device) -> Items:
        """The same items, what networks and losses read on a device; lengths, which order them, on the processor."""
        inputs = {kind: tensor.to(device) for kind, tensor in self.inputs.items()}
        targets = {name: tensor.to(device) for name, tensor in self.targets.items()}
        return Items(inputs, self.lengths, self.labels.to(device), targets)

    def batch(self, rows: Tensor, iteration: int = 0, progress: float = 0.0) -> Batch:
        """Gather the rows, inputs trimmed to the longest of them."""
        inputs = {}
        for kind, tensor in self.inputs.items():
            longest = int(self.lengths[kind][rows].max())
            inputs[kind] = tensor[rows, :longest]
        targets = {name: tensor[rows].float() for name, tensor in self.targets.items()}
        return Batch(rows, inputs, self.labels[rows], targets, iteration, progress)


@dataclass(frozen=True)
class Batch:
    """B items, as a method's terms see them."""

    rows: Tensor
    inputs: Mapping[str, Tensor]
    labels: Tensor
    targets: Mapping[str, Tensor]
    iteration: int
    """Iterations of the phase before this one."""
    progress: float
    """The same as a share of the phase, in [0, 1): what a falling weight depends on."""

    def labelled(self) -> Batch:
        """Its labelled items alone."""
        keep = self.labels != WITHHELD
        inputs = {kind: tensor[keep] for kind, tensor in self.inputs.items()}
        targets = {name: tensor[keep] for name, tensor in self.targets.items()}
        return Batch(self.rows[keep], inputs, self.labels[keep], targets, self.iteration, self.progress)


def stream(items: Items, kind: str, seed: int, batch_size: int, batch_tokens: int) -> Iterator[Tensor]:
    """Yield the rows of one batch after another, epoch after epoch, without end.

    An epoch leaves out N mod `batch_size` items, chosen at random, so that every batch is full; labelled and withheld
    items are mixed in every batch in the proportion of the set; texts of similar length meet, and a batch whose padded
    size would exceed `batch_tokens` is cut into smaller ones.
    """
    lengths = items.lengths[kind].numpy()
    labelled = (items.labels != WITHHELD).cpu().numpy()
    for epoch in range(2**31):
        generator = np.random.default_rng([seed, epoch])
        order = _mixed_by_length(lengths, labelled, generator)
        if len(order) > batch_size:
            leave_out = generator.choice(len(order), size=len(order) % batch_size, replace=False)
            order = np.delete(order, leave_out)
        cuts = _cut(lengths[order], batch_size, batch_tokens)
        for number in generator.permutation(len(cuts)):
            start, end = cuts[number]
            yield torch.from_numpy(order[start:end])


def _mixed_by_length(
    lengths: npt.NDArray[np.int64], labelled: npt.NDArray[np.bool_], generator: np.random.Generator
) -> npt.NDArray[np.int64]:
    """All rows, roughly by length; labelled and withheld ones interleaved evenly by their quantile of length."""
    blurred = lengths * generator.uniform(1 - JITTER, 1 + JITTER, size=len(lengths))
    quantile = np.empty(len(lengths))
    for group in (labelled, ~labelled):
        rows = np.flatnonzero(group)
        quantile[rows[np.argsort(blurred[rows], kind="stable")]] = (np.arange(len(rows)) + 0.5) / max(len(rows), 1)
    return np.argsort(quantile, kind="stable")


def _cut(lengths: npt.NDArray[np.int64], batch_size: int, batch_tokens: int) -> list[tuple[int, int]]:
    """Cut consecutive items into batches of `batch_size`, and those again where they exceed `batch_tokens`."""
    cuts = []
    for first in range(0, len(lengths), batch_size):
        last = min(first + batch_size, len(lengths))
        start = first
        for position in range(first, last):
            longest = lengths[start : position + 1].max()
            if position > start and longest * (position + 1 - start) > batch_tokens:
                cuts.append((start, position))
                start = position
        cuts.append((start, last))
    return cuts
