"""Data efficiency: macro-F1 and the speed of learning against the number of labelled items, alone and taught."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from replication.config import Parameters
from replication.data.splits import load_card
from replication.errors import UserError
from replication.evaluation.cells import Cell
from replication.evaluation.few_samples import compare_labels
from replication.evaluation.finished import load_cell, teacher_digests
from replication.evaluation.sweeps import Finished, Runs, Scored, ordinary, score
from replication.evaluation.testset import TestSet, load_test_set
from replication.records import Point
from replication.results.comparisons import Comparison
from replication.results.efficiency import EfficiencySet, MissingPoint, SizePoint

ALONE, TAUGHT, TEACHER = "supervised", "soft_label", "teacher"
NEAR = 0.95
"""The share of a run's last validation score from which it counts as learned."""

Arms = dict[tuple[str, int], Finished]
"""Runs by method and number of labelled items."""


def measure_efficiency(
    parameters: Parameters, build: Path, items: TestSet, runs: Runs
) -> tuple[EfficiencySet, list[Comparison]] | None:
    """Score the sweep on one dataset; None where it is not listed.

    Args:
        parameters: which sizes and seeds, and how intervals are drawn.
        build: where the stages leave their outputs.
        items: the test items.
        runs: of the tables' cells.
    """
    settings = parameters.measurements.samples
    if settings is None or items.name not in settings.datasets:
        return None
    sizes = sorted({*settings.sizes, len(items.splits.labelled.ids)})
    arms, missing = _arms(parameters, build, items, sizes, runs)
    named = {_key(*arm): found for arm, found in arms.items()} | {TEACHER: ordinary(runs, ALONE, "teacher")}
    scored = score(parameters, items, named)
    points = {method: [_key(method, size) for size in sizes] for method in (ALONE, TAUGHT)}
    needed, comparisons = compare_labels(scored, sizes, points[ALONE], points[TAUGHT], items.name)
    result = EfficiencySet(
        alone=_points(scored, arms, ALONE, sizes),
        taught=_points(scored, arms, TAUGHT, sizes),
        teacher=scored.arm(TEACHER),
        needed=needed,
        items=scored.resamples.items,
        evaluations=parameters.student.on(items.name).training.evaluations,
        missing=missing,
    )
    return result, comparisons


def updates_until(history: Sequence[Point], network: str, share: float) -> int:
    """Updates until a run's validation score is first at a share of its last one, on the grid of its evaluations.

    Args:
        history: the evaluations, in their order.
        network: whose score.
        share: of the last score.

    Raises:
        ValueError: the network was never evaluated.
    """
    scores = [(point.iteration, point.scores[network]) for point in history if network in point.scores]
    if not scores:
        raise ValueError(f"{network}: no evaluation in the history")
    return next(iteration for iteration, value in scores if value >= share * scores[-1][1])


def _arms(
    parameters: Parameters, build: Path, items: TestSet, sizes: Sequence[int], runs: Runs
) -> tuple[Arms, list[MissingPoint]]:
    arms: Arms = {}
    missing: list[MissingPoint] = []
    teachers = teacher_digests(parameters, items.name, build)
    for size in sizes[:-1]:
        folder = build / "samples" / items.name / str(size)
        try:
            subset = _subset(parameters, items, folder / "data")
        except UserError as error:
            missing += [MissingPoint(method=one, labelled=size, reason=str(error)) for one in (ALONE, TAUGHT)]
            continue
        for method in (ALONE, TAUGHT):
            seeds = tuple(parameters.seeds)
            cell = Cell(items.name, method, "student", "method", f"samples@{items.name}", folder / method, seeds)
            arms[method, size], reasons = load_cell(cell, subset, teachers)
            if reasons:
                reason = next(iter(reasons.values()))
                missing.append(MissingPoint(method=method, labelled=size, reason=reason))
    for method in (ALONE, TAUGHT):
        arms[method, sizes[-1]] = ordinary(runs, method)
        if not arms[method, sizes[-1]]:
            reason = f"the stage student@{items.name}-{method} has no result"
            missing.append(MissingPoint(method=method, labelled=sizes[-1], reason=reason))
    return arms, missing


def _subset(parameters: Parameters, items: TestSet, data: Path) -> TestSet:
    """The test items as the derived data has them.

    Raises:
        UserError: it is missing, damaged, or was derived from other data.
    """
    if not data.is_dir():
        raise UserError(f"no data in {data.as_posix()}: the stage samples@{items.name} has not finished")
    if load_card(data).get("derived_from") != items.splits.digest:
        raise UserError(f"{data.as_posix()} was derived from other data; run `dvc repro -f samples@{items.name}`")
    return load_test_set(parameters, items.name, data)


def _points(scored: Scored, arms: Arms, method: str, sizes: Sequence[int]) -> list[SizePoint]:
    found = []
    for size in sizes:
        arm = scored.arm(_key(method, size))
        if arm is not None:
            histories = {seed: one.run.history for seed, one in arms[method, size].items()}
            updates = {seed: updates_until(history, "student", NEAR) for seed, history in histories.items()}
            found.append(SizePoint(**arm.model_dump(), labelled=size, updates=updates))
    return found


def _key(method: str, size: int) -> str:
    return f"{method}, {size} labels"
