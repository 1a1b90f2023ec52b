"""Training steps of this suite's loop beside a plain PyTorch loop on the same network, batches and optimiser.

The plain loop is the least that a step can be: forward, cross-entropy, backward, clipping, AdamW, learning rate. What
the suite's loop takes beyond it, on the same network, is the price of named terms, random streams by network, logging
and validation. The suite trains another TextCNN than torch's convolutions make, of the same outputs and gradients; it
is measured in both loops. The toolkits that people train with are in `test_peers.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture
from torch import Tensor, nn

from benchmarks.workload import CHARACTERS, fit_suite, labelled, parameters, textcnn
from replication.losses import cross_entropy
from replication.models.textcnn import TextCNN
from replication.models.windows import TextCNNByCharacter
from replication.training.batches import Items, stream
from replication.training.network import Network, Streams

STEPS, BATCH, ITEMS = 50, 32, 2000


@pytest.fixture(scope="module")
def data() -> Items:
    return labelled(ITEMS, CHARACTERS, "characters")


def batches(data: Items) -> Iterator[Tensor]:
    return stream(data, "characters", 0, BATCH, BATCH * 64)


def suite(data: Items, kind: type[TextCNN]) -> None:
    """The suite's loop."""
    training = parameters().student.training.model_copy(update={"iterations": STEPS, "evaluations": 1})
    student = Network("student", textcnn(kind), "characters", Streams(0), "float32")
    fit_suite(student, data, training, lambda batch: cross_entropy(student(batch).logits, batch.labels))


def plain(data: Items, kind: type[TextCNN]) -> None:
    """The least that does the same."""
    training, network = parameters().student.training, textcnn(kind).train()
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=training.learning_rate, weight_decay=training.weight_decay, fused=True
    )
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, STEPS)
    for rows in islice(batches(data), STEPS):
        longest = int(data.lengths["characters"][rows].max())
        logits = network(data.inputs["characters"][rows, :longest]).logits
        optimiser.zero_grad()
        torch.autograd.backward(nn.functional.cross_entropy(logits, data.labels[rows]))
        nn.utils.clip_grad_norm_(network.parameters(), training.clip_norm)
        optimiser.step()
        schedule.step()


@pytest.mark.parametrize("kind", [TextCNN, TextCNNByCharacter])
@pytest.mark.parametrize("loop", [suite, plain])
def test_training(
    benchmark: BenchmarkFixture, data: Items, loop: Callable[[Items, type[TextCNN]], None], kind: type[TextCNN]
) -> None:
    benchmark.group = f"{STEPS} steps of the TextCNN on {BATCH} titles"
    benchmark.extra_info["items"] = STEPS * BATCH
    benchmark(loop, data, kind)
