"""The sweeps of a made tree: ordinary runs made worse by a share of the test items, so that the curves are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from replication import records
from replication.data.splits import Splits, load_splits
from replication.data.subset import write_subset
from replication.measurement_settings import Measurements, SampleSweep, TemperatureSweep
from replication.predictions import Predictions
from tests.made_runs import PARAMETERS, SEEDS, run_folder

DATASET = "titles"
LOSSES = {0.5: 0.1, 2.0: 0.0, 8.0: 0.3}
"""Share of the test items lost by each temperature; the profile's loses none."""
SAMPLES = {("supervised", 6): 0.5, ("supervised", 15): 0.25, ("soft_label", 6): 0.4, ("soft_label", 15): 0.2}
"""Share of the test items lost with fewer labels, by method and size."""
MEASURED = PARAMETERS.model_copy(
    update={
        "datasets": [DATASET],
        "opinion_datasets": [],
        "measurements": Measurements(
            temperature=TemperatureSweep(datasets=[DATASET], temperatures=[0.5, 8.0]),
            samples=SampleSweep(datasets=[DATASET], sizes=[15, 6]),
        ),
    }
)


def make_sweeps(root: Path) -> None:
    """Add the sweeps to a tree that has the ordinary runs."""
    for seed in SEEDS:
        ordinary = run_folder(root, DATASET, "soft_label", "student", seed)
        for value, loss in LOSSES.items():
            worsen(ordinary, root / f"build/temperatures/{DATASET}/{value:g}/seed{seed}", loss)
    for size in (6, 15):
        folder = root / f"build/samples/{DATASET}/{size}"
        write_subset(root / "build/data" / DATASET, folder / "data", size)
        data = load_splits(folder / "data")
        for method in ("supervised", "soft_label"):
            for seed in SEEDS:
                ordinary = run_folder(root, DATASET, method, "student", seed)
                worsen(ordinary, folder / method / f"seed{seed}", SAMPLES[method, size], data)


def worsen(source: Path, destination: Path, loss: float, data: Splits | None = None) -> None:
    """Copy a run with other logits for a share of the test items, the first ones; of `data`, its labelled items."""
    run, predictions = records.read_run(source)
    logits = predictions.logits.copy()
    test = [row for row, split in enumerate(predictions.split) if split == "test"]
    lost = test[: round(loss * len(test))]
    logits[lost] = np.roll(np.eye(logits.shape[1], dtype=np.float32)[logits[lost].argmax(axis=1)], 1, axis=1)
    known = set(predictions.of("labelled").ids if data is None else data.labelled.ids)
    own = zip(predictions.ids, predictions.split, strict=True)
    kept = [row for row, (item, split) in enumerate(own) if split != "labelled" or item in known]
    changed = Predictions(
        ids=[predictions.ids[row] for row in kept],
        split=[predictions.split[row] for row in kept],
        logits=logits[kept],
    )
    records.write_run(destination, run.model_copy(update={"data": data.digest if data else run.data}), changed)
