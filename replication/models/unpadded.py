"""BERT's layers on the real pieces alone.

A batch is padded to its longest text, and an eighth to a quarter of a training batch is padding. Of a layer, attention
alone has to know which pieces stand in one text; all else acts on each piece by itself, and does so here on one row a
piece. Rows are filled up to a multiple of `STEP`: oneDNN compiles a product anew for every number of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers.models.bert.modeling_bert import BertLayer, BertSelfAttention, eager_attention_forward

__all__ = ["Places", "hidden_positions", "layer_on_pieces"]

STEP = 64


@dataclass(frozen=True)
class Places:
    """Where each of P real pieces stands in a batch [batch, length]; R is P, rounded up to a multiple of `STEP`."""

    mask: Tensor
    """[batch, length], 1 at real pieces."""
    rows: Tensor
    """[P], long: their positions in the flattened batch, rising."""

    @classmethod
    def of(cls, mask: Tensor) -> Places:
        """The real pieces of a mask [batch, length]."""
        return cls(mask, mask.flatten().nonzero().squeeze(1))

    def fill(self, real: Tensor) -> Tensor:
        """[P, width] -> [R, width], the last rows zeros."""
        return F.pad(real, (0, 0, 0, -len(real) % STEP))

    def pick(self, padded: Tensor) -> Tensor:
        """[batch, length, width] -> [R, width]."""
        return self.fill(padded.flatten(0, 1).index_select(0, self.rows))

    def pad(self, pieces: Tensor) -> Tensor:
        """[R, width] -> [batch, length, width], zeros at padding."""
        real = pieces[: len(self.rows)]
        flat = pieces.new_zeros((self.mask.numel(), pieces.shape[1])).index_copy(0, self.rows, real)
        return flat.view(*self.mask.shape, -1)


def hidden_positions(mask: Tensor) -> Tensor:
    """What is added to attention scores: 0 at real pieces, the least number at padding; [batch, 1, 1, length]."""
    return (1.0 - mask.float())[:, None, None, :] * torch.finfo(torch.float32).min


def layer_on_pieces(layer: nn.Module, pieces: Tensor, places: Places) -> Tensor:
    """What a layer makes of pieces [R, width], as if it were given the padded batch; the rows past P mean nothing."""
    bert = cast(BertLayer, layer)
    context = _attend(cast(BertSelfAttention, bert.attention.self), pieces, places)
    attended = bert.attention.output(context, pieces)
    return cast(Tensor, bert.output(bert.intermediate(attended), attended))


def _attend(attention: BertSelfAttention, pieces: Tensor, places: Places) -> Tensor:
    def heads(linear: nn.Linear) -> Tensor:
        shape = (*places.mask.shape, attention.num_attention_heads, attention.attention_head_size)
        return places.pad(linear(pieces)).view(shape).transpose(1, 2)

    query, key, value = heads(attention.query), heads(attention.key), heads(attention.value)
    context, _ = eager_attention_forward(
        attention, query, key, value, hidden_positions(places.mask), scaling=attention.scaling
    )
    return places.pick(context.flatten(2))
