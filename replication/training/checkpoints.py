"""Checkpoints of a phase under way: tensors and plain values in one file, moved into place whole."""

from __future__ import annotations

import os
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Checkpoint:
    """One file; with path None nothing is kept."""

    path: Path | None

    def read(self) -> dict[str, Any] | None:
        """The last state written; None where there is none or it cannot be read.

        Only tensors and plain values are read, never objects.
        """
        if self.path is None or not self.path.exists():
            return None
        try:
            state: dict[str, Any] = torch.load(self.path, weights_only=True)
        except (OSError, EOFError, RuntimeError, pickle.UnpicklingError):
            return None
        return state

    def write(self, state: Mapping[str, Any]) -> None:
        """Replace the state. A kill at any moment leaves the old or the new one."""
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        torch.save(_on_processor(dict(state)), temporary)
        temporary.replace(self.path)


def _on_processor(state: Any) -> Any:  # noqa: ANN401
    """The same with all tensors on the processor: where they go back to is for what reads them to say."""
    if isinstance(state, Tensor):
        return state.cpu()
    if isinstance(state, dict):
        return {name: _on_processor(value) for name, value in state.items()}
    if isinstance(state, list):
        return [_on_processor(value) for value in state]
    return state


def changing_state(module: nn.Module) -> dict[str, Tensor]:
    """The part of a module's state that training may change: all but the frozen parameters, not copied."""
    frozen = {name for name, parameter in module.named_parameters() if not parameter.requires_grad}
    return {name: tensor.detach() for name, tensor in module.state_dict().items() if name not in frozen}


def load_changing_state(module: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Put back what `changing_state` gave.

    Raises:
        ValueError: the state is of another module.
    """
    expected = changing_state(module).keys()
    if expected != state.keys():
        raise ValueError(f"expected a state of {len(expected)} tensors, found {len(state)} or other names")
    module.load_state_dict(state, strict=False)


def copied(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A copy of a state that further training does not change."""
    return {name: tensor.clone() for name, tensor in state.items()}
