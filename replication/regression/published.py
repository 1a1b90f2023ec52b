"""A profile's published folder as predicted classes: what a check compares and what is accepted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from replication.errors import UserError
from replication.files import digest
from replication.predictions import read_predictions
from replication.regression.shapes import cell_name
from replication.results.cells import CellResult, DatasetResult

METRIC = "macro_f1"
FLOORS = {METRIC: 0.01}
"""By metric that is checked, the smallest drop that is called a regression, as a share of 1."""
ROUNDING = 1e-6
"""A published metric is rounded to 6 decimals."""
Classes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class CurrentCell:
    """A cell of a published folder."""

    result: CellResult
    predicted: dict[int, Classes]
    """The class of the largest logit of every test item, [items], by seed."""

    @property
    def missing(self) -> str | None:
        """Why a run of it is missing, if one is."""
        reasons = [f"seed {seed.seed}: {seed.missing}" for seed in self.result.seeds if seed.missing is not None]
        return reasons[0] if reasons else None


@dataclass(frozen=True)
class CurrentDataset:
    """A dataset of a published folder."""

    result: DatasetResult
    ids: str
    """sha256 of the test items' ids, in their order; empty without a finished run."""
    cells: dict[str, CurrentCell]
    """By method and model."""


def read_dataset(folder: Path, result: DatasetResult) -> CurrentDataset:
    """Read the predictions of a dataset.

    Raises:
        UserError: a file of predictions is missing or damaged, or two have different items.
    """
    cells: dict[str, CurrentCell] = {}
    known = ""
    for cell in result.cells:
        predicted: dict[int, Classes] = {}
        for seed in cell.present:
            assert seed.record is not None
            path = (folder / seed.record).with_suffix(".parquet")
            found = read_predictions(path)
            ids = digest(found.ids)
            if known not in ("", ids):
                raise UserError(f"{path}: other test items than the runs before it; run `dvc repro evaluate` again")
            known = ids
            predicted[seed.seed] = found.logits.argmax(axis=1).astype(np.int64)
        cells[cell_name(cell)] = CurrentCell(cell, predicted)
    return CurrentDataset(result, known, cells)


def verify(cell: CurrentCell, recomputed: dict[int, float], folder: Path) -> None:
    """Hold the published metric of every seed against what its predictions say.

    Raises:
        UserError: they differ, so the folder was not made by `evaluate` from these predictions and these labels.
    """
    for seed in cell.result.present:
        said, found = seed.metrics[METRIC], recomputed[seed.seed]
        if abs(said - found) > ROUNDING:
            raise UserError(
                f"{folder / str(seed.record)}: {METRIC} is {said:.6f}, but its predictions score {found:.6f} on the "
                "accepted labels; run `dvc repro evaluate` again"
            )
