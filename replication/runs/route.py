"""The teacher's route: the states along its training, and what the teacher at each of them says of the items.

The teacher stage keeps the weights that training changes at some points before the state that validation kept, which
is the route's end. The logits of a state are computed when a method asks for
them, so that only the anchors that are taken cost a pass over the items.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from replication.errors import UserError
from replication.training.batches import Items
from replication.training.network import Network


class StoredRoute:
    """The route of one teacher, on the items of one run."""

    def __init__(self, folder: Path, network: Network, items: Items, held_out: Items) -> None:
        """Open a route.

        Args:
            folder: with a file `<iteration>.safetensors` a state.
            network: a BERT of the same settings; its weights are replaced.
            items: the training items, with the teacher's final `logits` among their targets.
            held_out: the validation items, likewise.
        """
        self._folder = folder
        self._network = network
        self._items = {True: items, False: held_out}
        self._known: dict[tuple[int | None, bool], Tensor] = {
            (None, training): part.targets["logits"].float() for training, part in self._items.items()
        }
        iterations = sorted(int(path.stem) for path in folder.glob("*.safetensors"))
        self.points: Sequence[int | None] = [*iterations, None]

    def logits(self, point: int | None) -> Tensor:
        """The teacher's logits at a point, of the training items [N, C]; computed when they are first asked for."""
        return self._computed(point, True)

    def on_validation(self, point: int | None) -> Tensor:
        """The same of the validation items."""
        return self._computed(point, False)

    def _computed(self, point: int | None, training: bool) -> Tensor:
        if (point, training) not in self._known:
            self._load(self._folder / f"{point}.safetensors")
            items, kind = self._items[training], self._network.reads
            self._known[point, training] = self._network.predict(items.inputs[kind], items.lengths[kind]).logits
        return self._known[point, training]

    def _load(self, path: Path) -> None:
        weights = dict(self._network.model.named_parameters())
        stored = load_file(path)
        expected = {name for name, weight in weights.items() if weight.requires_grad}
        if stored.keys() != expected or any(weights[name].shape != stored[name].shape for name in stored):
            raise UserError(f"{path}: the state of a teacher of other settings; run the stage `teacher` again")
        with torch.no_grad():
            for name, weight in stored.items():
                weights[name].copy_(weight)
