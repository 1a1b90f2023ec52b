"""Whom a network learned from, read from the digest in its run, and the logits to hold it against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from replication.evaluation.cells import Cell
from replication.evaluation.fidelity import Pairs
from replication.evaluation.finished import FinishedRun
from replication.results.cells import BASELINE
from replication.results.generalisation import Origin

Arms = Mapping[Cell, Mapping[int, FinishedRun]]
"""The finished runs of one dataset, by cell and seed."""
Digests = Mapping[int, str]
"""sha256 of what the frozen teacher of each seed predicted."""
TEACHER = (BASELINE[0], "teacher")


def key(cell: Cell) -> str:
    """What an arm goes by."""
    return f"{cell.method}/{cell.model}"


def runs_of(arms: Arms, method: str, model: str) -> Mapping[int, FinishedRun]:
    """The finished runs of a cell by seed; empty without any."""
    return next((runs for cell, runs in arms.items() if (cell.method, cell.model) == (method, model)), {})


def taught_by(run: FinishedRun, digests: Digests) -> int | None:
    """The seed of the frozen teacher that a run learned from; None without one."""
    return next((seed for seed, digest in digests.items() if digest == run.run.teacher), None)


def learned_from(arms: Arms, cell: Cell, digests: Digests) -> Origin:
    """Whom an arm learned from."""
    if cell.model == "student" and cell.group == "scheme" and runs_of(arms, cell.method, "teacher"):
        return "joint"
    seeds = {seed: taught_by(run, digests) for seed, run in arms[cell].items()}
    if all(teacher is None for teacher in seeds.values()):
        return "none"
    return "frozen" if any(seed == teacher for seed, teacher in seeds.items()) else "other"


def fidelity_pairs(arms: Arms, whose: Literal["frozen", "own"], digests: Digests) -> dict[str, Pairs]:
    """Logits of a teacher and of each network by arm and seed, [test items, classes].

    `frozen`: the frozen teacher of the same seed. `own`: the teacher that the arm learned from, where it is another.
    """
    frozen = runs_of(arms, *TEACHER)
    found: dict[str, Pairs] = {}
    for cell, runs in arms.items():
        if (cell.method, cell.model) == TEACHER:
            continue
        origin = learned_from(arms, cell, digests)
        teachers: dict[int, FinishedRun | None] = {}
        if whose == "frozen":
            teachers = {seed: frozen.get(seed) for seed in runs}
        elif origin == "joint":
            teachers = {seed: runs_of(arms, cell.method, "teacher").get(seed) for seed in runs}
        elif origin == "other":
            by_run = {seed: taught_by(run, digests) for seed, run in runs.items()}
            teachers = {seed: None if other is None else frozen.get(other) for seed, other in by_run.items()}
        pairs = {seed: (one.test.logits, runs[seed].test.logits) for seed, one in teachers.items() if one is not None}
        if pairs:
            found[key(cell)] = pairs
    return found


def teacher_pairs(arms: Arms) -> Pairs:
    """Frozen teachers of each seed and of the next one, [test items, classes]; two seeds make one pair."""
    frozen = runs_of(arms, *TEACHER)
    seeds = list(frozen)
    following = {seed: seeds[(at + 1) % len(seeds)] for at, seed in enumerate(seeds)}
    if len(seeds) < 3:
        following = dict(list(following.items())[: len(seeds) - 1])
    return {seed: (frozen[seed].test.logits, frozen[other].test.logits) for seed, other in following.items()}
