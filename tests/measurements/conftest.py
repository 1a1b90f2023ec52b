"""The noise measurement in small, run once: two classes, a tiny BERT, one rate besides 0."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from replication.config import Teachers
from replication.measurement_settings import Measurements, Noise
from replication.measurements import gradients, noise
from replication.runs import cells
from replication.store import Store
from tests.made_runs import PARAMETERS
from tests.methods.small import PARALLEL, STUDENT, TEACHER, Pipeline, write_checkpoint, write_data

NOISE = Noise(datasets=["made"], rates=[0.0, 0.25], kind="symmetric", seed=7)
SMALL = PARAMETERS.model_copy(
    update={
        "datasets": ["made"],
        "opinion_datasets": ["made"],
        "seeds": [0, 1],
        "precision": "float32",
        "device": "auto",
        "student": STUDENT,
        "teacher": Teachers(**TEACHER.model_dump()),
        "parallel": PARALLEL,
        "measurements": Measurements(noise=NOISE),
    }
)


@dataclass(frozen=True)
class Measured:
    """What the stages left."""

    build: Path
    store: Store


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    """Teachers on clean labels, then the stages `noise` and `gradients`."""
    root = tmp_path_factory.mktemp("noise")
    build, store = root / "build", Store(root / "scratch")
    write_data(root)
    (build / "data").mkdir(parents=True)
    shutil.move(root / "data", build / "data/made")
    write_checkpoint(root)
    shutil.move(root / "checkpoint", build / "checkpoint")
    teacher = Pipeline(root).cell("supervised", "teacher")
    moved = type(teacher)(**{**vars(teacher), "data": build / "data/made", "checkpoint": build / "checkpoint"})
    cells.run(moved, PARALLEL, build / "teacher/made", store)
    noise.run(SMALL, "made", build, store)
    gradients.run(SMALL, "made", build, store)
    yield Measured(build, store)
