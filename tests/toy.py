"""A toy task and toy networks for the loop, the contract and the methods."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from replication.config import Training
from replication.losses import WITHHELD, cross_entropy
from replication.models.output import Output
from replication.training.batches import Batch, Items, stream
from replication.training.loop import Loop, Observer
from replication.training.network import Network, Streams
from replication.training.phases import Phase, Selection, Term, Terms, Update

CLASSES = 3
LENGTH = 5
SYMBOLS = 12
ITEMS = 96
TRAINING = Training(
    iterations=30,
    batch_size=16,
    batch_tokens=1000,
    learning_rate=0.05,
    weight_decay=0.0,
    warmup=0.1,
    clip_norm=10.0,
    evaluations=3,
)


class BagOfSymbols(nn.Module):
    """Mean embedding, dropout, a hidden layer and a linear classifier."""

    def __init__(self, width: int = 8, dropout: float = 0.2) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.EmbeddingBag(SYMBOLS, width, mode="mean"), nn.Tanh())
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(width, CLASSES)
        self.width = width
        self.widths_of_hidden = {"features": width}

    def until(self, layer: str) -> nn.ModuleList:
        return nn.ModuleList([getattr(self, layer)])

    def forward(self, inputs: Tensor) -> Output:
        hidden = self.features(inputs)
        return Output(self.classifier(self.dropout(hidden)), {"features": hidden})


def toy(wrapped: Network) -> BagOfSymbols:
    assert isinstance(wrapped.model, BagOfSymbols)
    return wrapped.model


def network(name: str, seed: int = 0, width: int = 8, dropout: float = 0.2) -> Network:
    streams = Streams(seed)
    model = streams.initialise(name, lambda: BagOfSymbols(width, dropout))
    return Network(name, model, "symbols", streams, "float32")


def beside(other: Network, name: str, width: int = 8) -> Network:
    """A second network on the same random streams."""
    model = other.streams.initialise(name, lambda: BagOfSymbols(width))
    return Network(name, model, "symbols", other.streams, "float32")


def items(withheld: int = 0) -> Items:
    """Items whose class is the commonest symbol's third; the last `withheld` of them have no label."""
    generator = torch.Generator().manual_seed(5)
    labels = torch.randint(0, CLASSES, (ITEMS,), generator=generator)
    symbols = labels[:, None] * 4 + torch.randint(0, 4, (ITEMS, LENGTH), generator=generator)
    noise = torch.rand((ITEMS, LENGTH), generator=generator) < 0.3
    symbols = torch.where(noise, torch.randint(0, SYMBOLS, (ITEMS, LENGTH), generator=generator), symbols)
    targets = {
        "logits": 3.0 * torch.nn.functional.one_hot(labels, CLASSES).float(),
        "hidden3": torch.randn(ITEMS, 6, generator=generator),
        "other_logits": torch.randn(ITEMS, CLASSES, generator=generator),
        "historical_logits": 5.0 * torch.randn(ITEMS, CLASSES, generator=generator),
    }
    shown = labels.clone()
    shown[ITEMS - withheld :] = WITHHELD
    return Items({"symbols": symbols}, {"symbols": torch.full((ITEMS,), LENGTH)}, shown, targets)


def accuracy(model: Network, data: Items) -> float:
    predicted = model.predict(data.inputs["symbols"], data.lengths["symbols"]).logits.argmax(-1)
    return float((predicted == data.targets["logits"].argmax(-1)).float().mean())


def loop(
    data: Items,
    streams: Streams,
    folder: Path | None = None,
    checkpoint_seconds: float = 20.0,
    on_progress: Callable[[int], None] = lambda iterations: None,
    observers: Sequence[Observer] = (),
) -> Loop:
    def batches() -> Iterator[Tensor]:
        return stream(data, "symbols", 0, TRAINING.batch_size, TRAINING.batch_tokens)

    return Loop(data, batches, streams, folder, checkpoint_seconds, on_progress, observers)


def supervised(
    student: Network, selections: Sequence[Selection] = (), evaluations: int = 3, patience: int | None = None
) -> Phase:
    def terms(batch: Batch) -> Terms:
        return {"hard": Term(cross_entropy(student(batch).logits, batch.labels))}

    updates = [Update("student", [student], terms, TRAINING)]
    return Phase("student", 30, updates, selections, evaluations, patience)
