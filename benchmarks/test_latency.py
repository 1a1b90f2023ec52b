"""Latency of one title and of 64, teacher and student, PyTorch beside ONNX Runtime; one thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture
from torch import nn

from benchmarks.workload import CHARACTERS, PIECES, bert, textcnn, titles
from replication.serving.exchange import LogitsAlone, OnnxNetwork, write_onnx

NETWORKS: dict[str, tuple[Callable[[], nn.Module], int]] = {"teacher": (bert, PIECES), "student": (textcnn, CHARACTERS)}


@pytest.fixture(scope="module", params=NETWORKS)
def network(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[nn.Module, Path, int]:
    make, numbers = NETWORKS[request.param]
    made = LogitsAlone(make())
    path = tmp_path_factory.mktemp("onnx") / "model.onnx"
    write_onnx(made.network, path, "inputs")
    return made, path, numbers


@pytest.mark.parametrize("batch", [1, 64])
@pytest.mark.parametrize("runtime", ["pytorch", "onnxruntime"])
def test_latency(benchmark: BenchmarkFixture, network: tuple[nn.Module, Path, int], runtime: str, batch: int) -> None:
    made, path, numbers = network
    inputs = titles(batch, numbers)
    call: Callable[[], object] = partial(made, inputs)
    if runtime == "onnxruntime":
        call = partial(OnnxNetwork(path, threads=1), inputs.numpy())
    benchmark.group = f"latency, {batch} a call"
    benchmark.extra_info["items"] = batch
    with torch.inference_mode():
        benchmark(call)
