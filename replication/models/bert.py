"""The teacher: a pre-trained BERT (Devlin et al. 2019) with a classification head.

The head follows the checkpoint. One that holds a trained pooler (the first piece's state through a dense layer and
tanh) is classified through it, as in the paper. One without was trained by the mean of the states (the packaged
encoder), and the classifier sees that mean: on 800 titles a new pooler costs several points of macro-F1.

The embeddings stay as they were pre-trained, and the lowest layers if asked for. A small labelled set moves a few rows
only, which sets them apart from the rows that it does not have, and the optimiser's work on the whole table doubles the
time of a step. What is frozen is a fixed function of the text, so its states are computed once
(`replication.training.frozen`) and no dropout acts in it. Above, dropout is of the hidden states, not of the attention
weights, whose random numbers cost a sixth of a step on a processor; there plain attention is also the fastest to
differentiate.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from logging import ERROR
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from transformers import BertForSequenceClassification
from transformers.utils import logging

from replication.config import Teacher
from replication.errors import UserError
from replication.models.output import Output
from replication.models.tokeniser import Tokeniser
from replication.models.unpadded import Places, hidden_positions, layer_on_pieces

__all__ = ["Bert", "BertOnStates", "Tokeniser", "kept_layers", "load_bert", "masked_mean"]


class Bert(nn.Module):
    """A `BertForSequenceClassification` in two parts: the frozen one below and the one that learns above it.

    The frozen part is a fixed function of the text (no dropout acts in it), so that its states may be computed once.
    """

    def __init__(
        self, network: BertForSequenceClassification, frozen_layers: int = 0, hidden_layers: Sequence[int] = ()
    ) -> None:
        """Wrap a network.

        Args:
            network: with its head; without a pooler (`network.bert.pooler` is None) the states' mean is classified.
            frozen_layers: how many layers from the bottom are frozen, besides the embeddings.
            hidden_layers: of which kept layers, 1 being the first, `forward` hands out the pooled state.

        Raises:
            UserError: there is no such layer, or it lies inside the frozen part.
        """
        super().__init__()
        self.network = network
        self.layers: int = network.config.num_hidden_layers
        self.width: int = network.config.hidden_size
        self.pad_id: int = network.config.pad_token_id or 0
        self.frozen_layers = frozen_layers
        lowest = max(1, frozen_layers)
        for layer in hidden_layers:
            if not lowest <= layer <= self.layers:
                expected = f"{lowest} to {self.layers}, the teacher's layers above its frozen part"
                raise UserError(f"hidden layer {layer}: expected {expected}")
        self.hidden_layers = tuple(hidden_layers)

    def forward(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Output:
        """Score texts.

        Args:
            input_ids: [batch, length], long, padded at the end.
            attention_mask: [batch, length], 1 at real pieces; None: wherever `input_ids` is not padding.

        Returns:
            logits [batch, classes], and under `layer<k>` the mean [batch, width] of layer k's states over the pieces.
        """
        mask = (input_ids != self.pad_id).long() if attention_mask is None else attention_mask
        hidden = hidden_positions(mask)
        states = self.frozen(input_ids, mask)
        return self._above(states, mask, lambda layer, given: layer(given, hidden), lambda given: given)

    @torch.no_grad()
    def frozen(self, input_ids: Tensor, mask: Tensor) -> Tensor:
        """States that the frozen part hands on: [batch, length], [batch, length] -> [batch, length, width]."""
        states: Tensor = self.network.bert.embeddings(input_ids=input_ids, token_type_ids=torch.zeros_like(input_ids))
        hidden = hidden_positions(mask)
        for layer in self.network.bert.encoder.layer[: self.frozen_layers]:
            states = layer(states, hidden)
        return states

    def above(self, pieces: Tensor, places: Places) -> Output:
        """What `forward` returns, from the states [R, width] of the real pieces that the frozen part handed on.

        No work is done on padding; `forward`, which serves, is the same graph for every batch instead.
        """
        return self._above(pieces, places.mask, partial(layer_on_pieces, places=places), places.pad)

    def _above(
        self,
        states: Tensor,
        mask: Tensor,
        step: Callable[[nn.Module, Tensor], Tensor],
        padded: Callable[[Tensor], Tensor],
    ) -> Output:
        """The layers above the frozen part and the head; `step` runs a layer, `padded` lays states out by text."""
        bert = self.network.bert
        hidden = {self.frozen_layers: states}
        for number, layer in enumerate(bert.encoder.layer[self.frozen_layers :], start=self.frozen_layers + 1):
            states = step(layer, states)
            if number in self.hidden_layers:
                hidden[number] = states
        last = padded(states)
        pooled = masked_mean(last, mask) if bert.pooler is None else bert.pooler(last)
        logits = self.network.classifier(self.network.dropout(pooled))
        return Output(logits, {f"layer{n}": masked_mean(padded(hidden[n]), mask) for n in self.hidden_layers})

    def train(self, mode: bool = True) -> Bert:
        """As usual, but the frozen part stays in evaluation mode."""
        super().train(mode)
        self.network.bert.embeddings.eval()
        for layer in self.network.bert.encoder.layer[: self.frozen_layers]:
            layer.eval()
        return self


class BertOnStates(nn.Module):
    """A BERT whose texts come as rows of a table of states, which its frozen part made of their pieces."""

    def __init__(self, bert: Bert, table: Tensor) -> None:
        """Wrap a network; `table` is [rows, width], row 0 standing for padding, and no part of the module's state."""
        super().__init__()
        self.bert = bert
        self.table = table

    def forward(self, rows: Tensor) -> Output:
        """As `Bert.forward`, for int64 rows of the table [batch, length], padded at the end with 0."""
        places = Places.of((rows != 0).long())
        return self.bert.above(places.fill(self.table[rows[rows != 0]].float()), places)


