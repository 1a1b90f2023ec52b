"""From prepared splits to tensors: what the networks read, and the teachers' word on each item."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from replication.data.splits import Split
from replication.errors import UserError
from replication.losses import WITHHELD
from replication.predictions import Floats
from replication.training.batches import Items


@dataclass(frozen=True)
class Encoded:
    """N texts as one kind of input."""

    inputs: Tensor
    """int64 [N, L], padded at the end."""
    lengths: Tensor
    """int64 [N], without padding."""


Encoder = Callable[[Sequence[str]], Encoded]


@dataclass(frozen=True)
class Outputs:
    """What a teacher says of items: row i of `values` belongs to `ids[i]`."""

    ids: Sequence[str]
    values: Floats


def make_items(parts: Sequence[Split], encoders: Mapping[str, Encoder], targets: Mapping[str, Outputs]) -> Items:
    """The items of some splits, one after the other, with the teachers' outputs joined by item id.

    Args:
        parts: the splits.
        encoders: by kind of input, how to encode texts.
        targets: by name, a teacher's outputs, which must cover every item.

    Raises:
        UserError: a teacher has no output for an item.
    """
    ids = [name for part in parts for name in part.ids]
    texts = [text for part in parts for text in part.texts]
    encoded = {kind: encoder(texts) for kind, encoder in encoders.items()}
    return Items(
        inputs={kind: part.inputs for kind, part in encoded.items()},
        lengths={kind: part.lengths for kind, part in encoded.items()},
        labels=torch.cat([_labels(part) for part in parts]),
        targets={name: _joined(outputs, ids, name) for name, outputs in targets.items()},
    )


def _labels(split: Split) -> Tensor:
    if split.labels is None:
        return torch.full((len(split.ids),), WITHHELD)
    return torch.from_numpy(split.labels)


def _joined(outputs: Outputs, ids: Sequence[str], name: str) -> Tensor:
    row_of = {item: row for row, item in enumerate(outputs.ids)}
    lacking = [item for item in ids if item not in row_of]
    if lacking:
        raise UserError(
            f"the teacher's {name} lack {len(lacking)} of {len(ids)} items (first: {lacking[0]}); "
            "the data changed after the teacher was trained: run `dvc repro` to train it again"
        )
    return torch.from_numpy(outputs.values[np.array([row_of[item] for item in ids])])
