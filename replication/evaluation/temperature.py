"""How the temperature evens out the teacher's softmax, on the validation items (Hinton et al. 2015, section 2).

That the entropy of softmax(z/T) rises with T follows from the definition, for all logits z that are not constant: its
derivative is the variance of z under the softmax over T³. So the rise checks the logits; its speed is the finding.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.special import entr, softmax

from replication.data.normalise import mask_persons
from replication.results.softmax import TemperatureItem, TemperatureResult

GRID = [2.0 ** (power / 4) for power in range(-8, 21)]
"""Temperatures from 0.25 to 32, four to a doubling."""
SHOWN = (0.1, 0.5, 0.9)
"""The items shown: at these quantiles of the entropy at T = 1, from a sure teacher to an unsure one."""
EQUAL = 1e-12
"""Relative difference up to which two mean entropies are equal: some thousand times the rounding of a double."""
LONGEST_TEXT = 48
"""Characters of a shown text, at the most; longer texts are not shown."""

Floats = npt.NDArray[np.floating]


def mean_entropy(logits: Floats, temperature: float) -> float:
    """Mean over items of the entropy, in nats, of softmax(logits / T); `logits` is [items, classes]."""
    return float(_entropies(logits, temperature).mean())


def _entropies(logits: Floats, temperature: float) -> Floats:
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    return np.asarray(entr(softmax(scaled, axis=1)).sum(axis=1))


def describe(
    logits: Mapping[int, Floats],
    texts: Sequence[str],
    labels: Sequence[int],
    classes: list[str],
    temperature: float,
) -> TemperatureResult:
    """Summarise a teacher's softmax over temperatures.

    Args:
        logits: by teacher seed, [validation items, classes].
        texts: of the validation items.
        labels: their class indices.
        classes: names of the classes.
        temperature: the profile's.
    """
    first = next(iter(logits.values()))
    curves = {seed: [mean_entropy(run, value) for value in GRID] for seed, run in logits.items()}
    return TemperatureResult(
        classes=classes,
        temperature=temperature,
        grid=[round(value, 6) for value in GRID],
        entropy={seed: [round(value, 6) for value in curve] for seed, curve in curves.items()},
        rises=all(never_falls(curve) for curve in curves.values()),
        log_classes=round(math.log(len(classes)), 6),
        items=[
            TemperatureItem(
                text=mask_persons(texts[row]),
                label=labels[row],
                logits=[round(float(logit), 4) for logit in first[row]],
            )
            for row in shown_items(first, texts)
        ],
    )


def never_falls(curve: Sequence[float]) -> bool:
    """Whether no step of a curve goes down; steps that are equal to double precision do not."""
    return all(after > before or math.isclose(after, before, rel_tol=EQUAL) for before, after in pairwise(curve))


def shown_items(logits: Floats, texts: Sequence[str]) -> list[int]:
    """Rows of the items to show: short texts, from a sure teacher to an unsure one."""
    entropies = _entropies(logits, 1.0)
    short = [row for row, text in enumerate(texts) if len(text) <= LONGEST_TEXT]
    ranked = sorted(short or range(len(texts)), key=lambda row: (float(entropies[row]), row))
    return [ranked[position] for position in dict.fromkeys(round(share * (len(ranked) - 1)) for share in SHOWN)]
