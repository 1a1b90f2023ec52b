"""Lets the comparisons of a set learn from one another how much seeds differ, before all claims are judged together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from replication.results.comparisons import Comparison, compared, spread_of
from replication.statistics import Variance, fit_prior


def moderate(comparisons: Mapping[str, Sequence[Comparison]], confidence: float) -> dict[str, list[Comparison]]:
    """The comparisons with the seeds' variance of each drawn towards the rest of its file, set and unit.

    One that does not tell its seeds' own estimates or the parts of its variance stays as it is.

    Args:
        comparisons: by source.
        confidence: of the intervals.
    """
    return {name: _moderated(found, confidence) for name, found in comparisons.items()}


def _moderated(found: Sequence[Comparison], confidence: float) -> list[Comparison]:
    alike: dict[tuple[str, str], list[Variance]] = defaultdict(list)
    for one in found:
        if (variance := _seed_variance(one)) is not None:
            alike[one.dataset, one.unit].append(variance)
    priors = {key: fit_prior(variances) for key, variances in alike.items()}
    moderated = []
    for one in found:
        own = _seed_variance(one)
        prior = priors.get((one.dataset, one.unit))
        if own is None or prior is None or not prior.freedom:
            moderated.append(one)
            continue
        values = np.log(one.values) if one.unit == "ratio" else np.array(one.values)
        spread = spread_of(one).moderated(own, prior)
        moderated.append(compared(one.claim, one.dataset, one.part, one.unit, spread, confidence, values.tolist()))
    return moderated


def _seed_variance(one: Comparison) -> Variance | None:
    if one.variance is None or len(one.values) != one.seeds or one.seeds < 2:
        return None
    values = np.log(one.values) if one.unit == "ratio" else np.array(one.values)
    return Variance(float(values.var(ddof=1)), one.seeds - 1)
