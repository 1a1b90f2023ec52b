"""How far a network follows a teacher: agreement of their classes and KL of their probabilities.

Stanton et al. 2021 ("Does knowledge distillation really work?", section 2): a student may gain from a teacher without
following it, so what it owes to its own teacher shows against how far a student of another teacher, or another teacher,
agrees with the same one.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import log_softmax, xlogy

from replication.evaluation.means import Key, Means, rounded
from replication.metrics import Floats
from replication.results.generalisation import Fidelity
from replication.statistics import Resamples

Pairs = Mapping[int, tuple[Floats, Floats]]
"""By seed: the logits of a teacher and of the network, each [items, classes]."""


def agreement(teacher: Floats, network: Floats) -> Floats:
    """1 for each item on which both have the same largest logit, else 0: [items, classes] twice -> [items]."""
    return np.asarray(teacher.argmax(axis=1) == network.argmax(axis=1), dtype=np.float64)


def divergence(teacher: Floats, network: Floats, temperature: float) -> Floats:
    """KL(softmax(z_t/T) ‖ softmax(z/T)) of each item in nats: [items, classes] twice -> [items]."""
    taught, guessed = (
        log_softmax(np.asarray(one, dtype=np.float64) / temperature, axis=1) for one in (teacher, network)
    )
    shares = np.exp(taught)
    return np.asarray((xlogy(shares, shares) - shares * guessed).sum(axis=1))


def columns(name: str, arm: str, pairs: Pairs, temperature: float) -> dict[Key, Floats]:
    """What `summarise` needs the means of: values of each item, [items, 1]."""
    found: dict[Key, Floats] = {}
    for seed, pair in pairs.items():
        found[f"{name} agreement", arm, seed] = agreement(*pair)[:, None]
        found[f"{name} divergence", arm, seed] = divergence(*pair, 1.0)[:, None]
        found[f"{name} softened", arm, seed] = divergence(*pair, temperature)[:, None]
    return found


def summarise(resamples: Resamples, means: Means, name: str, arm: str) -> Fidelity | None:
    """The fidelity of an arm over its seeds; None without any."""
    if not means.seeds(f"{name} agreement", arm):
        return None
    plain, softened = (
        rounded(resamples.summary(scores.observed, scores.drawn), 0.0)
        for scores in (means.scores(f"{name} divergence", arm), means.scores(f"{name} softened", arm))
    )
    return Fidelity(
        agreement=rounded(resamples.interval(means.scores(f"{name} agreement", arm))),
        divergence=plain,
        divergence_at_temperature=softened,
    )
