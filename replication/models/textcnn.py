"""The student: a convolutional network over characters.

Kim 2014, "Convolutional Neural Networks for Sentence Classification", section 2 (https://aclanthology.org/D14-1181),
with one channel of embeddings that are learned from scratch.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from replication.config import Student
from replication.data.vocabulary import PAD
from replication.models.output import Output

FEATURES = "features"
"""The pooled windows: what the classifier reads."""
EMBEDDING = "embedding"
"""The mean of the characters' embeddings."""


class TextCNN(nn.Module):
    """Embedding, convolutions of several widths, ReLU, maximum over time, dropout, linear."""

    def __init__(self, vocabulary_size: int, classes: int, settings: Student) -> None:
        """Initialise from torch's global generator."""
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, settings.embedding, padding_idx=PAD)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(settings.embedding, settings.filters, width) for width in settings.widths
        )
        self.widths: Sequence[int] = tuple(settings.widths)
        self.width = settings.filters * len(settings.widths)
        self.dropout = nn.Dropout(settings.dropout)
        self.classifier = nn.Linear(self.width, classes)
        self.widths_of_hidden = {FEATURES: self.width, EMBEDDING: settings.embedding}

    def forward(self, characters: Tensor) -> Output:
        """Score texts.

        A window counts when it begins at a character of the text, whatever follows it, so a text's scores do not
        depend on the padding that its batch brings, and a text shorter than a filter still has a window.

        Args:
            characters: [batch, length], long, padded at the end with 0.

        Returns:
            logits [batch, classes]; under `features` the pooled windows [batch, width], under `embedding` the mean
            [batch, embedding] of the characters' embeddings.
        """
        pooled, mean = self.responses(characters)
        features = functional.relu(pooled)  # the maximum of ReLUs is the ReLU of the maximum
        return Output(self.classifier(self.dropout(features)), {FEATURES: features, EMBEDDING: mean})

    def responses(self, characters: Tensor) -> tuple[Tensor, Tensor]:
        """The largest response of every filter [batch, width], -inf without a window, and the mean embedding."""
        length = characters.shape[1]
        looked_up: Tensor = self.embedding(self.padded(characters))
        embedded = looked_up.transpose(1, 2)
        outside = (characters == PAD).unsqueeze(1)
        pooled: list[Tensor] = []
        for width, convolution in zip(self.widths, self.convolutions, strict=True):
            windows: Tensor = convolution(embedded[:, :, : length + width - 1])
            pooled.append(windows.masked_fill(outside, -torch.inf).amax(dim=2))
        return torch.cat(pooled, dim=1), looked_up.sum(dim=1) / count(characters)  # padding's row is 0

    def padded(self, characters: Tensor) -> Tensor:
        """So that every character begins a window of every width."""
        return functional.pad(characters, (0, max(self.widths) - 1), value=PAD)

    def until(self, layer: str) -> nn.ModuleList:
        """The modules up to and with a layer, whose parameters a hint stage trains.

        Raises:
            ValueError: another layer than those of `widths_of_hidden`.
        """
        modules: dict[str, list[nn.Module]] = {
            EMBEDDING: [self.embedding],
            FEATURES: [self.embedding, self.convolutions],
        }
        if layer not in modules:
            raise ValueError(f"a TextCNN's guided layers are {FEATURES!r} and {EMBEDDING!r}, not {layer!r}")
        return nn.ModuleList(modules[layer])


def count(characters: Tensor) -> Tensor:
    """How many characters a text has, at least 1: [batch, length] -> [batch, 1]."""
    return (characters != PAD).sum(dim=1, keepdim=True).clamp(min=1)
