"""Fifty reruns with other seeds, simulated from the stored predictions of the committed report.

The logits of a new seed are the mean over the stored seeds plus a random direction in the space of their deviations, as
long as a stored seed's deviation is. Accepted runs and reruns are drawn alike, so every alarm is a false one.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from replication.predictions import read_predictions
from replication.regression.compare import Compared, Pair
from replication.regression.intervals import parts, prior
from replication.regression.judge import judge
from replication.regression.packing import unpack
from replication.regression.published import FLOORS, METRIC, Classes
from replication.regression.shapes import Accepted, AcceptedCell, AcceptedDataset
from replication.statistics import Resamples, score_arms

ROOT = Path(__file__).parents[2]
RECORDS = ROOT / "reports/default/records"
RERUNS = 50
DRAWS = 100
"""Resamples of the items; a variance needs no more here."""
CELLS = 4
"""Cells of a set that are simulated; the intervals are those of a check of all cells of these sets."""


def accepted() -> Accepted:
    return Accepted.model_validate(json.loads((ROOT / "baselines/accepted/default.json").read_text(encoding="utf-8")))


def rerun(generator: np.random.Generator, logits: npt.NDArray[np.float64], seeds: int) -> list[Classes]:
    """Predicted classes of new seeds, from logits [stored seeds, items, classes]."""
    mean = logits.mean(axis=0)
    direction = generator.normal(size=(seeds, len(logits)))
    direction -= direction.mean(axis=1, keepdims=True)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    return list((mean + np.einsum("nj,jic->nic", direction, logits - mean)).argmax(axis=-1))


def stored(dataset: str, cell: AcceptedCell) -> npt.NDArray[np.float64]:
    """Logits of the stored seeds, [seeds, items, classes]."""
    folder = RECORDS / dataset / cell.method
    runs = [read_predictions(folder / f"{cell.model}-seed{seed}.parquet").logits for seed in cell.seeds]
    return np.stack(runs).astype(np.float64)


def alarms(dataset: AcceptedDataset, count: int) -> list[set[str]]:
    """The cells that fail, by rerun."""
    scored = unpack(dataset.scored, dataset.items, 2).astype(bool)
    labels = unpack(dataset.labels, dataset.items, dataset.classes)[scored]
    cells = [cell for cell in dataset.cells if cell.group != "yardstick"][:CELLS]
    generator = np.random.default_rng(0)
    pairs: list[dict[str, Pair]] = [{} for _ in range(RERUNS)]
    for cell in cells:
        logits = stored(dataset.name, cell)[:, scored]
        arms = {
            f"{side} {at}": dict(enumerate(rerun(generator, logits, 4)))
            for side in ("old", "new")
            for at in range(RERUNS)
        }
        scores = score_arms(Resamples(len(labels), 0, DRAWS), labels, arms, dataset.classes)
        for at, found in enumerate(pairs):
            new, old = scores[f"new {at}"][METRIC], scores[f"old {at}"][METRIC]
            found[cell.name] = Pair(cell, parts(new, old, False), None, False)
    failing = []
    for found in pairs:
        compared = Compared(found, prior([pair.parts for pair in found.values()]))
        judged = {name: judge(pair, compared, count, FLOORS[METRIC])[0] for name, pair in found.items()}
        failing.append({name for name, verdict in judged.items() if verdict in ("worse", "implausible")})
    return failing


def test_fifty_reruns_raise_at_most_two_false_alarms() -> None:
    datasets = accepted().datasets
    by_set = [alarms(one, CELLS * len(datasets)) for one in datasets]
    reruns = [set().union(*found) for found in zip(*by_set, strict=True)]
    assert sum(bool(found) for found in reruns) <= 2, reruns
    assert sum(len(found) for one in by_set for found in one) <= 2


def test_the_simulated_seeds_score_as_the_stored_ones_do() -> None:
    (dataset,) = [one for one in accepted().datasets if one.name == "reviews"]
    labels = unpack(dataset.labels, dataset.items, dataset.classes)
    (cell,) = [one for one in dataset.cells if one.name == "supervised/teacher"]
    runs = rerun(np.random.default_rng(1), stored("reviews", cell), 40)
    real = [run.metrics["accuracy"] for run in cell.seeds.values()]
    made = [float((run == labels).mean()) for run in runs]
    assert np.mean(made) == pytest.approx(np.mean(real), abs=0.01)
    assert 0.3 < np.std(made, ddof=1) / np.std(real, ddof=1) < 3
