"""The TextCNN as it is trained against the TextCNN as it is defined and served."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from replication.losses import cross_entropy
from replication.models.textcnn import TextCNN
from replication.models.windows import TextCNNByCharacter, largest_responses
from replication.training.batches import Batch, Items, stream
from replication.training.loop import Loop, fit
from replication.training.network import Network, Streams
from replication.training.phases import Phase, Term, Terms, Update
from tests.models.tiny import student
from tests.toy import TRAINING

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


def test_training_goes_the_way_of_convolutions() -> None:
    """Many steps of the suite's own loop: a gradient that the optimiser misreads would show."""
    generator = torch.Generator().manual_seed(1)
    texts = torch.randint(1, 10, (64, 12), generator=generator)
    labels = texts[:, 0] % 3
    items = Items({"characters": texts}, {"characters": torch.full((64,), 12)}, labels, {})

    def trained(kind: type[TextCNN]) -> tuple[list[float], list[Tensor]]:
        streams = Streams(0)
        model = streams.initialise("student", lambda: kind(10, 3, student([1, 2, 4], 0.0)))
        network = Network("student", model, "characters", streams, "float32")

        def terms(batch: Batch) -> Terms:
            return {"hard": Term(cross_entropy(network(batch).logits, batch.labels))}

        phase = Phase("student", 60, [Update("student", [network], terms, TRAINING)], (), 3, None)
        history = fit(iter([phase]), Loop(items, lambda: stream(items, "characters", 0, 16, 1000), streams)).history
        return [point.losses["student/hard"] for point in history], [p.detach() for p in model.parameters()]

    (losses, weights), (expected, expected_weights) = (trained(kind) for kind in (TextCNNByCharacter, TextCNN))
    assert losses == pytest.approx(expected, rel=1e-3)
    assert losses[-1] < 0.5 * losses[0]
    for found, other in zip(weights, expected_weights, strict=True):
        torch.testing.assert_close(found, other, rtol=1e-2, atol=1e-3)


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
