"""The accepted runs and the current ones of a dataset, scored on the same resamples of the same items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from replication.errors import UserError
from replication.regression.intervals import Parts, parts, prior, trained_again
from replication.regression.packing import unpack
from replication.regression.published import METRIC, Classes, CurrentDataset, verify
from replication.regression.shapes import AcceptedCell, AcceptedDataset
from replication.statistics import Resamples, Scores, Variance, score_arms

DRAWS = 2000
"""Resamples of the items. Only a variance is taken from them, which they give to within 3%."""


@dataclass(frozen=True)
class Pair:
    """An accepted cell and the current one, on the same items."""

    cell: AcceptedCell
    parts: Parts
    beyond_best: Parts | None
    """The current cell minus the set's best accepted one; None where it is that one itself."""
    same: bool
    """Whether every run predicts what the accepted run of its seed does."""
    again: Parts | None
    """The accepted cell and itself with other seeds; None where it has one seed."""


@dataclass(frozen=True)
class Compared:
    """A dataset's comparable cells, and what their seeds' variances have in common."""

    pairs: dict[str, Pair]
    prior: Variance


def differs(accepted: AcceptedDataset, current: CurrentDataset) -> str | None:
    """Why a run cannot be compared with the accepted one item by item; None where it can."""
    found = current.result.data
    if found != [accepted.data]:
        shown = ", ".join(one[:12] for one in found) or "none"
        return f"made on other data ({shown}) than the accepted results ({accepted.data[:12]})"
    return None if current.ids == accepted.ids else "other test items, or in another order, than the accepted results"


def compare(accepted: AcceptedDataset, current: CurrentDataset, folder: Path) -> Compared:
    """Compare the cells that are there in both.

    Raises:
        UserError: a published metric is not what its predictions say.
        ValueError: a packed text does not hold what it should.
    """
    labels = unpack(accepted.labels, accepted.items, accepted.classes)
    scored = unpack(accepted.scored, accepted.items, 2).astype(bool)
    here = {cell.name: cell for cell in accepted.cells if _complete(current, cell.name)}
    old = {name: _unpacked(accepted, cell) for name, cell in here.items()}
    new = {name: current.cells[name].predicted for name in here}
    for name, runs in new.items():
        if any(len(run) != accepted.items or run.max() >= accepted.classes for run in runs.values()):
            raise UserError(f"{folder}: {accepted.name}/{name}: predicts other items or classes than are accepted")
    arms = {f"old {name}": _at(runs, scored) for name, runs in old.items()}
    arms |= {f"new {name}": _at(runs, scored) for name, runs in new.items()}
    resamples = Resamples(int(scored.sum()), 0, DRAWS)
    scores = {
        arm: found[METRIC] for arm, found in score_arms(resamples, labels[scored], arms, accepted.classes).items()
    }
    for name in here:
        found = scores[f"new {name}"]
        verify(current.cells[name], dict(zip(found.seeds, map(float, found.observed), strict=True)), folder)
    best = max(here, key=lambda name: float(scores[f"old {name}"].observed.mean()), default=None)
    pairs = {
        name: Pair(
            cell,
            _parts(scores, name, name, cell.group == "yardstick"),
            _parts(scores, name, best, False) if best not in (None, name) else None,
            old[name].keys() == new[name].keys() and all(np.array_equal(old[name][s], new[name][s]) for s in old[name]),
            trained_again(scores[f"old {name}"]),
        )
        for name, cell in here.items()
    }
    return Compared(pairs, prior([pair.parts for pair in pairs.values()]))


def _complete(current: CurrentDataset, name: str) -> bool:
    found = current.cells.get(name)
    return found is not None and bool(found.predicted) and found.missing is None


def _parts(scores: Mapping[str, Scores], name: str, other: str | None, deterministic: bool) -> Parts:
    return parts(scores[f"new {name}"], scores[f"old {other}"], deterministic)


def _unpacked(accepted: AcceptedDataset, cell: AcceptedCell) -> dict[int, Classes]:
    return {seed: unpack(run.predicted, accepted.items, accepted.classes) for seed, run in cell.seeds.items()}


def _at(runs: Mapping[int, Classes], scored: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> dict[int, Classes]:
    return {seed: run[scored] for seed, run in runs.items()}
