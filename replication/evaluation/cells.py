"""Which cells a profile lists, and where their runs lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from replication.config import Parameters
from replication.records import ModelName
from replication.results.cells import BASELINE, HISTORICAL, Group


@dataclass(frozen=True)
class Cell:
    """A method's model on a dataset, with the seeds that the profile asks for."""

    dataset: str
    method: str
    model: ModelName
    group: Group
    stage: str
    folder: Path
    """Holds one folder `seed<k>` a seed."""
    seeds: tuple[int, ...]
    inside: str = ""
    """The folder of the run inside the seed's, where it is not that one itself."""

    def run_folder(self, seed: int) -> Path:
        """Where a seed's run lies."""
        return self.folder / f"seed{seed}" / self.inside


def list_cells(parameters: Parameters, dataset: str, build: Path) -> list[Cell]:
    """The rows of a dataset's tables: yardsticks, the students by method, the references, the schemes.

    A scheme that trains its own teacher has a second cell for it; which do is seen by what the runs left.
    """
    seeds = tuple(parameters.seeds)
    cells = []
    for name in parameters.yardsticks:
        stage, folder = f"yardstick@{dataset}-{name}", build / "yardstick" / dataset / name
        cells.append(Cell(dataset, name, "student", "yardstick", stage, folder, (0,)))
    for name in parameters.methods:
        stage, folder = f"student@{dataset}-{name}", build / "student" / dataset / name
        group: Group = "reference" if (name, "student") == BASELINE else "method"
        cells.append(Cell(dataset, name, "student", group, stage, folder, seeds))
    stage, folder = f"teacher@{dataset}", build / "teacher" / dataset
    cells.append(Cell(dataset, BASELINE[0], "teacher", "reference", stage, folder, seeds))
    if dataset in parameters.opinion_datasets:
        stage, folder = f"historical@{dataset}", build / "historical" / dataset
        cells.append(Cell(dataset, HISTORICAL[0], "teacher", "reference", stage, folder, seeds))
        for name in parameters.schemes:
            stage, folder = f"scheme@{dataset}-{name}", build / "scheme" / dataset / name
            cells.append(Cell(dataset, name, "student", "scheme", stage, folder, seeds))
            if any((folder / f"seed{seed}" / "teacher").is_dir() for seed in seeds):
                cells.append(Cell(dataset, name, "teacher", "scheme", stage, folder, seeds, "teacher"))
    return cells
