"""Judges every claim from the comparisons that `evaluate` and the measurements published.

A claim of several parts holds when all of them do. Each part is pooled over its sets; the claims' two-sided p-values
are corrected by Holm; a claim that stays above the level is inconclusive. Reads the profile's folder alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from replication.claims import PREDICTIONS, Claim, load_claims
from replication.errors import UserError, nearest
from replication.evaluation.judging import Case, Settling, part_estimates, set_estimates
from replication.files import write_json
from replication.published import load_published
from replication.results.cells import Results
from replication.results.comparisons import Comparison, compared
from replication.results.files import read_json
from replication.results.softmax import TemperatureResult
from replication.results.verdicts import BothLanguages, Judgement, Verdict
from replication.statistics import Bearing, Spread, holm

TEMPERATURE = "temperature"


class Measurement(BaseModel):
    """What a verdict needs of a measurement's file; the rest is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    comparisons: list[Comparison]
    unmeasured: list[str] = Field(default_factory=list)


def write_verdicts(folder: Path) -> None:
    """Write `verdicts.json`, and `published.json` beside it, into a profile's folder.

    Raises:
        UserError: a file is missing or damaged, or a comparison belongs to no claim.
    """
    claims, published = load_claims(), load_published()
    confidence: float = read_json(folder / "results.json", Results).parameters["statistics"]["confidence"]
    sources = {name for claim in claims for name in (claim.source, *claim.further_sources)}
    measured = {name: found for name in sorted(sources) if (found := _read(folder, name, confidence)) is not None}
    comparisons = {name: found.comparisons for name, found in measured.items()}
    _check(claims, comparisons)
    verdicts = judge(claims, comparisons, confidence, {name: found.unmeasured for name, found in measured.items()})
    write_json(folder / "verdicts.json", [verdict.model_dump() for verdict in verdicts])
    write_json(folder / "published.json", [numbers.model_dump() for numbers in published])


def judge(
    claims: Sequence[Claim],
    comparisons: Mapping[str, Sequence[Comparison]],
    confidence: float,
    unmeasured: Mapping[str, Sequence[str]] | None = None,
) -> list[Verdict]:
    """The verdict on every claim, in their order.

    Args:
        claims: all of them.
        comparisons: by source; a source that was not measured is missing.
        confidence: of the intervals; the level of the tests is 1 minus it.
        unmeasured: by source, the parts that some set has no comparison of: without them a claim does not hold.
    """
    cases = [_case(claim, comparisons, confidence, unmeasured or {}) for claim in claims]
    bearings = [case.bearing(case.pooled()) if case.parts else None for case in cases]
    measured = [bearing.two_sided for bearing in bearings if bearing is not None]
    adjusted = iter(holm(measured))
    corrected = [None if bearing is None else next(adjusted) for bearing in bearings]
    level = 1 - confidence
    undecided = sum(value is not None and value > level for value in corrected)
    return [
        _verdict(case, bearing, value, level, undecided)
        for case, bearing, value in zip(cases, bearings, corrected, strict=True)
    ]


def _case(
    claim: Claim,
    comparisons: Mapping[str, Sequence[Comparison]],
    confidence: float,
    unmeasured: Mapping[str, Sequence[str]],
) -> Case:
    names = [claim.source, *claim.further_sources]
    parts: dict[str, list[Comparison]] = {}
    for name in names:
        for one in comparisons.get(name, ()):
            if one.claim == claim.id:
                parts.setdefault(one.part, []).append(one)
    if claim.source == PREDICTIONS:
        missing = [pair.part for pair in claim.pairs if pair.part not in parts]
    else:
        missing = [name for name in names if not any(one.claim == claim.id for one in comparisons.get(name, ()))]
        missing += [part for name in names if name not in missing for part in unmeasured.get(name, ())]
    return Case(claim, parts, missing, confidence)


def _verdict(case: Case, bearing: Bearing | None, adjusted: float | None, level: float, undecided: int) -> Verdict:
    claim = case.claim
    verdict = Verdict(
        claim=claim.id,
        text=BothLanguages(**claim.claim.model_dump()),
        where=BothLanguages(**claim.where.model_dump()),
        comparison=BothLanguages(**claim.comparison.model_dump()),
        metric=claim.metric,
        section=claim.section,
        rule=claim.rule,
        margin=claim.margin,
        verdict="not measured",
        unit=claim.unit,
        missing=case.missing,
    )
    if bearing is None or adjusted is None:
        return verdict
    judgement: Judgement = "inconclusive"
    if adjusted <= level:
        judgement = "supported" if bearing.supported < bearing.contradicted else "contradicted"
    parts = part_estimates(case, case.pooled())
    deciding = max(parts, key=lambda part: part.p_supported)
    if judgement == "contradicted":
        deciding = min(parts, key=lambda part: part.p_contradicted)
    settling = case.settling(level / undecided) if judgement == "inconclusive" else Settling()
    found = {
        "verdict": judgement,
        **deciding.model_dump(include={"part", "unit", "estimate", "low", "high", "bound"}),
        "p_value": float(f"{bearing.two_sided:.6g}"),
        "adjusted_p_value": float(f"{adjusted:.6g}"),
        "parts": parts,
        "sets": set_estimates([one for found in case.parts.values() for one in found]),
        "settling_seeds": settling.seeds,
        "settling_items": settling.items,
        "settling_factor": settling.times,
    }
    return verdict.model_copy(update=found)


def _read(folder: Path, name: str, confidence: float) -> Measurement | None:
    path = folder / f"{name}.json"
    if name == TEMPERATURE:
        softmax = read_json(path, dict[str, TemperatureResult])
        falls = {dataset: result for dataset, result in softmax.items() if not result.rises}
        # The claim is of every set: where it fails on some, those decide.
        rises = [rise_of_entropy(dataset, result, confidence) for dataset, result in (falls or softmax).items()]
        return Measurement(comparisons=rises)
    return read_json(path, Measurement) if path.is_file() else None


def rise_of_entropy(dataset: str, result: TemperatureResult, confidence: float) -> Comparison:
    """Mean entropy at the highest temperature minus that at the lowest; where it falls anywhere, the deepest fall."""
    curves = np.array(list(result.entropy.values()))
    rises = curves[:, -1] - curves[:, 0]
    seeds = len(curves)
    variance = float(rises.var(ddof=1)) / seeds if seeds > 1 else 0.0
    spread = Spread(float(rises.mean()), variance, 0.0, 0.0, seeds, 0)
    if not result.rises:
        spread = Spread(min(float(np.diff(curves, axis=1).min()), 0.0), 0.0, 0.0, 0.0, seeds, 0)
    return compared(TEMPERATURE, dataset, "", "nats", spread, confidence, rises.tolist())


def _check(claims: Sequence[Claim], comparisons: Mapping[str, Sequence[Comparison]]) -> None:
    by_id = {claim.id: claim for claim in claims}
    for name, found in comparisons.items():
        for one in found:
            if one.claim not in by_id:
                raise UserError(
                    f"{name}.json: comparisons: {one.claim!r} is no claim of baselines/claims.yaml"
                    f"{nearest(one.claim, list(by_id))}; correct its id and run the stage again"
                )
            if (one.unit == "ratio") != (by_id[one.claim].unit == "ratio"):
                raise UserError(
                    f"{name}.json: comparisons: {one.claim}: unit {one.unit!r}, where baselines/claims.yaml has "
                    f"{by_id[one.claim].unit!r}; run the stage again"
                )
