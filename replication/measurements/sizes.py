"""How large a network is: parameters, bytes of its files, floating-point operations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from replication.serving.exchange import LogitsAlone, write_onnx


def parameters(network: nn.Module) -> int:
    """Learned numbers, frozen ones included."""
    return sum(parameter.numel() for parameter in network.parameters())


def write_files(network: nn.Module, folder: Path, reads: str) -> tuple[Path, Path]:
    """Write all weights in float32 as safetensors, and the network as ONNX; returns the two files."""
    folder.mkdir(parents=True, exist_ok=True)
    weights, graph = folder / "model.safetensors", folder / "model.onnx"
    save_file({name: weight.detach().contiguous() for name, weight in network.named_parameters()}, weights)
    write_onnx(network, graph, reads)
    return weights, graph


def flops(network: nn.Module, items: Sequence[Tensor]) -> float:
    """Mean floating-point operations of one item.

    Those of matrix products and convolutions, a multiplication and an addition counting as two; look-ups, softmax and
    normalisation are not counted (`torch.utils.flop_counter`). They depend on the length alone.

    Args:
        network: to be counted.
        items: texts of one, int64 [1, length].
    """
    alone = LogitsAlone(network)
    lengths = Counter(item.shape[1] for item in items)
    example = {item.shape[1]: item for item in items}
    total = 0
    for length, count in lengths.items():
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            alone(example[length])
        total += count * counter.get_total_flops()
    return total / len(items)
