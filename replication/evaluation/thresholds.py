"""From logits to junk: the probability, and the threshold on it that a run's own validation predictions ask for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from replication.evaluation.testset import JUNK

Floats = npt.NDArray[np.floating]
DEFAULT = 0.5


def junk_probability(logits: Floats) -> npt.NDArray[np.float64]:
    """softmax(z)[junk] in float64: [items, classes] -> [items]."""
    return np.asarray(softmax(np.asarray(logits, dtype=np.float64), axis=1)[:, JUNK])


def choose_threshold(probability: Floats, junk: npt.NDArray[np.bool_]) -> float:
    """The threshold with the largest junk F1 where an item is junk from it on (`probability >= threshold`).

    Candidates are 0, 0.5 and the middles between neighbouring probabilities, which cut the items in every way that
    calls at least one of them junk. Of equally good ones the nearest to 0.5 is taken, then the lower one.

    Args:
        probability: of junk, [validation items].
        junk: whether each is junk, [validation items].
    """
    levels = np.unique(probability)
    candidates = np.concatenate([[0.0, DEFAULT], (levels[:-1] + levels[1:]) / 2])
    order = np.argsort(probability, kind="stable")
    ranked = np.asarray(probability)[order]
    junk_from = np.concatenate([np.cumsum(junk[order][::-1])[::-1], [0]])
    """Junk among the items from each rank on."""
    first = np.searchsorted(ranked, candidates, side="left")
    f1 = 2.0 * junk_from[first] / np.maximum(len(ranked) - first + junk.sum(), 1)
    best = candidates[f1 == f1.max()]
    return float(min(best, key=lambda threshold: (abs(threshold - DEFAULT), threshold)))
