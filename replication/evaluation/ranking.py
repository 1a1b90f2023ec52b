"""Average precision, the area under the precision-recall curve, on every resample of the test items.

AP = Σ_k (R_k − R_{k−1})·P_k over the thresholds k, without interpolation (Davis and Goadrich 2006 on why; as
scikit-learn has it). It equals the mean, over the junk items drawn, of the precision among all items ranked no lower.
So a run is sorted once, and a resample costs two running sums, of whole numbers because those are the fast ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from replication.statistics import Resamples

Floats = npt.NDArray[np.floating]
Bools = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int32]
BLOCK = 128
"""Resamples handled at once: a block of them stays in the processor's cache."""


class Ranking:
    """One run's items from the surest junk down, ties together."""

    def __init__(self, scores: Floats, junk: Bools) -> None:
        """Sort the items: `scores` [items], higher is more junk; `junk` [items] says which are."""
        self.order = np.argsort(-np.asarray(scores), kind="stable")
        ranked = np.asarray(scores)[self.order]
        self.junk = np.flatnonzero(junk[self.order])
        """Ranks of the junk items."""
        last_of_tie = np.searchsorted(-ranked, -ranked, side="right") - 1
        self.tie = last_of_tie[self.junk]
        """For each junk item the last rank that has its score."""
        self.has_ties = bool((self.tie != self.junk).any())

    def average_precision(self, weights: Counts) -> npt.NDArray[np.float64]:
        """AP under whole item weights [draws, items] -> [draws]; 0 where no junk has weight."""
        ranked = np.take(weights, self.order, axis=1)
        junk = np.take(ranked, self.junk, axis=1)
        above = np.take(np.cumsum(ranked, axis=1, dtype=np.int32), self.tie, axis=1)
        caught = np.cumsum(junk, axis=1, dtype=np.int32)
        if self.has_ties:
            caught = np.take(caught, np.searchsorted(self.junk, self.tie, side="right") - 1, axis=1)
        summed = np.einsum("ij,ij->i", junk, caught / np.maximum(above, 1))
        return np.asarray(summed / np.maximum(junk.sum(axis=1), 1))


def average_precision(scores: Floats, junk: Bools) -> float:
    """AP of one run: `scores` [items], `junk` [items]."""
    return float(Ranking(scores, junk).average_precision(np.ones((1, len(scores)), dtype=np.int32))[0])


def drawn_average_precision(resamples: Resamples, runs: Sequence[Floats], junk: Bools) -> npt.NDArray[np.float64]:
    """AP of each run on each resample of the items, [draws, runs].

    Args:
        resamples: of the items.
        runs: scores [items] of each run.
        junk: which items are junk, [items].
    """
    rankings = [Ranking(scores, junk) for scores in runs]
    blocks = []
    for weights in resamples.item_weights():
        for start in range(0, len(weights), BLOCK):
            part = weights[start : start + BLOCK].astype(np.int32)
            blocks.append(np.stack([ranking.average_precision(part) for ranking in rankings], axis=1))
    return np.concatenate(blocks)
