"""The TextCNN as it is trained: each filter's largest response, and its gradient, at the price of the characters.

A convolution multiplies its filters with every position of a batch, though the same characters stand at most of them.
The response at a window is a sum over its characters of a product that depends on the character alone, so each known
character is multiplied once and the products are looked up and added. Of the sum's gradient nothing reaches a window
but the largest, so what goes back is a few numbers a text and filter, not a tensor of all positions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from replication.data.vocabulary import PAD
from replication.models.textcnn import TextCNN, count


class TextCNNByCharacter(TextCNN):
    """A TextCNN of the same parameters and, to rounding, outputs and gradients, at half the time of a step."""

    def responses(self, characters: Tensor) -> tuple[Tensor, Tensor]:
        """As `TextCNN.responses`."""
        known, places = torch.unique(self.padded(characters), return_inverse=True)
        embedded: Tensor = self.embedding(known)
        convolutions = [module for module in self.convolutions if isinstance(module, nn.Conv1d)]
        weights = [convolution.weight.permute(1, 2, 0) for convolution in convolutions]
        filters = torch.cat(weights, dim=1)  # [embedding, sum of widths, filters]
        products = (embedded @ filters.flatten(1)).float().view(len(known), *filters.shape[1:])
        largest = largest_responses(products, places, characters != PAD, self.widths)
        pooled = largest + torch.cat([cast(Tensor, convolution.bias) for convolution in convolutions])
        ones = products.new_ones(places.shape)
        occurs = products.new_zeros(len(characters), len(known)).scatter_add_(1, places, ones)
        return pooled, (occurs @ embedded).float() / count(characters)


def largest_responses(products: Tensor, places: Tensor, inside: Tensor, widths: Sequence[int]) -> Tensor:
    """Maximum over the windows that begin inside the text, by width and filter.

    Args:
        products: [characters, sum of widths, filters], float32: of the embedding of each character with each position
            of the filters, the positions of the first width first.
        places: [batch, length + largest width - 1], long: which character stands where.
        inside: [batch, length], bool: where windows may begin.
        widths: of the filters.

    Returns:
        [batch, number of widths * filters], the first width's filters first; -inf where a text has no window.
    """
    return cast(Tensor, _LargestResponses.apply(products, places, inside, tuple(widths)))  # type: ignore[no-untyped-call]


class _LargestResponses(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, products: Tensor, places: Tensor, inside: Tensor, widths: Sequence[int]) -> Tensor:  # noqa: ANN401
        _, positions, filters = products.shape
        batch, length = inside.shape
        table = products.flatten(0, 1)
        windows = (places * positions).unfold(1, max(widths), 1)  # [batch, length, largest width]: rows of the table
        outside = ~inside.unsqueeze(2)
        largest, starts, first = [], [], 0
        for width in widths:
            rows = windows[:, :, :width] + torch.arange(first, first + width, device=places.device)
            responses = functional.embedding_bag(rows.reshape(-1, width), table, mode="sum").view(
                batch, length, filters
            )
            found = responses.masked_fill_(outside, -torch.inf).max(dim=1)
            largest.append(found.values)
            starts.append(found.indices)
            first += width
        ctx.save_for_backward(places, *starts)
        ctx.widths, ctx.shape = widths, products.shape
        return torch.cat(largest, dim=1)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:  # noqa: ANN401
        places, *starts = ctx.saved_tensors
        _, positions, filters = ctx.shape
        back = gradient.new_zeros(ctx.shape).view(-1)
        first, columns = 0, torch.arange(filters, device=places.device)
        for width, start, own in zip(ctx.widths, starts, gradient.chunk(len(starts), dim=1), strict=True):
            for offset in range(width):
                rows = places.gather(1, start + offset) * positions + first + offset
                back.index_add_(0, (rows * filters + columns).view(-1), own.reshape(-1))
            first += width
        return back.view(ctx.shape), None, None, None
