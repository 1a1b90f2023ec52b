"""Macro-F1 of the arms whose training labels are flipped: by rate, its slope, and its fall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from replication import config, statistics
from replication.data.noise import folder_name
from replication.data.splits import load_card, load_splits
from replication.errors import UserError
from replication.evaluation.cells import Cell
from replication.evaluation.finished import FinishedRun, load_cell
from replication.evaluation.measured import combined, comparison, rounded
from replication.evaluation.rows import DIGITS
from replication.evaluation.testset import TestSet
from replication.files import file_digest
from replication.results.comparisons import Comparison
from replication.results.noise import ARMS, TAUGHT, NoiseArm, NoisePoint, NoiseResult, NoiseSet, Taught
from replication.statistics import Resamples, Scores

CLAIM = "noise"


@dataclass(frozen=True)
class Arm:
    """A method's model, by whom it is taught."""

    method: str
    model: Literal["student", "teacher"]
    taught: Taught

    def key(self, rate: float) -> str:
        """Names the arm at a rate."""
        return f"{self.method}/{self.model}/{self.taught}/{rate:g}"


LISTED = (
    *(Arm(method, "student", "") for method in ARMS if method not in TAUGHT),
    *(Arm(method, "student", taught) for method in TAUGHT for taught in ("honest", "oracle")),
    Arm("supervised", "teacher", ""),
)
Finished = tuple[dict[int, FinishedRun], dict[int, str]]


def describe_noise(parameters: config.Parameters, build: Path, tests: Mapping[str, TestSet]) -> NoiseResult | None:
    """The arms on every set of the measurement; None where the profile leaves it out.

    Args:
        parameters: rates, seeds, and how intervals are drawn.
        build: where the stages leave their outputs.
        tests: the test items, by dataset.
    """
    noise = parameters.measurements.noise
    if noise is None:
        return None
    sets, comparisons = [], []
    for dataset in noise.datasets:
        found, claimed = _describe_set(parameters, noise, build, tests[dataset])
        sets.append(found)
        comparisons += claimed
    confidence = parameters.statistics.confidence
    return NoiseResult(kind=noise.kind, rates=noise.rates, confidence=confidence, sets=sets, comparisons=comparisons)


def _describe_set(
    parameters: config.Parameters, noise: config.Noise, build: Path, items: TestSet
) -> tuple[NoiseSet, list[Comparison]]:
    runs = {(arm, rate): _load(parameters, noise, build, items, arm, rate) for arm in LISTED for rate in noise.rates}
    current = items.current
    settings = parameters.statistics
    resamples = Resamples(int(current.sum()), settings.seed, settings.draws, settings.confidence)
    predicted = {
        arm.key(rate): {seed: run.predicted[current] for seed, run in finished.items()}
        for (arm, rate), (finished, _) in runs.items()
        if finished
    }
    scored = statistics.score_arms(resamples, items.truth[current], predicted, len(items.splits.classes))
    scores = {name: found["macro_f1"] for name, found in scored.items()}
    result = NoiseSet(
        dataset=items.name,
        labelled=len(items.splits.labelled.ids),
        flipped={f"{rate:g}": _flipped(build, items.name, noise, rate) for rate in noise.rates},
        test_items=resamples.items,
        arms=[_arm(arm, noise.rates, runs, scores, resamples) for arm in LISTED],
    )
    return result, _comparisons(items.name, noise.rates, scores, resamples)


