"""What every network returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Output:
    """The output for B items and C classes."""

    logits: Tensor
    """[B, C]."""
    hidden: Mapping[str, Tensor]
    """Named hidden states, each [B, width]."""
