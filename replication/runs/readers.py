"""The networks that learn, with all that training and scoring need: items, validation score, predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from replication import config, metrics
from replication.data.splits import Split, Splits
from replication.data.vocabulary import CharacterVocabulary
from replication.models.windows import TextCNNByCharacter
from replication.predictions import Predictions
from replication.training import frozen
from replication.training.batches import Items
from replication.training.inputs import Encoded, Encoder, Outputs, make_items
from replication.training.network import Network, Precision, Streams


@dataclass(frozen=True)
class Readers:
    """Networks on the same random streams, and how each kind of input is made of texts."""

    splits: Splits
    streams: Streams
    networks: dict[str, Network] = field(default_factory=dict)
    encoders: dict[str, Encoder] = field(default_factory=dict)

    def add_textcnn(
        self, name: str, settings: config.Student, training_texts: Sequence[str], precision: Precision
    ) -> CharacterVocabulary:
        """A TextCNN on the characters of its training texts."""
        vocabulary = CharacterVocabulary.build(training_texts, settings.min_count)
        classes = len(self.splits.classes)
        model = self.streams.initialise(name, lambda: TextCNNByCharacter(len(vocabulary), classes, settings))
        self.networks[name] = Network(name, model, "characters", self.streams, precision)

        def encode(texts: Sequence[str]) -> Encoded:
            return encoded(torch.from_numpy(vocabulary.encode(texts, settings.max_characters)))

        self.encoders["characters"] = encode
        return vocabulary

    def add_bert(
        self, settings: config.Teacher, checkpoint: Path, states: Path, precision: Precision, hidden: bool = False
    ) -> None:
        """A BERT on what its frozen part makes of the texts; `hidden`: it hands `settings.hidden_layers` out."""
        from replication.models.bert import BertOnStates, load_bert  # transformers takes seconds to import

        table = frozen.load(states, self.splits)
        layers = settings.hidden_layers if hidden else ()
        classes = len(self.splits.classes)
        model = self.streams.initialise("teacher", lambda: load_bert(checkpoint, classes, settings, layers))
        self.networks["teacher"] = Network(
            "teacher", BertOnStates(model, table.table.to(self.streams.device)), "pieces", self.streams, precision
        )
        self.encoders["pieces"] = lambda texts: encoded(table.encode(texts))

    def items(self, parts: Sequence[Split], targets: Mapping[str, Outputs]) -> Items:
        """The items of some splits, as all the networks read them."""
        return make_items(parts, self.encoders, targets).on(self.streams.device)

    def predictions(self, network: Network, names: Sequence[str]) -> tuple[Predictions, dict[str, torch.Tensor]]:
        """A network's logits of some splits by item id, and its hidden states [items, width] by name."""
        ids: list[str] = []
        splits: list[str] = []
        outputs = []
        for name in names:
            split: Split = getattr(self.splits, name)
            read = self.encoders[network.reads](split.texts)
            outputs.append(network.predict(read.inputs.to(self.streams.device), read.lengths))
            ids += split.ids
            splits += [name] * len(split.ids)
        logits = np.concatenate([output.logits.cpu().numpy() for output in outputs]).astype(np.float32)
        hidden = {name: torch.cat([output.hidden[name] for output in outputs]).cpu() for name in outputs[0].hidden}
        return Predictions(ids=ids, split=splits, logits=logits), hidden


def macro_f1(network: Network, items: Items, classes: int) -> float:
    """Macro-F1 of a network on labelled items, in [0, 1]."""
    predicted = network.predict(items.inputs[network.reads], items.lengths[network.reads]).logits.argmax(dim=-1)
    return metrics.evaluate(items.labels.cpu().numpy(), predicted.cpu().numpy(), classes)["macro_f1"]


def save_state(network: Network, path: Path, dtype: torch.dtype) -> None:
    """Write the weights that training changes as safetensors in `dtype`."""
    trained = {name: weight for name, weight in network.model.named_parameters() if weight.requires_grad}
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".partial")
    save_file({name: weight.detach().to("cpu", dtype).contiguous() for name, weight in trained.items()}, temporary)
    temporary.replace(path)


def encoded(inputs: torch.Tensor) -> Encoded:
    """Texts as int64 [N, L], padded at the end with 0, with the length of each."""
    return Encoded(inputs, (inputs != 0).sum(dim=-1).clamp(min=1))
