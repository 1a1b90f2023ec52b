"""What decides the numbers that a network computes, besides its code and its inputs."""

from __future__ import annotations

import importlib.metadata
import os

import torch

SOFTWARE = ("torch", "transformers", "tokenizers", "numpy")
"""The distributions whose version may change them."""


def software() -> list[str]:
    """The versions of `SOFTWARE`."""
    return [importlib.metadata.version(name) for name in SOFTWARE]


def deterministic(device: str) -> None:
    """Have a GPU add up in a fixed order, where torch has a way to; a processor does so by itself.

    cuBLAS reads its setting when it is first used, so this comes before anything is computed on the GPU.
    """
    if device == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True, warn_only=True)
