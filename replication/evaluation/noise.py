"""Macro-F1 of the arms whose training labels are flipped: by rate, its slope, and its fall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from replication import config, statistics
from replication.evaluation.measured import combined, compare_scores, rounded, unmeasured
from replication.evaluation.noise_runs import LISTED, Arm, Finished, flipped_labels, load_arm
from replication.evaluation.rows import DIGITS
from replication.evaluation.testset import TestSet
from replication.measurement_settings import Noise
from replication.results.comparisons import Comparison
from replication.results.noise import NoiseArm, NoisePoint, NoiseResult, NoiseSet
from replication.statistics import Resamples, Scores

CLAIM = "noise"


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
    return NoiseResult(
        kind=noise.kind,
        rates=noise.rates,
        confidence=parameters.statistics.confidence,
        sets=sets,
        comparisons=comparisons,
        unmeasured=unmeasured([_part(noise.rates)], noise.datasets, comparisons),
    )


def _describe_set(
    parameters: config.Parameters, noise: Noise, build: Path, items: TestSet
) -> tuple[NoiseSet, list[Comparison]]:
    runs = {(arm, rate): load_arm(parameters, noise, build, items, arm, rate) for arm in LISTED for rate in noise.rates}
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
        flipped={f"{rate:g}": flipped_labels(build, items.name, noise, rate) for rate in noise.rates},
        test_items=resamples.items,
        arms=[_arm(arm, noise.rates, runs, scores, resamples) for arm in LISTED],
    )
    return result, _comparisons(items.name, noise.rates, scores, resamples)


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
    return [compare_scores(resamples, difference, CLAIM, dataset, _part(rates), "share")]


def _part(rates: Sequence[float]) -> str:
    return f"fall from {rates[0]:g} to {rates[-1]:g}"
