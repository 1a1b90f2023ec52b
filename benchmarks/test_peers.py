"""Whole trainings beside the toolkits that are used for the same: transformers' Trainer and TextBrewer.

Each pair trains a network of the same sizes on the same titles, as often, in batches as large, with AdamW, clipping
and a linear schedule, on one thread. What differs is how the toolkit goes about it. The Trainer computes BERT's frozen
layers at every step, this suite once a text. TextBrewer keeps the teacher's logits, as this suite does, and trains the
TextCNN by torch's convolutions. `requirements/bench.lock` names both; the pipeline needs neither.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import textbrewer
import torch
from pytest_benchmark.fixture import BenchmarkFixture
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset
from transformers import Trainer, TrainingArguments, get_linear_schedule_with_warmup

from benchmarks.workload import CHARACTERS, CLASSES, PIECES, bert, fit_suite, labelled, parameters, textcnn
from replication.losses import soft_divergence
from replication.models.bert import BertOnStates
from replication.models.windows import TextCNNByCharacter
from replication.training.batches import Batch, Items
from replication.training.network import Network, Streams

TITLES, EPOCHS = 160, 5
"""The default profile's teacher meets a labelled title 4.8 times, its student a title of the pool 5.3 times."""
TEMPERATURE = 2.0


def collate(items: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """A batch, padded to its longest item."""
    batch = {name: torch.stack([item[name] for item in items]) for name in ("labels", "logits")}
    return batch | {"input_ids": pad_sequence([item["input_ids"] for item in items], batch_first=True)}


class Titles(Dataset[dict[str, Tensor]]):
    """Items as the toolkits take them."""

    def __init__(self, data: Items, kind: str) -> None:
        rows = zip(data.inputs[kind], data.lengths[kind].tolist(), data.labels, data.targets["logits"], strict=True)
        self.items = [{"input_ids": ids[:length], "labels": label, "logits": z} for ids, length, label, z in rows]

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, row: int) -> dict[str, Tensor]:
        return self.items[row]