def _load(
    parameters: config.Parameters, noise: config.Noise, build: Path, items: TestSet, arm: Arm, rate: float
) -> Finished:
    """The runs of an arm at a rate, made on the data of that rate and by the teachers that the arm names."""
    dataset, seeds = items.name, tuple(parameters.seeds if noise.seeds is None else noise.seeds)
    folder, clean = build / "noise" / dataset / folder_name(noise.kind, rate), build / "teacher" / dataset
    teachers = folder / "teacher" if rate and arm.taught != "oracle" else clean
    own = teachers if arm.model == "teacher" else folder / _kind(arm, rate) / arm.method
    stage = f"noise@{dataset}" if rate or arm.model == "student" else f"teacher@{dataset}"
    cell = Cell(dataset, arm.method, arm.model, "method", stage, own, seeds)
    try:
        splits = load_splits(folder / "data") if rate else items.splits
    except UserError:
        return {}, dict.fromkeys(seeds, f"no run in {own.as_posix()}: the stage {stage} has not finished")
    return load_cell(cell, replace(items, splits=splits), _digests(teachers, seeds))


def _kind(arm: Arm, rate: float) -> str:
    return "oracle" if rate and arm.taught == "oracle" else "student"


def _digests(teachers: Path, seeds: Sequence[int]) -> dict[int, str]:
    files = {seed: teachers / f"seed{seed}" / "predictions.parquet" for seed in seeds}
    return {seed: file_digest(path) for seed, path in files.items() if path.is_file()}


def _flipped(build: Path, dataset: str, noise: config.Noise, rate: float) -> int:
    folder = build / "noise" / dataset / folder_name(noise.kind, rate) / "data"
    try:
        return int(load_card(folder)["noise"]["flipped"]) if rate else 0
    except UserError:
        return 0


def _arm(
    arm: Arm,
    rates: Sequence[float],
    runs: Mapping[tuple[Arm, float], Finished],
    scores: Mapping[str, Scores],
    resamples: Resamples,
) -> NoiseArm:
    points = []
    for rate in rates:
        own = scores.get(arm.key(rate))
        seeds = dict(zip(own.seeds, own.observed, strict=True)) if own else {}
        points.append(
            NoisePoint(
                rate=rate,
                macro_f1=rounded(resamples.interval(own)) if own else None,
                seeds={seed: round(float(value), DIGITS) for seed, value in seeds.items()},
                missing=list(dict.fromkeys(runs[arm, rate][1].values())),
            )
        )
    slope, fall = _slope(arm, rates, scores), _fall(arm, rates, scores)
    return NoiseArm(
        method=arm.method,
        model=arm.model,
        taught=arm.taught,
        points=points,
        slope=rounded(resamples.summary(slope.observed, slope.drawn)) if slope else None,
        fall=rounded(resamples.summary(fall.observed, fall.drawn)) if fall else None,
    )


def _slope(arm: Arm, rates: Sequence[float], scores: Mapping[str, Scores]) -> Scores | None:
    """The least-squares slope of macro-F1 against the rate: Σ (r - r̄)·F(r) / Σ (r - r̄)²."""
    across = np.array(rates) - np.mean(rates)
    return _sum(arm, dict(zip(rates, across / (across**2).sum(), strict=True)), scores)


def _fall(arm: Arm, rates: Sequence[float], scores: Mapping[str, Scores]) -> Scores | None:
    return _sum(arm, {rates[0]: 1.0, rates[-1]: -1.0}, scores)


def _sum(arm: Arm, weights: Mapping[float, float], scores: Mapping[str, Scores]) -> Scores | None:
    keys = [arm.key(rate) for rate in weights]
    if any(key not in scores for key in keys):
        return None
    return combined([scores[key] for key in keys], list(weights.values()))


def _comparisons(
    dataset: str, rates: Sequence[float], scores: Mapping[str, Scores], resamples: Resamples
) -> list[Comparison]:
    """The TextCNN's fall minus that of soft labels whose teacher saw the same labels."""
    falls = [
        _fall(Arm("supervised", "student", ""), rates, scores),
        _fall(Arm("soft_label", "student", "honest"), rates, scores),
    ]
    present = [fall for fall in falls if fall is not None]
    difference = combined(present, [1.0, -1.0]) if len(present) == 2 else None
    if difference is None:
        return []
    part = f"fall from {rates[0]:g} to {rates[-1]:g}"
    return [comparison(resamples, difference, CLAIM, dataset, part, "share", resamples.items)]
