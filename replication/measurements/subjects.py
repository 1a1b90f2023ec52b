"""The two networks whose cost is measured: BERT with its frozen part, and the TextCNN."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from replication import config
from replication.measurements import sizes
from replication.models.tokeniser import Tokeniser
from replication.predictions import Floats
from replication.results.cost import NetworkCost, Role
from replication.serving.exchange import LogitsAlone, OnnxNetwork, check_equal
from replication.serving.trained import load_student, load_teacher

SINGLES = 8


@dataclass(frozen=True)
class Subject:
    """A network in evaluation mode, how it reads texts, and its files."""

    role: Role
    network: nn.Module
    encode: Callable[[Sequence[str]], Tensor]
    """Texts to int64 [texts, longest], padded at the end."""
    weights: Path
    onnx: Path

    def logits(self, inputs: Tensor) -> Floats:
        """PyTorch's logits of encoded texts, [texts, classes]."""
        with torch.inference_mode():
            logits: Tensor = LogitsAlone(self.network)(inputs)
        return logits.numpy()

    def cost(self, batches: Sequence[Sequence[str]]) -> NetworkCost:
        """Its size, its operations on single texts, and how far the runtimes' logits are apart.

        Args:
            batches: single texts, from which the operations are counted, then larger batches; the runtimes are held
                against each other on the larger ones and on the first `SINGLES` of the others.

        Raises:
            UserError: they are further apart than is allowed.
        """
        inputs = [self.encode(batch) for batch in batches]
        singles = [one for one in inputs if len(one) == 1]
        onnx = OnnxNetwork(self.onnx, threads=1)
        held = [*singles[:SINGLES], *(one for one in inputs if len(one) > 1)]
        pairs = [(self.logits(one), onnx(one.numpy())) for one in held]
        return NetworkCost(
            role=self.role,
            parameters=sizes.parameters(self.network),
            weights_bytes=self.weights.stat().st_size,
            onnx_bytes=self.onnx.stat().st_size,
            flops=sizes.flops(self.network, singles),
            length=sum(one.shape[1] for one in singles) / len(singles),
            difference=max(check_equal(one, other, f"the {self.role}") for one, other in pairs),
        )


def teacher(run: Path, checkpoint: Path, settings: config.Teacher, classes: int, folder: Path) -> Subject:
    """The teacher of a run, written to `folder`.

    Raises:
        UserError: an input is missing or damaged.
    """
    network, tokeniser = load_teacher(run, checkpoint, settings, classes), Tokeniser(checkpoint)
    weights, onnx = sizes.write_files(network, folder, "pieces")
    return Subject("teacher", network, lambda texts: tokeniser(texts, settings.max_tokens), weights, onnx)


def student(run: Path, folder: Path) -> Subject:
    """The student of a run, written to `folder`.

    Raises:
        UserError: the run is missing or damaged.
    """
    trained = load_student(run)
    weights, onnx = sizes.write_files(trained.network, folder, "characters")
    return Subject("student", trained.network, trained.encode, weights, onnx)