class Classifier(nn.Module):
    """A network as the toolkits call it: named inputs, the loss beside the logits."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: Tensor, labels: Tensor, logits: Tensor) -> dict[str, Tensor]:
        found = self.network(input_ids).logits
        return {"loss": cross_entropy(found, labels), "logits": found}


class Stored(nn.Module):
    """A teacher whose logits are at hand."""

    def forward(self, input_ids: Tensor, labels: Tensor, logits: Tensor) -> dict[str, Tensor]:
        return {"logits": logits}


def fine_tune_suite(data: Items) -> nn.Module:
    settings = parameters().teacher
    model = bert(settings.frozen_layers).eval()
    ids, lengths = data.inputs["pieces"], data.lengths["pieces"]
    mask = (ids != 0).long()
    with torch.inference_mode():
        order = torch.argsort(lengths)
        states = torch.zeros((*ids.shape, model.width))
        for rows in torch.split(order, 64):
            longest = int(lengths[rows].max())
            states[rows, :longest] = model.frozen(ids[rows, :longest], mask[rows, :longest])
    table = torch.cat([torch.zeros(1, model.width), states[mask.bool()]])
    places = {"pieces": mask.flatten().cumsum(0).reshape(mask.shape) * mask}
    items = Items(places, data.lengths, data.labels, {})
    network = Network("teacher", BertOnStates(model, table), "pieces", Streams(0), "float32")
    training = settings.training.model_copy(update={"iterations": EPOCHS * TITLES // settings.training.batch_size})
    fit_suite(network.train(), items, training, lambda batch: cross_entropy(network(batch).logits, batch.labels))
    return model


def fine_tune_trainer(data: Items) -> nn.Module:
    training, model = parameters().teacher.training, bert(parameters().teacher.frozen_layers)
    arguments = TrainingArguments(
        output_dir="trainer",
        use_cpu=True,
        num_train_epochs=EPOCHS,
        per_device_train_batch_size=training.batch_size,
        learning_rate=training.learning_rate,
        weight_decay=training.weight_decay,
        warmup_steps=training.warmup,
        max_grad_norm=training.clip_norm,
        optim="adamw_torch_fused",
        train_sampling_strategy="group_by_length",
        save_strategy="no",
        logging_strategy="no",
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=False,
    )
    Trainer(Classifier(model), arguments, collate, Titles(data, "pieces")).train()
    return model


def distil_suite(data: Items) -> nn.Module:
    training = parameters().student.training
    training = training.model_copy(update={"iterations": EPOCHS * len(data.labels) // training.batch_size})
    student = Network("student", textcnn(TextCNNByCharacter), "characters", Streams(0), "float32")

    def loss(batch: Batch) -> Tensor:
        logits = student(batch).logits
        return cross_entropy(logits, batch.labels) + soft_divergence(logits, batch.targets["logits"], TEMPERATURE)

    fit_suite(student.train(), data, training, loss)
    return student.model


def distil_textbrewer(data: Items) -> nn.Module:
    training, student = parameters().student.training, textcnn().train()
    steps = EPOCHS * len(data.labels) // training.batch_size
    distiller = textbrewer.BasicDistiller(
        textbrewer.TrainingConfig(log_dir=None, output_dir="textbrewer", device="cpu", ckpt_frequency=1),
        textbrewer.DistillationConfig(
            temperature=TEMPERATURE,
            kd_loss_type="ce",
            kd_loss_weight=TEMPERATURE**2,
            hard_label_weight=1.0,
            is_caching_logits=True,
        ),
        Stored(),
        Classifier(student),
        lambda batch, output: {"logits": (output["logits"],)},
        lambda batch, output: {"logits": (output["logits"],), "losses": (output["loss"],)},
    )
    optimiser = torch.optim.AdamW(
        student.parameters(), lr=training.learning_rate, weight_decay=training.weight_decay, fused=True
    )
    distiller.train(
        optimiser,
        DataLoader(Titles(data, "characters"), training.batch_size, shuffle=True, collate_fn=collate),
        num_epochs=EPOCHS,
        scheduler_class=get_linear_schedule_with_warmup,
        scheduler_args={"num_warmup_steps": round(training.warmup * steps), "num_training_steps": steps},
        max_grad_norm=training.clip_norm,
    )
    return student


def agreement(model: nn.Module, data: Items, kind: str) -> float:
    """Share of the titles whose label the trained network gives."""
    with torch.inference_mode():
        return float((model.eval()(data.inputs[kind]).logits.argmax(dim=1) == data.labels).float().mean())


@pytest.mark.benchmark(min_rounds=3)
@pytest.mark.parametrize("train", [fine_tune_suite, fine_tune_trainer])
def test_fine_tuning(
    benchmark: BenchmarkFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, train: Callable[[Items], nn.Module]
) -> None:
    monkeypatch.chdir(tmp_path)
    data = labelled(TITLES, PIECES, "pieces")
    benchmark.group = f"fine-tuning BERT on {TITLES} titles, {EPOCHS} epochs"
    benchmark.extra_info["items"] = EPOCHS * TITLES
    model = benchmark(train, data)
    assert agreement(model, data, "pieces") > 2 / CLASSES


@pytest.mark.parametrize("train", [distil_suite, distil_textbrewer])
def test_distillation(
    benchmark: BenchmarkFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, train: Callable[[Items], nn.Module]
) -> None:
    monkeypatch.chdir(tmp_path)
    data = labelled(6 * TITLES, CHARACTERS, "characters")
    benchmark.group = f"soft labels into the TextCNN on {6 * TITLES} titles, {EPOCHS} epochs"
    benchmark.extra_info["items"] = EPOCHS * 6 * TITLES
    model = benchmark(train, data)
    assert agreement(model, data, "characters") > 2 / CLASSES
