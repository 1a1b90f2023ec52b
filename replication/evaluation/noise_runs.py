"""The runs of the arms whose training labels are flipped: which there are, and where they lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from replication import config
from replication.data.noise import folder_name
from replication.data.splits import load_card, load_splits
from replication.errors import UserError
from replication.evaluation.cells import Cell
from replication.evaluation.finished import FinishedRun, load_cell
from replication.evaluation.testset import TestSet
from replication.files import file_digest
from replication.measurement_settings import Noise
from replication.results.noise import ARMS, TAUGHT, Taught


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
"""Runs by seed, and by seed why a run is missing."""


def load_arm(
    parameters: config.Parameters, noise: Noise, build: Path, items: TestSet, arm: Arm, rate: float
) -> Finished:
    """The runs of an arm at a rate, made on the data of that rate and by the teachers that the arm names."""
    dataset, seeds = items.name, tuple(noise.seeds_of(parameters.seeds))
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


def flipped_labels(build: Path, dataset: str, noise: Noise, rate: float) -> int:
    """How many labels are flipped at a rate; 0 too where the stage has not finished."""
    folder = build / "noise" / dataset / folder_name(noise.kind, rate) / "data"
    try:
        return int(load_card(folder)["noise"]["flipped"]) if rate else 0
    except UserError:
        return 0
