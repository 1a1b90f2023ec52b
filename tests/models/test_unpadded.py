from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from replication.models.bert import Bert, load_bert
from replication.models.tokeniser import Tokeniser
from replication.models.unpadded import STEP, Places, hidden_positions, layer_on_pieces
from tests.models.test_bert import TEXTS
from tests.models.tiny import LAYERS, teacher

MASK = torch.tensor([[1, 1, 0], [1, 1, 1]])


def test_pieces_go_to_rows_and_back() -> None:
    places = Places.of(MASK)
    padded = torch.arange(12.0).view(2, 3, 2) + 1
    pieces = places.pick(padded)
    assert pieces.shape == (STEP, 2)
    assert pieces[:5].tolist() == [[1, 2], [3, 4], [7, 8], [9, 10], [11, 12]]
    assert not pieces[5:].any()
    assert torch.equal(places.pad(pieces), padded * MASK[:, :, None])


def test_a_full_number_of_rows_is_left_as_it_is() -> None:
    states = torch.randn(STEP, 3)
    assert torch.equal(Places.of(torch.ones(2, STEP // 2)).fill(states), states)


def with_and_without_padding(model: Bert, ids: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The last layer's states from transformers' own layers on the padded batch, from ours, and the mask."""
    mask = (ids != 0).long()
    places = Places.of(mask)
    states: Tensor = model.network.bert.embeddings(input_ids=ids)
    pieces = places.pick(states)
    for layer in model.network.bert.encoder.layer:
        states = layer(states, hidden_positions(mask))
        pieces = layer_on_pieces(layer, pieces, places)
    return states, places.pad(pieces), mask


def test_layers_on_pieces_are_those_of_transformers_and_so_are_their_gradients(tiny: Path) -> None:
    model = load_bert(tiny, 3, teacher(LAYERS)).eval()
    ids = Tokeniser(tiny)(TEXTS, 16)
    assert (ids == 0).any(), "some texts are shorter than others"
    theirs, ours, mask = with_and_without_padding(model, ids)
    torch.testing.assert_close(ours, theirs * mask[:, :, None], rtol=1e-5, atol=1e-6)
    weights = [parameter for layer in model.network.bert.encoder.layer for parameter in layer.parameters()]
    loss = torch.randn(theirs.shape, generator=torch.Generator().manual_seed(3)) * mask[:, :, None]
    expected = torch.autograd.grad((theirs * loss).sum(), weights)
    for found, one in zip(torch.autograd.grad((ours * loss).sum(), weights), expected, strict=True):
        torch.testing.assert_close(found, one, rtol=1e-4, atol=1e-6)
