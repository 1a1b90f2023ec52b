from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from replication.models.textcnn import TextCNN
from tests.models.tiny import student

WIDTHS = [1, 2, 4]


def build(widths: list[int] = WIDTHS, dropout: float = 0.5) -> TextCNN:
    torch.manual_seed(3)
    model = TextCNN(10, 3, student(widths, dropout)).eval()
    for convolution in model.convolutions:
        nn.init.constant_(parameter(convolution, "bias"), 1.0)  # so that a window of padding alone would be seen
    return model


def parameter(module: nn.Module, name: str) -> nn.Parameter:
    return dict(module.named_parameters())[name]


def pad(rows: list[list[int]], length: int) -> Tensor:
    return torch.tensor([row + [0] * (length - len(row)) for row in rows])


def test_features_are_the_maximum_over_the_windows_that_begin_in_the_text() -> None:
    model = build([2])
    weight, bias = (parameter(model.convolutions[0], name) for name in ("weight", "bias"))
    table = model.embedding.weight
    windows = [(4, 7), (7, 5), (5, 0)]
    scores = [weight[:, :, 0] @ table[first] + weight[:, :, 1] @ table[second] + bias for first, second in windows]
    expected = torch.stack(scores).amax(dim=0).relu()

    output = model(pad([[4, 7, 5]], 6))
    torch.testing.assert_close(output.hidden["features"][0], expected)
    torch.testing.assert_close(output.logits[0], model.classifier.weight @ expected + model.classifier.bias)


@pytest.mark.parametrize("text", [[5], [5, 2], [2, 3, 4, 5, 6, 7, 8]])
def test_padding_changes_nothing(text: list[int]) -> None:
    model = build()
    alone = model(torch.tensor([text]))
    together = model(pad([text, [9] * 12], 12))
    torch.testing.assert_close(together.logits[0], alone.logits[0])
    torch.testing.assert_close(together.hidden["features"][0], alone.hidden["features"][0])


def test_a_text_without_characters_has_no_features_and_finite_gradients() -> None:
    model = build()
    output = model(pad([[], [3, 4]], 2))
    assert output.hidden["features"][0].tolist() == [0.0] * 12
    output.logits.sum().backward()
    assert all(torch.isfinite(parameter.grad).all() for parameter in model.parameters() if parameter.grad is not None)


def test_the_padding_row_never_learns() -> None:
    model = build()
    model(pad([[3, 4]], 5)).logits.sum().backward()
    assert model.embedding.weight.grad is not None
    assert model.embedding.weight[0].tolist() == [0.0] * 6
    assert model.embedding.weight.grad[0].tolist() == [0.0] * 6
    assert model.embedding.weight.grad[3].abs().sum() > 0


def test_the_part_before_the_hint_is_all_but_the_classifier() -> None:
    model = build()
    guided = {id(parameter) for parameter in model.until("features").parameters()}
    outside = [name for name, parameter in model.named_parameters() if id(parameter) not in guided]
    assert outside == ["classifier.weight", "classifier.bias"]
    assert model.width == 12 == model(pad([[3]], 3)).hidden["features"].shape[1]
    with pytest.raises(ValueError, match="'features' and 'embedding', not 'logits'"):
        model.until("logits")


def test_dropout_acts_in_training_and_spares_the_features() -> None:
    model, texts = build(), pad([[2, 3, 4]], 4)
    first, second = model.train()(texts), model(texts)
    assert not torch.equal(first.logits, second.logits)
    assert torch.equal(first.hidden["features"], second.hidden["features"])


def test_the_seed_decides_all_weights() -> None:
    first, second = build().state_dict(), build().state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
