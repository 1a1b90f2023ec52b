"""The TextCNN as it is trained against the TextCNN as it is defined and served."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from replication.models.textcnn import TextCNN
from replication.models.windows import TextCNNByCharacter, largest_responses
from tests.models.tiny import student

WIDTHS = [[2], [1, 2, 4], [3, 1]]
TEXTS = torch.tensor(
    [[2, 3, 4, 3, 2, 3, 0, 0], [9, 0, 0, 0, 0, 0, 0, 0], [0] * 8, [5, 5, 5, 5, 7, 0, 0, 0], [8, 2] * 4]
)


def pair(widths: list[int]) -> tuple[TextCNN, TextCNNByCharacter]:
    """The two, with the same weights."""
    torch.manual_seed(3)
    defined, trained = (kind(10, 3, student(widths, 0.5)).eval() for kind in (TextCNN, TextCNNByCharacter))
    trained.load_state_dict(defined.state_dict())
    assert isinstance(trained, TextCNNByCharacter)
    return defined, trained


@pytest.mark.parametrize("widths", WIDTHS)
def test_outputs_are_those_of_convolutions(widths: list[int]) -> None:
    defined, trained = (model(TEXTS) for model in pair(widths))
    torch.testing.assert_close(trained.logits, defined.logits)
    assert trained.hidden.keys() == defined.hidden.keys() == {"features", "embedding"}
    for name, hidden in defined.hidden.items():
        torch.testing.assert_close(trained.hidden[name], hidden)


@pytest.mark.parametrize("widths", WIDTHS)
def test_gradients_are_those_of_convolutions(widths: list[int]) -> None:
    weights = torch.randn((len(TEXTS), 3), generator=torch.Generator().manual_seed(0))

    def gradients(model: TextCNN) -> tuple[Tensor, ...]:
        output = model(TEXTS)
        loss = (output.logits * weights).sum() + output.hidden["embedding"].square().sum()
        return torch.autograd.grad(loss, list(model.parameters()))

    defined, trained = (gradients(model) for model in pair(widths))
    for found, expected in zip(trained, defined, strict=True):
        torch.testing.assert_close(found, expected)
        assert expected.abs().sum() > 0


def test_under_bfloat16_the_sums_stay_in_float32() -> None:
    _, trained = pair([1, 2, 4])
    exact = trained(TEXTS).hidden["features"]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = trained(TEXTS).hidden["features"]
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, exact, rtol=0.05, atol=0.02)
    assert not torch.equal(found, exact)


def test_the_gradient_of_the_largest_responses_agrees_with_finite_differences() -> None:
    generator = torch.Generator().manual_seed(5)
    products = torch.randn((5, 3, 2), generator=generator, dtype=torch.float64, requires_grad=True)
    places = torch.tensor([[1, 4, 2, 0, 0], [3, 3, 1, 2, 4]])
    inside = torch.tensor([[True, True, True, False], [True, True, True, True]])
    assert torch.autograd.gradcheck(lambda table: largest_responses(table, places, inside, [1, 2]), (products,))
