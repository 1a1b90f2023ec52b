"""What the encoder's frozen part makes of a dataset's texts, computed once and kept in the store.

Below the layers that learn, BERT is a fixed function of the text: no seed, no epoch and no method changes it. So its
states are computed once for all of them, over processes, and read as a mapped file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from replication import config, parallel
from replication.data.splits import Splits, load_splits
from replication.files import digest, tree_digest
from replication.store import PROGRESS, Store
from replication.training.arithmetic import deterministic, software

SHARDS = 4
"""Pieces of work, whatever the number of processes. Each reads the encoder and all texts anew."""
TOKENS = 4096
"""Padded pieces that are computed at once."""
FILE = "states.safetensors"


@dataclass(frozen=True)
class FrozenPart:
    """The frozen part of an encoder on a dataset."""

    data: Path
    """The prepared dataset."""
    checkpoint: Path
    settings: config.Teacher
    precision: str
    threads: int
    device: str = "cpu"

    def identity(self) -> str:
        """Hash of all that determines the states."""
        kept = (self.settings.layers, self.settings.frozen_layers, self.settings.max_tokens)
        models = Path(__file__).parents[1] / "models"
        code = tree_digest([Path(__file__), models / "bert.py", models / "tokeniser.py"])
        data, how = load_splits(self.data).digest, (self.precision, self.threads, self.device, software())
        return digest("frozen", code, kept, data, tree_digest([self.checkpoint]), how)


@dataclass(frozen=True)
class FrozenStates:
    """The states of all texts of a dataset, one row a piece."""

    table: Tensor
    """[1 + pieces, width], half precision where the network computes in bfloat16; row 0, of zeros, is padding."""
    places: Mapping[str, tuple[int, int]]
    """Text -> its first row and its number of pieces."""

    def encode(self, texts: Sequence[str]) -> Tensor:
        """The rows of each text: int64 [texts, longest], padded at the end with 0."""
        rows = [torch.arange(first, first + count) for first, count in (self.places[text] for text in texts)]
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)


def compute(part: FrozenPart, settings: config.Parallel, store: Store) -> Path:
    """Compute the states of all texts unless the store has them; returns the file.

    Raises:
        UserError: the data or the checkpoint is missing or damaged.
    """
    identity = part.identity()
    with store.lock(identity):
        if store.finished(identity) is None:
            work = store.work(identity)
            texts = len(_texts(load_splits(part.data)))
            jobs = [
                parallel.Job(
                    f"frozen layers {shard + 1}/{SHARDS}",
                    len(range(shard, texts, SHARDS)),
                    work / f"{shard}-{PROGRESS}",
                    partial(_shard, part, shard, work),
                )
                for shard in range(SHARDS)
            ]
            _join(parallel.fan_out(jobs, settings), work / "outputs")
            store.finish(identity, work / "outputs")
    return store.run(identity) / FILE


def load(path: Path, splits: Splits) -> FrozenStates:
    """Map what `compute` wrote for these splits."""
    tensors = load_file(path)
    lengths = tensors["lengths"]
    first = 1 + lengths.cumsum(0) - lengths
    places = zip(first.tolist(), lengths.tolist(), strict=True)
    return FrozenStates(tensors["states"], dict(zip(_texts(splits), places, strict=True)))


def _texts(splits: Splits) -> list[str]:
    """All texts, each once, in a fixed order."""
    parts = (splits.labelled, splits.pool, splits.validation, splits.test)  # legacy items to learn from are not BERT's
    return list(dict.fromkeys(text for part in parts for text in part.texts))


@torch.inference_mode()
def _shard(part: FrozenPart, shard: int, work: Path) -> Path:
    """Compute every so-manieth batch. Batches are the same whatever the shards, so the states are too."""
    path = work / f"{shard}.safetensors"
    if path.exists():
        return path
    from replication.models.bert import load_bert  # transformers takes seconds to import, and most runs need it not
    from replication.models.tokeniser import Tokeniser

    torch.set_num_threads(part.threads)
    deterministic(part.device)
    device = torch.device(part.device)
    network = load_bert(part.checkpoint, 2, part.settings).eval().to(device)
    tokeniser = Tokeniser(part.checkpoint)
    pieces = tokeniser(_texts(load_splits(part.data)), part.settings.max_tokens)
    mask = (pieces != tokeniser.pad_id).long()
    lengths = mask.sum(dim=1)
    half = part.precision == "bfloat16"
    rows, states, done = [], [], 0
    for batch in _batches(lengths)[shard::SHARDS]:
        longest = int(lengths[batch].max())
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=half):
            found = network.frozen(pieces[batch, :longest].to(device), mask[batch, :longest].to(device)).float().cpu()
        states.append(found[mask[batch, :longest].bool()].to(torch.float16 if half else torch.float32))
        rows.append(batch)
        done += len(batch)
        parallel.report(work / f"{shard}-{PROGRESS}", done)
    width = network.width
    order = torch.cat(rows) if rows else torch.zeros(0, dtype=torch.long)
    found = torch.cat(states) if states else torch.zeros((0, width))
    temporary = path.with_suffix(".partial")
    save_file({"texts": order, "lengths": lengths[order], "states": found, "all": lengths}, temporary)
    temporary.replace(path)
    return path


def _batches(lengths: Tensor) -> list[Tensor]:
    """Texts by length, cut so that a batch has at most `TOKENS` padded pieces."""
    order = torch.argsort(lengths, stable=True)
    cuts, start = [], 0
    for end in range(1, len(order) + 1):
        if end == len(order) or int(lengths[order[end]]) * (end + 1 - start) > TOKENS:
            cuts.append(order[start:end])
            start = end
    return cuts


def _join(shards: Sequence[Path], folder: Path) -> None:
    parts = [load_file(path) for path in shards]
    lengths = parts[0]["all"]
    first = 1 + lengths.cumsum(0) - lengths
    some = parts[0]["states"]
    table = torch.zeros((1 + int(lengths.sum()), some.shape[1]), dtype=some.dtype)
    for part in parts:
        start = 0
        for text, length in zip(part["texts"].tolist(), part["lengths"].tolist(), strict=True):
            table[int(first[text]) : int(first[text]) + length] = part["states"][start : start + length]
            start += length
    folder.mkdir(parents=True, exist_ok=True)
    save_file({"states": table, "lengths": lengths}, folder / FILE)
