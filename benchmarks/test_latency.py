"""Latency of one title and of 64, teacher and student, PyTorch beside ONNX Runtime; one thread and all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture
from torch import nn

from benchmarks.workload import CHARACTERS, PIECES, bert, textcnn, titles
from replication.serving.exchange import LogitsAlone, OnnxNetwork, all_threads, write_onnx

NETWORKS: dict[str, tuple[Callable[[], nn.Module], int]] = {"teacher": (bert, PIECES), "student": (textcnn, CHARACTERS)}


@pytest.fixture(scope="module", params=NETWORKS)
def network(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[nn.Module, Path, int]:
    make, numbers = NETWORKS[request.param]
    made = LogitsAlone(make())
    path = tmp_path_factory.mktemp("onnx") / "model.onnx"
    write_onnx(made.network, path, "inputs")
    return made, path, numbers


@pytest.mark.parametrize("threads", sorted({1, all_threads()}))
@pytest.mark.parametrize("batch", [1, 64])
@pytest.mark.parametrize("runtime", ["pytorch", "onnxruntime"])
def test_latency(
    benchmark: BenchmarkFixture, network: tuple[nn.Module, Path, int], runtime: str, batch: int, threads: int
) -> None:
    made, path, numbers = network
    inputs = titles(batch, numbers)
    call: Callable[[], object] = partial(made, inputs)
    if runtime == "onnxruntime":
        call = partial(OnnxNetwork(path, threads=threads), inputs.numpy())
    benchmark.group = f"latency, {batch} a call, {threads} thread{'s' if threads > 1 else ''}"
    benchmark.extra_info["items"] = batch
    torch.set_num_threads(threads)  # `one_thread` sets it back
    with torch.inference_mode():
        benchmark(call)
    if benchmark.stats is not None:  # None where benchmarks are off and the call is made once
        milliseconds = 1000 * np.percentile(benchmark.stats.stats.sorted_data, [50, 95, 99])
        benchmark.extra_info |= dict(zip(("p50_ms", "p95_ms", "p99_ms"), milliseconds.tolist(), strict=True))
