"""Soft labels at several temperatures T (Hinton, Vinyals & Dean 2015, section 2), all else as in the ordinary cell.

T changes nothing but the student's soft loss: the teachers' logits are stored raw. The point at the profile's own T is
the ordinary run by its identity, so the store has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from replication.measurement_settings import TAUGHT as METHOD
from replication.runs.tasks import Cell

__all__ = ["METHOD", "cells"]


def cells(cell: Cell, temperatures: Sequence[float]) -> dict[str, Cell]:
    """The cell of each temperature, by the name of its folder.

    Args:
        cell: the ordinary one of `METHOD`.
        temperatures: T of each point.
    """
    return {f"{value:g}": replace(cell, settings={**cell.settings, "temperature": value}) for value in temperatures}
