"""The two networks that learn, with all that training and scoring need: items, validation score, predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from sklearn.metrics import f1_score

from replication import config
from replication.batches import Items
from replication.data.splits import Split, Splits
from replication.data.vocabulary import CharacterVocabulary
from replication.inputs import Encoded, Encoder, training_items
from replication.models.bert import Tokeniser, load_bert
from replication.models.textcnn import TextCNN
from replication.network import Network, Precision, Streams
from replication.records import Predictions


@dataclass(frozen=True)
class Learner:
    """A network, what it is trained on and what it is scored on."""

    network: Network
    items: Items
    scored: Mapping[str, Split]
    """The splits to predict when the run ends, by name; `validation` is among them."""
    encoded: Mapping[str, Encoded]
    """The same splits as the network reads them."""
    classes: int
    vocabulary: Sequence[str] = field(default=())

    def validation(self, network: Network) -> float:
        """Macro-F1 of a network on the validation split, in [0, 1]."""
        labels = self.scored["validation"].labels
        assert labels is not None
        encoded = self.encoded["validation"]
        predicted = network.predict(encoded.inputs, encoded.lengths).logits.argmax(dim=-1)
        every_class = range(self.classes)
        return float(f1_score(labels, predicted.numpy(), labels=every_class, average="macro", zero_division=0.0))

    def predictions(self) -> Predictions:
        """Logits of every scored split by item id."""
        ids, names, logits = [], [], []
        for name, split in self.scored.items():
            encoded = self.encoded[name]
            ids += split.ids
            names += [name] * len(split.ids)
            logits.append(self.network.predict(encoded.inputs, encoded.lengths).logits.numpy())
        return Predictions(ids=ids, split=names, logits=np.concatenate(logits).astype(np.float32))

    def save_state(self, path: Path) -> None:
        """Write the weights that training changes as safetensors, bfloat16 where the network computes in it."""
        dtype = torch.bfloat16 if self.network.precision == "bfloat16" else torch.float32
        trained = {name: weight for name, weight in self.network.model.named_parameters() if weight.requires_grad}
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".partial")
        save_file({name: weight.detach().to(dtype).contiguous() for name, weight in trained.items()}, temporary)
        temporary.replace(path)


def textcnn(
    splits: Splits, settings: config.Student, seed: int, uses_pool: bool, targets: Mapping[str, Predictions]
) -> Learner:
    """The TextCNN. Its vocabulary is of the training text, pool included, so that every arm has the same student."""
    vocabulary = CharacterVocabulary.build([*splits.labelled.texts, *splits.pool.texts], settings.min_count)

    def encode(texts: Sequence[str]) -> Encoded:
        return encoded(torch.from_numpy(vocabulary.encode(texts, settings.max_characters)), 0)

    streams = Streams(seed)
    model = streams.initialise("student", lambda: TextCNN(len(vocabulary), len(splits.classes), settings))
    network = Network("student", model, "characters", streams, "float32")
    items = training_items(splits, {"characters": encode}, uses_pool, targets)
    scored = {"validation": splits.validation, "test": splits.test}
    return _learner(network, items, scored, encode, splits, vocabulary.to_list())


def bert(splits: Splits, settings: config.Teacher, checkpoint: Path, seed: int, precision: Precision) -> Learner:
    """BERT, trained on the labelled items; it predicts the training texts too, as the targets of students."""
    tokeniser = Tokeniser(checkpoint)

    def encode(texts: Sequence[str]) -> Encoded:
        return encoded(tokeniser(texts, settings.max_tokens), tokeniser.pad_id)

    streams = Streams(seed)
    model = streams.initialise("teacher", lambda: load_bert(checkpoint, len(splits.classes), settings))
    network = Network("teacher", model, "pieces", streams, precision)
    items = training_items(splits, {"pieces": encode}, False, {})
    scored = {
        "labelled": splits.labelled,
        "pool": splits.pool,
        "validation": splits.validation,
        "test": splits.test,
    }
    return _learner(network, items, scored, encode, splits, ())


def _learner(
    network: Network,
    items: Items,
    scored: Mapping[str, Split],
    encode: Encoder,
    splits: Splits,
    vocabulary: Sequence[str],
) -> Learner:
    inputs = {name: encode(split.texts) for name, split in scored.items()}
    return Learner(network, items, scored, inputs, len(splits.classes), vocabulary)


def encoded(inputs: torch.Tensor, pad_id: int) -> Encoded:
    """Texts as int64 [N, L] with the length of each."""
    return Encoded(inputs, (inputs != pad_id).sum(dim=-1).clamp(min=1))
