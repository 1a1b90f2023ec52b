"""The work that benchmarks share: networks of the default profile's sizes, and titles as numbers.

Weights and texts are drawn, for neither decides how long a network computes; so no download is needed. Lengths are
those of news titles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertForSequenceClassification

from replication.config import Parameters, Training
from replication.models.bert import Bert
from replication.models.textcnn import TextCNN
from replication.params import load
from replication.training.batches import Batch, Items, stream
from replication.training.loop import Loop, fit
from replication.training.network import Network
from replication.training.phases import Phase, Term, Terms, Update

ROOT = Path(__file__).parents[1]
CLASSES = 10
CHARACTERS = 3000
PIECES = 20_000
SHORTEST, LONGEST = 12, 24
"""Characters or pieces of a title."""


@cache
def parameters() -> Parameters:
    """The committed parameters."""
    return load(ROOT / "params.yaml")


def textcnn(kind: type[TextCNN] = TextCNN) -> TextCNN:
    """The student, as it is served, or the kind that is trained."""
    torch.manual_seed(0)
    return kind(CHARACTERS, CLASSES, parameters().student)


def bert_network(layers: int) -> BertForSequenceClassification:
    """An encoder of the packaged one's width, as it is loaded for training: eager attention, no dropout in it."""
    torch.manual_seed(0)
    settings = parameters().teacher
    configuration = BertConfig(
        vocab_size=PIECES,
        hidden_size=384,
        num_hidden_layers=layers,
        num_attention_heads=12,
        intermediate_size=1536,
        pad_token_id=0,
        hidden_dropout_prob=settings.dropout,
        attention_probs_dropout_prob=0.0,
    )
    configuration.num_labels = CLASSES
    network = BertForSequenceClassification(configuration)
    network.set_attn_implementation("eager")
    return network


def bert(frozen_layers: int = 0) -> Bert:
    """The teacher; with frozen layers its embeddings are frozen too, as in training."""
    network = bert_network(parameters().teacher.layers)
    if frozen_layers:
        frozen = [network.bert.embeddings, *network.bert.encoder.layer[:frozen_layers]]
        nn.ModuleList(frozen).requires_grad_(False)
    return Bert(network, frozen_layers)


def titles(items: int, numbers: int, seed: int = 0) -> Tensor:
    """Titles as int64 [items, longest], padded at the end with 0; `numbers` is the vocabulary's size.

    A number is as frequent as by Zipf's law: how many different ones a batch has decides how long some steps take.
    """
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.randint(SHORTEST, LONGEST + 1, (items,), generator=generator)
    frequencies = 1 / torch.arange(1, numbers - 1, dtype=torch.float64)
    longest = int(lengths.max())
    drawn = 2 + torch.multinomial(frequencies, items * longest, replacement=True, generator=generator)
    drawn = drawn.view(items, longest)
    return drawn.masked_fill(torch.arange(drawn.shape[1]) >= lengths[:, None], 0)


def labelled(items: int, numbers: int, kind: str) -> Items:
    """Titles with labels and a teacher's logits."""
    generator = torch.Generator().manual_seed(1)
    inputs = titles(items, numbers)
    logits = torch.randn((items, CLASSES), generator=generator)
    return Items({kind: inputs}, {kind: (inputs != 0).sum(dim=1)}, logits.argmax(dim=1), {"logits": logits})


def fit_suite(network: Network, data: Items, training: Training, loss: Callable[[Batch], Tensor]) -> None:
    """One phase of the suite's loop, without validation."""

    def terms(batch: Batch) -> Terms:
        return {"loss": Term(loss(batch))}

    phase = Phase(network.name, training.iterations, [Update(network.name, [network], terms, training)], (), 1, None)

    def batches() -> Iterator[Tensor]:
        return stream(data, network.reads, 0, training.batch_size, training.batch_tokens)

    fit(iter([phase]), Loop(data, batches, network.streams, None, 20.0, lambda iterations: None, ()))
