"""Networks as ONNX, run by ONNX Runtime, and held against PyTorch.

The exporter is torch's own that traces (`dynamo=False`): the newer one needs a package of its own and gives the same
graph for these networks. Batch and length stay free, so that one file serves texts of any length.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import torch
from torch import Tensor, nn

from replication.errors import UserError
from replication.models.output import Output
from replication.predictions import Floats

OPSET = 17
"""Version of ONNX's operators: since 2022 in every runtime."""
TOLERANCE = 1e-4
"""Logits of the two runtimes may differ by this much, plus this share of the logit, in float32."""
LOGITS = "logits"
EXAMPLE = (2, 7)
"""Batch and length of what is traced."""


class LogitsAlone(nn.Module):
    """A network that returns its logits [batch, classes] and no hidden state, in evaluation mode."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.eval()

    def forward(self, inputs: Tensor) -> Tensor:
        """Logits for int64 inputs [batch, length], padded at the end."""
        output: Output = self.network(inputs)
        return output.logits


def write_onnx(network: nn.Module, path: Path, reads: str) -> None:
    """Export a network from int64 `reads` [batch, length] to `logits` [batch, classes], both sizes free."""
    free = {reads: {0: "batch", 1: "length"}, LOGITS: {0: "batch"}}
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the exporter tells of its own deprecation and of what it does not fold
        torch.onnx.export(
            LogitsAlone(network),
            (torch.full(EXAMPLE, 2, dtype=torch.long),),
            path,
            input_names=[reads],
            output_names=[LOGITS],
            dynamic_axes=free,
            opset_version=OPSET,
            dynamo=False,
        )


class OnnxNetwork:
    """An ONNX file in ONNX Runtime on the processor, with a fixed number of threads that sleep while they wait."""

    def __init__(self, path: Path, threads: int) -> None:
        """Load the file.

        A thread that spins while it waits would slow whatever runs next, such as the other network of a comparison.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self._reads: str = self._session.get_inputs()[0].name

    def __call__(self, inputs: npt.NDArray[np.int64]) -> Floats:
        """Logits [batch, classes] for inputs [batch, length]."""
        (logits,) = self._session.run([LOGITS], {self._reads: inputs})
        return np.asarray(logits, dtype=np.float32)


def check_equal(expected: Floats, found: Floats, what: str, tolerance: float = TOLERANCE) -> float:
    """Hold ONNX Runtime's logits against PyTorch's [items, classes]; returns the largest difference.

    Raises:
        UserError: a logit differs by more than `tolerance` plus that share of it.
    """
    difference = float(np.abs(expected - found).max(initial=0.0))
    if not np.allclose(found, expected, rtol=tolerance, atol=tolerance):
        raise UserError(
            f"{what}: ONNX Runtime's logits differ from PyTorch's by up to {difference:.2g}, where {tolerance:g} is "
            "allowed; install the versions of requirements/pipeline.lock"
        )
    return difference


def all_threads() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
