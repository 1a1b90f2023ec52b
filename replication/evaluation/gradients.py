"""Cosines of gradients and corrections, from what the looks at the runs left, with intervals over seeds and items."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from replication import config
from replication.data.noise import folder_name
from replication.errors import UserError
from replication.evaluation.measured import averages, compare_scores, rounded, unmeasured
from replication.evaluation.testset import TestSet
from replication.measurement_settings import Noise
from replication.metrics import Floats
from replication.records import read_run
from replication.results.comparisons import Comparison
from replication.results.files import read_json
from replication.results.gradients import (
    MOMENTS,
    SCOPES,
    SPACES,
    CorrectionRow,
    CosineRow,
    GradientResult,
    GradientSet,
    MomentName,
    Scope,
    SeedGradients,
    SimplexPicture,
    Space,
)
from replication.statistics import Estimate, Resamples

CLAIM = "noise"
PICTURED: MomentName = "middle"
SAMPLE = (2,)
"""Names the resamples of batches and of flipped items."""
Found = Mapping[int, SeedGradients]
"""By seed."""


def describe_gradients(
    parameters: config.Parameters, build: Path, tests: Mapping[str, TestSet]
) -> GradientResult | None:
    """The gradients on every set of the noise measurement; None where the profile leaves it out."""
    noise = parameters.measurements.noise
    if noise is None:
        return None
    sets, comparisons = [], []
    for dataset in noise.datasets:
        found: dict[float, Found] = {}
        missing: list[str] = []
        for rate in noise.rates:
            found[rate], lacking = _read(parameters, noise, build, dataset, rate)
            missing += lacking
        sets.append(_describe_set(parameters, tests[dataset], found, missing))
        comparisons += [
            _comparison(parameters, dataset, rate, looks) for rate, looks in found.items() if rate and looks
        ]
    return GradientResult(
        kind=noise.kind,
        rates=noise.rates,
        confidence=parameters.statistics.confidence,
        sets=sets,
        comparisons=comparisons,
        unmeasured=unmeasured([_part(rate) for rate in noise.rates if rate], noise.datasets, comparisons),
    )


def _read(
    parameters: config.Parameters, noise: Noise, build: Path, dataset: str, rate: float
) -> tuple[dict[int, SeedGradients], list[str]]:
    """By seed the looks at the very runs that are scored, and why others are missing."""
    name = folder_name(noise.kind, rate)
    found, missing = {}, []
    for seed in noise.seeds_of(parameters.seeds):
        path = build / "gradients" / dataset / name / f"seed{seed}" / "gradients.json"
        try:
            run, _ = read_run(build / "noise" / dataset / name / "student/soft_label" / f"seed{seed}")
            if not path.is_file():
                raise UserError(f"no look at {path.parent.as_posix()}: the stage gradients@{dataset} has not finished")
            looks = read_json(path, SeedGradients)
            if looks.run != run.identity:
                raise UserError(f"{path}: of another run; run `dvc repro -f gradients@{dataset}`")
            found[seed] = looks
        except UserError as error:
            missing.append(str(error))
    return found, missing


def _describe_set(
    parameters: config.Parameters, items: TestSet, found: Mapping[float, Found], missing: list[str]
) -> GradientSet:
    cosines, corrections = [], []
    for rate, looks in found.items():
        cosines += _cosine_rows(parameters, rate, looks) if looks else []
        corrections += _correction_rows(parameters, rate, looks) if rate and looks else []
    return GradientSet(
        dataset=items.name,
        classes=items.splits.classes,
        seeds={f"{rate:g}": list(looks) for rate, looks in found.items()},
        labelled=len(items.splits.labelled.ids),
        missing=list(dict.fromkeys(missing)),
        cosines=cosines,
        corrections=corrections,
        simplex=_simplex(found) if len(items.splits.classes) > 2 else None,
    )


def _cosine_rows(parameters: config.Parameters, rate: float, looks: Found) -> list[CosineRow]:
    rows = []
    for moment in MOMENTS:
        for scope in SCOPES if rate else SCOPES[:1]:
            for space in SPACES:
                hard, soft, mix = (_values(looks, moment, scope, space, name) for name in ("hard", "soft", "mix"))
                resamples = _resamples(parameters, len(hard))
                summaries = {
                    name: _summary(resamples, looks, values)
                    for name, values in {"hard": hard, "soft": soft, "mix": mix, "gain": mix - hard}.items()
                }
                bounds = {name: 2.0 if name == "gain" else 1.0 for name in summaries}
                shown = {name: rounded(found, -bounds[name], bounds[name]) for name, found in summaries.items()}
                rows.append(CosineRow(rate=rate, moment=moment, scope=scope, space=space, **shown))
    return rows


def _correction_rows(parameters: config.Parameters, rate: float, looks: Found) -> list[CorrectionRow]:
    rows = []
    for number, moment in enumerate(MOMENTS):
        own = [one.moments[number] for one in looks.values()]
        corrected = np.array([one.corrected for one in own], dtype=np.float64).T
        outweighed = np.array([one.outweighed for one in own], dtype=np.float64).T
        resamples = _resamples(parameters, len(corrected))
        rows.append(
            CorrectionRow(
                rate=rate,
                moment=moment,
                flipped=len(corrected),
                corrected=rounded(_summary(resamples, looks, corrected), 0.0, 1.0),
                outweighed=rounded(_summary(resamples, looks, outweighed), 0.0, 1.0),
            )
        )
    return rows


def _comparison(parameters: config.Parameters, dataset: str, rate: float, looks: Found) -> Comparison:
    """cos(mix, clean) - cos(hard, clean) over all items in the space of the parameters, the mean of the moments."""
    gains = [
        _values(looks, moment, "all", "parameters", "mix") - _values(looks, moment, "all", "parameters", "hard")
        for moment in MOMENTS
    ]
    mean = np.mean(gains, axis=0)
    resamples = _resamples(parameters, len(mean))
    scores = averages(resamples, list(looks), mean)
    return compare_scores(resamples, scores, CLAIM, dataset, _part(rate), "cosine")


def _part(rate: float) -> str:
    return f"rate {rate:g}"


def _values(looks: Found, moment: MomentName, scope: Scope, space: Space, name: str) -> Floats:
    """The cosines of one gradient, [batches, seeds]."""
    columns = []
    for one in looks.values():
        rows = one.moments[MOMENTS.index(moment)].cosines
        columns += [getattr(row, name) for row in rows if (row.scope, row.space) == (scope, space)]
    return np.array(columns, dtype=np.float64).T


def _summary(resamples: Resamples, looks: Found, values: Floats) -> Estimate:
    scores = averages(resamples, list(looks), values)
    return resamples.summary(scores.observed, scores.drawn)


def _resamples(parameters: config.Parameters, items: int) -> Resamples:
    """Of batches or of flipped items, which lie outside the test set and are drawn apart from it."""
    settings = parameters.statistics
    return Resamples(items, settings.seed, settings.draws, settings.confidence, SAMPLE)


def _simplex(found: Mapping[float, Found]) -> SimplexPicture | None:
    """The shown items of the first seed at the highest rate."""
    rate = max(found)
    looks = found[rate]
    if not rate or not looks:
        return None
    one = next(iter(looks.values()))
    moment = one.moments[MOMENTS.index(PICTURED)]
    return SimplexPicture(
        rate=rate,
        seed=one.seed,
        moment=PICTURED,
        iteration=moment.iteration,
        temperature=one.temperature,
        items=one.items,
        pulls=moment.pulls,
    )
