"""Flipped items in the simplex of three classes: the noisy label's, the true one, and all the rest together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch import Tensor

from replication.data.normalise import mask_persons
from replication.losses import softened
from replication.results.gradients import Pull, ShownItem
from replication.training.batches import Items

SHOWN = (0.1, 0.5, 0.9)
"""The items shown: at these quantiles of the probability that the teacher gives the true class."""
LONGEST_TEXT = 48
"""Characters of a shown text, at the most."""
DIGITS = 6


def pull(item: Mapping[str, Tensor], truth: int, noisy: int) -> Pull:
    """Where an item stands and which way each loss moves it.

    A step of size η down a gradient g in the logits changes the probabilities by −η·(diag(p) − p pᵀ)·g, to first order.

    Args:
        item: `student`, its probabilities [C], and by name gradients in its logits [C].
        truth: the true class.
        noisy: the class of the flipped label.
    """
    student = item["student"].double()

    def change(gradient: Tensor) -> list[float]:
        gradient = gradient.double()
        return lumped(-student * (gradient - student @ gradient), truth, noisy)

    return Pull(
        student=lumped(student, truth, noisy),
        clean=change(item["clean"]),
        noisy=change(item["noisy"]),
        soft=change(item["soft"]),
    )


def lumped(values: Tensor, truth: int, noisy: int) -> list[float]:
    """Values by class [C] as those of the noisy class, the true class, and the sum of all the others."""
    one, other = float(values[noisy]), float(values[truth])
    return [round(value, DIGITS) for value in (one, other, float(values.sum()) - one - other)]


def shown_items(
    items: Items, truth: Tensor, flipped: Tensor, texts: Sequence[str], temperature: float
) -> tuple[list[int], list[ShownItem]]:
    """Rows and facts of the flipped items to show, from one on which the teacher errs most to one on which it is right.

    Args:
        items: the first N are the labelled ones, with the teacher's `logits`.
        truth: true labels, [N].
        flipped: rows of the flipped items.
        texts: of the labelled items, [N].
        temperature: of the soft loss.
    """
    teacher = softened(items.targets["logits"][: len(truth)], temperature)
    sure = teacher.gather(1, truth[:, None]).squeeze(1)
    short = [row for row in flipped.tolist() if len(texts[row]) <= LONGEST_TEXT]
    ranked = sorted(short, key=lambda row: (float(sure[row]), row))
    rows = (
        [ranked[place] for place in dict.fromkeys(round(share * (len(ranked) - 1)) for share in SHOWN)]
        if ranked
        else []
    )
    return rows, [
        ShownItem(
            text=mask_persons(texts[row]),
            truth=int(truth[row]),
            noisy=int(items.labels[row]),
            teacher=lumped(teacher[row].double(), int(truth[row]), int(items.labels[row])),
        )
        for row in rows
    ]
