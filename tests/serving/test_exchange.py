"""Exported networks: free sizes, padding, agreement with PyTorch, and an error where there is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from replication.errors import UserError
from replication.models.bert import load_bert
from replication.models.textcnn import TextCNN
from replication.serving.exchange import (
    OPSET,
    TOLERANCE,
    LogitsAlone,
    OnnxNetwork,
    all_threads,
    check_equal,
    write_onnx,
)
from tests.models.tiny import student, teacher, write_tiny

CLASSES = 2
SHAPES = [(1, 1), (1, 2), (2, 7), (3, 16), (64, 5)]


@pytest.fixture(scope="module", params=["textcnn", "bert", "bert without a pooler"])
def network(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> nn.Module:
    torch.manual_seed(3)
    if request.param == "textcnn":
        return TextCNN(9, CLASSES, student([2, 3, 4]))
    folder = write_tiny(tmp_path_factory.mktemp("tiny"))
    bert = load_bert(folder, CLASSES, teacher(5).model_copy(update={"frozen_layers": 2}))
    if "without" in request.param:
        bert.network.bert.pooler = None
    return bert


@pytest.fixture(scope="module")
def exported(network: nn.Module, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("onnx") / "model.onnx"
    write_onnx(network.train(), path, "inputs")
    return path


@pytest.mark.parametrize(("batch", "length"), SHAPES)
def test_both_runtimes_agree_at_every_size(network: nn.Module, exported: Path, batch: int, length: int) -> None:
    inputs = torch.randint(1, 9, (batch, length), generator=torch.Generator().manual_seed(batch * 31 + length))
    for row in range(1, batch):
        inputs[row, length - row % length :] = 0  # padding of all widths
    with torch.no_grad():
        expected = LogitsAlone(network)(inputs).numpy()
    found = OnnxNetwork(exported, threads=1)(inputs.numpy())
    assert found.shape == (batch, CLASSES)
    assert check_equal(expected, found, "network") <= TOLERANCE * (1 + np.abs(expected).max())


def test_padding_changes_no_logit(exported: Path) -> None:
    onnx_network = OnnxNetwork(exported, threads=all_threads())
    alone = np.array([[5, 6, 7]], dtype=np.int64)
    padded = np.array([[5, 6, 7, 0, 0, 0], [5, 5, 5, 5, 5, 5]], dtype=np.int64)
    np.testing.assert_allclose(onnx_network(padded)[:1], onnx_network(alone), atol=1e-5)


def test_the_file_says_what_it_takes_and_gives(exported: Path) -> None:
    model = onnx.load(exported)
    onnx.checker.check_model(model)
    assert [one.version for one in model.opset_import if one.domain == ""] == [OPSET]
    (taken,) = model.graph.input
    assert taken.name == "inputs"
    assert [size.dim_param for size in taken.type.tensor_type.shape.dim] == ["batch", "length"]
    assert [one.name for one in model.graph.output] == ["logits"]


def test_a_difference_is_an_error_of_one_line() -> None:
    expected = np.array([[1.0, -2.0]], dtype=np.float32)
    assert check_equal(expected, expected, "x") == 0.0
    assert check_equal(expected, expected + np.float32(1e-5), "x") == pytest.approx(1e-5, rel=0.05)
    with pytest.raises(UserError, match=r"^the student: .* by up to 0\.5, where 0\.0001 is allowed; install"):
        check_equal(expected, expected + np.array([[0, 0.5]], dtype=np.float32), "the student")
