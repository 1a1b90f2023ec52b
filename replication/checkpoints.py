"""Checkpoints of a phase under way: tensors and plain values in one file, moved into place whole."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True)
class Checkpoint:
    """One file; with path None nothing is kept."""

    path: Path | None

    def read(self) -> dict[str, Any] | None:
        """The last state written, or None. Only tensors and plain values are read, never objects."""
        if self.path is None or not self.path.exists():
            return None
        state: dict[str, Any] = torch.load(self.path, weights_only=True)
        return state

    def write(self, state: Mapping[str, Any]) -> None:
        """Replace the state. A kill at any moment leaves the old or the new one."""
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        torch.save(dict(state), temporary)
        temporary.replace(self.path)


def copied(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A copy of a module's state that further training does not change."""
    return {name: tensor.detach().clone() for name, tensor in state.items()}
