"""Publishes how the networks behave beyond their scores: `generalisation.json` and `coverage.json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from replication.config import Parameters
from replication.evaluation import coverage, generalisation
from replication.evaluation.calibration import BINS
from replication.evaluation.cells import Cell
from replication.evaluation.finished import FinishedRun, teacher_digests
from replication.evaluation.testset import TestSet
from replication.files import write_json
from replication.results.comparisons import Comparison
from replication.results.generalisation import DatasetGeneralisation, Generalisation


def publish_behaviour(
    parameters: Parameters,
    build: Path,
    folder: Path,
    sets: Iterable[TestSet],
    runs: Mapping[Cell, Mapping[int, FinishedRun]],
) -> None:
    """Write both files into the profile's folder.

    Args:
        parameters: of the profile.
        build: where the stages leave their outputs.
        folder: the profile's.
        sets: the test items of every dataset.
        runs: the finished runs of all of them.
    """
    described: dict[str, DatasetGeneralisation] = {}
    comparisons: list[Comparison] = []
    covered = {}
    for items in sets:
        arms = {cell: found for cell, found in runs.items() if cell.dataset == items.name}
        one = generalisation.describe(parameters, items, arms, teacher_digests(parameters, items.name, build))
        if one is not None:
            described[items.name] = one[0]
            comparisons += one[1]
        coverages = coverage.describe(parameters, items, arms)
        if coverages is not None:
            covered[items.name] = coverages.model_dump()
    whole = Generalisation(bins=BINS, temperature=parameters.temperature, datasets=described, comparisons=comparisons)
    write_json(folder / "generalisation.json", whole.model_dump())
    write_json(folder / "coverage.json", covered)