def masked_mean(states: Tensor, mask: Tensor) -> Tensor:
    """Mean over the real positions: [batch, length, width] and [batch, length] -> [batch, width]."""
    weights = mask.unsqueeze(2).to(states.dtype)
    return (states * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)


def kept_layers(available: int, kept: int) -> list[int]:
    """Which of `available` layers, numbered from 0, to keep: evenly spaced, ending with the last.

    Raises:
        UserError: more are asked for than there are, or none.
    """
    if not 1 <= kept <= available:
        raise UserError(f"teacher.layers: {kept} is not allowed: expected 1 to {available}, the checkpoint's layers")
    return [available * (number + 1) // kept - 1 for number in range(kept)]


def _freeze(network: BertForSequenceClassification, layers: int) -> None:
    if layers >= len(network.bert.encoder.layer):
        expected = f"0 to {len(network.bert.encoder.layer) - 1}, so that a layer of teacher.layers is left to train"
        raise UserError(f"teacher.frozen_layers: {layers} is not allowed: expected {expected}")
    network.bert.embeddings.requires_grad_(False)
    for layer in network.bert.encoder.layer[:layers]:
        layer.requires_grad_(False)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers from reporting that the head is new, and from drawing a progress bar."""
    hide: Callable[[], None] = logging.disable_progress_bar
    show: Callable[[], None] = logging.enable_progress_bar
    shown, verbosity = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.set_verbosity(ERROR)
    hide()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if shown:
            show()


def load_bert(folder: Path, classes: int, settings: Teacher, hidden_layers: Sequence[int] = ()) -> Bert:
    """Load a checkpoint folder as a classifier; the head is initialised from torch's global generator.

    Raises:
        UserError: the folder is missing or damaged, or has fewer layers than `settings.layers`.
    """
    try:
        available = json.loads((folder / "config.json").read_text(encoding="utf-8"))["num_hidden_layers"]
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"{folder}: not a checkpoint: {error!r}; run the stage `checkpoint`") from None
    kept = kept_layers(available, settings.layers)
    try:
        with safe_open(folder / "model.safetensors", framework="pt") as tensors:
            has_pooler = "pooler.dense.weight" in set(tensors.keys())
        with _quiet():
            network = BertForSequenceClassification.from_pretrained(
                folder,
                num_labels=classes,
                hidden_dropout_prob=settings.dropout,
                attention_probs_dropout_prob=0.0,
                classifier_dropout=settings.dropout,
                attn_implementation="eager",
                dtype=torch.float32,
                local_files_only=True,
                use_safetensors=True,
            )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(f"{folder}: not a checkpoint: {reason}; run the stage `checkpoint`") from None
    network.bert.encoder.layer = nn.ModuleList(network.bert.encoder.layer[number] for number in kept)
    network.config.num_hidden_layers = len(kept)
    _freeze(network, settings.frozen_layers)
    if not has_pooler:
        network.bert.pooler = None
    return Bert(network, settings.frozen_layers, hidden_layers)
