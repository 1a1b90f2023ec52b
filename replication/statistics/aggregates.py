"""Scores summed up over sets and seeds."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def interquartile_mean(values: ArrayLike) -> float:
    """Mean of the middle half of all scores, over sets and seeds together, [sets, seeds] or flat.

    As rliable has it (Agarwal et al. 2021, "Deep reinforcement learning at the edge of the statistical precipice",
    section 4.3): a quarter of the scores, rounded down, is left out at each end.
    """
    from scipy.stats import trim_mean  # takes half a second to import

    return float(trim_mean(np.asarray(values, dtype=np.float64), proportiontocut=0.25, axis=None))
