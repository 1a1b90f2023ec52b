"""Fifty reruns with other seeds, simulated from the stored predictions of the committed report, and checked.

The logits of a new seed are the mean over the stored seeds plus a random direction in the space of their deviations, as
long as a stored seed's deviation is. Accepted runs and reruns are drawn alike, so every alarm is a false one.
Yardsticks have no seeds: their reruns predict what they did.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from replication.metrics import evaluate
from replication.predictions import read_predictions
from replication.regression import compare
from replication.regression.judge import check_datasets
from replication.regression.packing import pack, unpack
from replication.regression.published import METRIC, Classes, CurrentCell, CurrentDataset
from replication.regression.shapes import Accepted, AcceptedCell, AcceptedDataset, AcceptedSeed, Check
from replication.results.cells import CellResult, DatasetResult, SeedResult

ROOT = Path(__file__).parents[2]
RECORDS = ROOT / "reports/default/records"
RERUNS = 50
DRAWS = 100
"""Resamples of the items; a variance needs no more here."""
Logits = npt.NDArray[np.float32]


def accepted() -> Accepted:
    return Accepted.model_validate(json.loads((ROOT / "baselines/accepted/default.json").read_text(encoding="utf-8")))


def rerun(generator: np.random.Generator, logits: Logits, seeds: int) -> list[Classes]:
    """Predicted classes of new seeds, from logits [stored seeds, items, classes]."""
    mean = logits.mean(axis=0)
    direction = generator.normal(size=(seeds, len(logits)))
    direction -= direction.mean(axis=1, keepdims=True)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    moved = direction.astype(np.float32) @ (logits - mean).reshape(len(logits), -1)
    return list((mean + moved.reshape(seeds, *mean.shape)).argmax(axis=-1))


def stored(dataset: str, cell: AcceptedCell) -> Logits:
    """Logits of the stored seeds, [seeds, items, classes]."""
    folder = RECORDS / dataset / cell.method
    return np.stack([read_predictions(folder / f"{cell.model}-seed{seed}.parquet").logits for seed in cell.seeds])


class Simulated:
    """A set whose cells can be run again."""

    def __init__(self, dataset: AcceptedDataset) -> None:
        self.dataset = dataset
        self.labels = unpack(dataset.labels, dataset.items, dataset.classes)
        self.scored = unpack(dataset.scored, dataset.items, 2).astype(bool)
        self.trained = {one.name: stored(dataset.name, one) for one in dataset.cells if one.group != "yardstick"}
        self.fixed = {
            one.name: {seed: unpack(run.predicted, dataset.items, dataset.classes) for seed, run in one.seeds.items()}
            for one in dataset.cells
            if one.group == "yardstick"
        }

    def runs(self, generator: np.random.Generator) -> dict[str, dict[int, Classes]]:
        """What every cell predicts when its seeds are others."""
        again = {name: rerun(generator, logits, len(logits)) for name, logits in self.trained.items()}
        return self.fixed | {name: dict(enumerate(found)) for name, found in again.items()}

    def score(self, run: Classes) -> dict[str, float]:
        """The metrics of a run, as they are published."""
        found = evaluate(self.labels[self.scored], run[self.scored], self.dataset.classes)
        return {METRIC: round(found[METRIC], 6)}

    def accepted(self, runs: Mapping[str, Mapping[int, Classes]]) -> AcceptedDataset:
        """These runs, accepted."""
        cells = []
        for cell in self.dataset.cells:
            seeds = {
                seed: AcceptedSeed(
                    metrics=self.score(run), identity="", commit="", predicted=pack(run, self.dataset.classes)
                )
                for seed, run in runs[cell.name].items()
            }
            cells.append(cell.model_copy(update={"seeds": seeds}))
        return self.dataset.model_copy(update={"cells": cells})

    def current(self, runs: Mapping[str, dict[int, Classes]]) -> CurrentDataset:
        """These runs, published."""
        cells = {}
        for cell in self.dataset.cells:
            own = runs[cell.name]
            seeds = [SeedResult(seed=seed, record="made", metrics=self.score(run)) for seed, run in own.items()]
            row = CellResult(
                method=cell.method, model=cell.model, group=cell.group, stage="", command="", seeds=seeds
            )  # fmt: skip
            cells[cell.name] = CurrentCell(row, own)
        result = DatasetResult(
            name=self.dataset.name,
            classes=[str(number) for number in range(self.dataset.classes)],
            test_items=int(self.scored.sum()),
            data=[self.dataset.data],
            cells=[cell.result for cell in cells.values()],
        )
        return CurrentDataset(result, self.dataset.ids, cells)


def checks(reruns: int) -> list[Check]:
    """Checks of runs of all cells of the default profile against accepted ones that differ in their seeds alone."""
    whole, generator = accepted(), np.random.default_rng(0)
    sets = [Simulated(one) for one in whole.datasets]
    found = []
    for _ in range(reruns):
        old = whole.model_copy(update={"datasets": [one.accepted(one.runs(generator)) for one in sets]})
        new = {one.dataset.name: one.current(one.runs(generator)) for one in sets}
        found.append(check_datasets(old, new, ROOT))
    return found


def test_fifty_reruns_raise_at_most_two_false_alarms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare, "DRAWS", DRAWS)
    found = checks(RERUNS)
    cells = [cell for check in found for cell in check.cells]
    listed = [cell for one in accepted().datasets for cell in one.cells]
    assert len(cells) == RERUNS * len(listed)
    fixed = {cell.method for cell in listed if cell.group == "yardstick"}
    assert {cell.verdict for cell in cells if cell.method in fixed} == {"same"}
    verdicts = Counter(cell.verdict for cell in cells)
    assert verdicts["level"] + verdicts["cannot tell"] > 0.5 * len(cells), "reruns are compared, and not the same"
    alarms = [[(cell.name, cell.verdict) for cell in check.having("worse", "implausible")] for check in found]
    assert sum(bool(one) for one in alarms) <= 2, alarms
    assert [check.passed for check in found] == [not one for one in alarms]


def test_the_simulated_seeds_score_as_the_stored_ones_do() -> None:
    (dataset,) = [one for one in accepted().datasets if one.name == "reviews"]
    labels = unpack(dataset.labels, dataset.items, dataset.classes)
    (cell,) = [one for one in dataset.cells if one.name == "supervised/teacher"]
    runs = rerun(np.random.default_rng(1), stored("reviews", cell), 40)
    real = [run.metrics["accuracy"] for run in cell.seeds.values()]
    made = [float((run == labels).mean()) for run in runs]
    assert np.mean(made) == pytest.approx(np.mean(real), abs=0.01)
    assert 0.3 < np.std(made, ddof=1) / np.std(real, ddof=1) < 3
