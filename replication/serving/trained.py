"""Trained networks read back from what their stages left."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from replication import config
from replication.data.vocabulary import CharacterVocabulary
from replication.errors import UserError
from replication.models.bert import Bert, load_bert
from replication.models.textcnn import TextCNN
from replication.predictions import Predictions
from replication.records import Run, read_run

WEIGHTS = "model.safetensors"
VOCABULARY = "vocabulary.json"
BERT = "bert."
"""What stands before the name of each of a teacher's weights."""


@dataclass(frozen=True)
class TrainedStudent:
    """A TextCNN in evaluation mode, with what it was trained as."""

    network: TextCNN
    vocabulary: CharacterVocabulary
    settings: config.Student
    run: Run
    predictions: Predictions
    """What it said of its items when its training ended."""

    def encode(self, texts: Sequence[str]) -> Tensor:
        """Texts as it reads them: int64 [texts, longest], padded at the end with 0."""
        return torch.from_numpy(self.vocabulary.encode(texts, self.settings.max_characters))


def load_student(folder: Path) -> TrainedStudent:
    """Read a student's run, `build/{student,scheme}/<dataset>/<method>/seed<k>`.

    Raises:
        UserError: there is no run of a TextCNN, or a file of it is damaged.
    """
    run, predictions = read_run(folder)
    if run.network != "textcnn":
        raise UserError(f"{folder}: expected the run of a TextCNN, found {run.network!r}; name a student's method")
    try:
        vocabulary = CharacterVocabulary(json.loads((folder / VOCABULARY).read_text(encoding="utf-8")))
        settings = config.Student.model_validate({**run.parameters["student"], "budgets": {}})
        network = TextCNN(len(vocabulary), predictions.logits.shape[1], settings)
        network.load_state_dict(load_file(folder / WEIGHTS))
    except (OSError, KeyError, ValueError, RuntimeError, SafetensorError) as error:
        raise _damaged(folder, error) from None
    return TrainedStudent(network.eval(), vocabulary, settings, run, predictions)


def load_teacher(folder: Path, checkpoint: Path, settings: config.Teacher, classes: int) -> Bert:
    """Read a teacher, its frozen part included, in the state that validation kept.

    Args:
        folder: the run, `build/teacher/<dataset>/seed<k>`.
        checkpoint: the encoder that it started from.
        settings: those that it was trained with.
        classes: of its dataset.

    Raises:
        UserError: a folder is missing or damaged, or the run is of another encoder.
    """
    path = folder / WEIGHTS
    if not path.is_file():
        raise UserError(f"{path}: no teacher's weights; run the stage `teacher`")
    network = load_bert(checkpoint, classes, settings)
    expected = {name for name, weight in network.named_parameters() if weight.requires_grad}
    try:
        weights = {name.removeprefix(BERT): weight.float() for name, weight in load_file(path).items()}
        if weights.keys() != expected:
            raise ValueError("the state of a teacher of other settings")
        network.load_state_dict(weights, strict=False)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise _damaged(path, error) from None
    return network.eval()


def _damaged(path: Path, error: Exception) -> UserError:
    reason = " ".join(str(error).split())[:200]
    return UserError(f"{path}: not a trained network ({reason}); run its stage again")
