"""What one run leaves behind: a self-describing JSON record and the per-item predictions beside it.

A training stage writes a `Run` (it never sees the test labels); `evaluate` adds the test metrics and publishes it as a
`Record`. Tables, figures and statistics read records only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from replication.environment import Environment
from replication.errors import UserError
from replication.files import write_json
from replication.predictions import Predictions, read_predictions, write_predictions

ModelName = Literal["student", "teacher"]


class Point(BaseModel):
    """One evaluation during training."""

    model_config = ConfigDict(frozen=True)

    phase: str
    iteration: int
    learning_rate: float
    losses: dict[str, float]
    """Mean of each weighted loss term since the previous point, named `update/term`."""
    scores: dict[str, float]
    """Validation score of each selected network (macro-F1 in [0, 1] unless the phase says otherwise)."""


class PhaseRecord(BaseModel):
    """A phase of a method, as it was trained."""

    model_config = ConfigDict(frozen=True)

    name: str
    iterations: int
    updates: dict[str, int]
    """Optimiser steps by the update's name."""
    kept: dict[str, int] = Field(default_factory=dict)
    """After how many iterations, counted over all phases, each selected network was in the state that was kept."""


class Run(BaseModel):
    """One trained or fitted model on one seed, as the stage that made it knows it."""

    model_config = ConfigDict(frozen=True)

    identity: str
    """sha256 of all that determines the run: code of the layers it uses, parameters, data, teacher, seed."""
    dataset: str
    method: str
    model: ModelName
    network: str
    """What was trained: `textcnn`, `bert`, or the yardstick's name."""
    seed: int
    parameters: dict[str, Any]
    """The settings that the run read."""
    data: str
    """sha256 of the prepared splits."""
    teacher: str | None
    """sha256 of the teacher's stored outputs, where the method uses one."""
    teachers: dict[str, str] = Field(default_factory=dict)
    """sha256 of all that it read of teachers' runs, by the target's name (`route`: of its folder)."""
    parameter_count: int
    iterations: int
    """Optimiser steps that the network took, over all phases."""
    phases: list[PhaseRecord] = Field(default_factory=list)
    notes: dict[str, Any] = Field(default_factory=dict)
    """What the method says of its own course, such as the anchors that it took."""
    batch_size: int
    training_items: int = 0
    """Items that it was trained on, labelled or not."""
    validation_macro_f1: float
    history: list[Point]
    environment: Environment
    seconds: float
    """Wall time of the training."""
    peak_memory_mib: float


class Record(Run):
    """A run and what the test set says of it."""

    metrics: dict[str, float]
    """Test metrics in [0, 1]: accuracy, macro_f1, and what the dataset adds."""
    predictions: str
    """File name of the per-item test predictions beside the record."""


def write_run(folder: Path, run: Run, predictions: Predictions) -> None:
    """Write `run.json` and `predictions.parquet` into `folder`, each moved into place whole."""
    folder.mkdir(parents=True, exist_ok=True)
    write_predictions(folder / "predictions.parquet", predictions)
    write_json(folder / "run.json", run.model_dump())


def read_run(folder: Path) -> tuple[Run, Predictions]:
    """Read what `write_run` wrote.

    Raises:
        UserError: a file is missing or does not hold a run.
    """
    try:
        run = Run.model_validate_json((folder / "run.json").read_text(encoding="utf-8"))
        return run, read_predictions(folder / "predictions.parquet")
    except (OSError, ValueError) as error:
        raise UserError(f"{folder}: not a finished run: {str(error).splitlines()[0]}; run its stage again") from None
