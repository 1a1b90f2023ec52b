"""The comparisons of the claims that runs' predictions judge: which runs they are stands in `baselines/claims.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from replication.claims import Claim
from replication.evaluation.measured import compare_scores
from replication.results.comparisons import Comparison
from replication.statistics import Resamples, Scores, paired


def compare(
    claims: Sequence[Claim],
    dataset: str,
    opinion: bool,
    scores: Mapping[str, Mapping[str, Scores]],
    resamples: Resamples,
    judged: bool = True,
) -> list[Comparison]:
    """Every comparison that a set's runs allow, in the order of the claims.

    Args:
        claims: all of them; those without pairs are passed over.
        dataset: the set's name.
        opinion: whether it is an opinion set.
        scores: by `method/model` and metric.
        resamples: of the set's items.
        judged: of the pairs that judge a claim, or of its further ones.
    """
    found = []
    for claim in claims:
        if claim.sets == "opinion" and not opinion:
            continue
        for pair in claim.pairs if judged else claim.further:
            arm = _first(scores, pair.arm, pair.model, claim.metric)
            reference = _first(scores, pair.reference, pair.model, claim.metric)
            if arm is None or reference is None or not set(arm.seeds) & set(reference.seeds):
                continue
            found.append(compare_scores(resamples, paired(arm, reference), claim.id, dataset, pair.part, "share"))
    return found


def _first(
    scores: Mapping[str, Mapping[str, Scores]], methods: Sequence[str], model: str, metric: str
) -> Scores | None:
    """The metric of the first method that the set has."""
    for method in methods:
        found = scores.get(f"{method}/{model}", {})
        if metric in found:
            return found[metric]
    return None
