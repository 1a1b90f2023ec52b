"""What the sweeps share: one arm's score at one point."""

from __future__ import annotations

from replication.results.cells import Interval
from replication.results.files import Frozen


class ArmScore(Frozen):
    """Test macro-F1 of one arm, as shares of 1."""

    macro_f1: Interval
    seeds: dict[int, float]
    """The same by seed."""
