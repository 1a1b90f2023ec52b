"""Which cells the sweeps consist of, and that they are ordinary runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from replication.data.splits import load_splits
from replication.files import digest, file_digest
from replication.measurement_settings import TemperatureSweep
from replication.measurements import samples, temperatures
from replication.predictions import Predictions, write_predictions
from replication.records import read_run
from replication.runs import cells
from replication.runs.tasks import Cell, make_task
from replication.store import Store
from tests.methods.small import PARALLEL, SEEDS, Pipeline, write_data


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prepared data and made outputs of two teachers."""
    root = tmp_path_factory.mktemp("sweep")
    splits = load_splits(write_data(root))
    parts = {"labelled": splits.labelled, "pool": splits.pool, "validation": splits.validation, "test": splits.test}
    ids = [name for part in parts.values() for name in part.ids]
    names = [name for name, part in parts.items() for _ in part.ids]
    for seed in SEEDS:
        (root / f"teacher/seed{seed}").mkdir(parents=True)
        logits = np.random.default_rng(seed).normal(size=(len(ids), 2)).astype(np.float32)
        write_predictions(
            root / f"teacher/seed{seed}/predictions.parquet", Predictions(ids=ids, split=names, logits=logits)
        )
    return root


def ordinary(root: Path, method: str) -> Cell:
    return Pipeline(root).cell(method)


def test_the_profiles_temperature_is_always_among_the_points() -> None:
    sweep = TemperatureSweep(datasets=["made"], temperatures=[8.0, 1.0])
    assert sweep.points(2.0) == [1.0, 2.0, 8.0]
    assert sweep.points(8.0) == [1.0, 8.0]


def test_the_point_at_the_profiles_temperature_is_the_ordinary_run(root: Path) -> None:
    cell = ordinary(root, "soft_label")
    points = temperatures.cells(cell, [2.0, 4.0, 0.5])
    assert list(points) == ["2", "4", "0.5"]
    identities = {name: make_task(point, 0).identity for name, point in points.items()}
    assert identities["2"] == make_task(cell, 0).identity
    assert len(set(identities.values())) == 3


def test_samples_train_on_the_derived_data_and_are_taught_by_the_full_teacher(root: Path, tmp_path: Path) -> None:
    found = samples.cells({name: ordinary(root, name) for name in samples.METHODS}, 10, tmp_path / "10")
    assert list(found) == [tmp_path / "10" / "supervised", tmp_path / "10" / "soft_label"]
    for folder, cell in found.items():
        cells.run(cell, PARALLEL, folder, Store(tmp_path / "scratch"))
    alone, _ = read_run(tmp_path / "10/supervised/seed0")
    taught, predictions = read_run(tmp_path / "10/soft_label/seed0")
    splits = load_splits(root / "data")
    assert alone.training_items == 10 and alone.teacher is None
    assert taught.training_items == 10 + len(splits.pool.ids)
    assert taught.teacher == file_digest(root / "teacher/seed0/predictions.parquet")
    assert alone.data == taught.data == load_splits(tmp_path / "10/data").digest != splits.digest
    assert predictions.of("test").ids == splits.test.ids
    vocabularies = {digest((folder / "seed0/vocabulary.json").read_text(encoding="utf-8")) for folder in found}
    assert len(vocabularies) == 1, "every arm has the same student"
