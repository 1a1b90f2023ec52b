"""Small real trainings, sound and with a bug in them, as accepted results and as the run that is held against them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from replication.losses import WITHHELD
from replication.metrics import evaluate
from replication.regression.judge import check_datasets
from replication.regression.packing import pack
from replication.regression.published import FLOORS, METRIC, Classes, CurrentCell, CurrentDataset
from replication.regression.shapes import Accepted, AcceptedCell, AcceptedDataset, AcceptedSeed, Check
from replication.results.cells import CellResult, DatasetResult, SeedResult
from replication.training.batches import Items
from replication.training.loop import fit
from replication.training.network import Network
from tests.methods.bench import Bench
from tests.toy import CLASSES, LENGTH, SYMBOLS, TRAINING, loop, network

SEEDS = (0, 1, 2, 3)
FOLDER = Path("made")
CLEAR, NOISY = 3.0, 0.8
"""Size of the teacher's logits; share of training labels that are drawn anew."""
Cells = dict[str, dict[int, Classes]]
"""Predicted classes by `method/model` and seed."""


def draw(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Symbols [count, length] and classes [count]: the class is the commonest third of the symbols."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(0, CLASSES, (count,), generator=generator)
    symbols = labels[:, None] * 4 + torch.randint(0, 4, (count, LENGTH), generator=generator)
    noise = torch.rand((count, LENGTH), generator=generator) < 0.45
    return torch.where(noise, torch.randint(0, SYMBOLS, (count, LENGTH), generator=generator), symbols), labels


def as_items(symbols: Tensor, shown: Tensor, truth: Tensor) -> Items:
    """Items whose teacher knows the truth and shows it softly."""
    targets = {"logits": CLEAR * torch.nn.functional.one_hot(truth, CLASSES).float()}
    return Items({"symbols": symbols}, {"symbols": torch.full((len(truth),), LENGTH)}, shown, targets)


def training_items() -> Items:
    """240 items: 120 with labels, more than half of which are wrong, and a pool."""
    symbols, truth = draw(240, 1)
    generator = torch.Generator().manual_seed(2)
    wrong = torch.rand(len(truth), generator=generator) < NOISY
    shown = torch.where(wrong, torch.randint(0, CLASSES, truth.shape, generator=generator), truth)
    shown[120:] = WITHHELD
    return as_items(symbols, shown, truth)


def clean_items(count: int, seed: int) -> Items:
    """Items with the right labels."""
    symbols, truth = draw(count, seed)
    return as_items(symbols, truth, truth)


TEST = clean_items(900, 3)


def train(name: str, data: Items, seeds: tuple[int, ...] = SEEDS, **settings: object) -> Cells:
    """Train a method for every seed; what its student, and the teacher trained beside it, predict of the test items."""
    cells: Cells = {}
    for seed in seeds:
        bench = Bench(TRAINING, TRAINING, data, clean_items(90, 4), network("teacher", seed, width=16))
        fit(bench.phases(name, **settings), loop(data, bench.student.streams))
        cells.setdefault(f"{name}/student", {})[seed] = predicted(bench.student)
        if name.startswith("scheme"):
            cells.setdefault(f"{name}/teacher", {})[seed] = predicted(bench.teacher)
    return cells


def predicted(model: Network) -> Classes:
    """The class of the largest logit of every test item."""
    logits = model.predict(TEST.inputs["symbols"], TEST.lengths["symbols"]).logits
    return np.asarray(logits.argmax(-1).numpy(), dtype=np.int64)


def as_accepted(cells: Cells) -> Accepted:
    """These runs, accepted."""
    rows = []
    for name, runs in cells.items():
        seeds = {
            seed: AcceptedSeed(metrics={METRIC: score(run)}, identity="", commit="", predicted=pack(run, CLASSES))
            for seed, run in runs.items()
        }
        method, model = name.split("/")
        rows.append(AcceptedCell.model_validate(
            {"method": method, "model": model, "group": "method", "metrics": {}, "seeds": seeds}
        ))  # fmt: skip
    items = len(LABELS)
    dataset = AcceptedDataset(
        name="toy", classes=CLASSES, data="d", items=items, ids="i", labels=pack(LABELS, CLASSES),
        scored=pack(np.ones(items, dtype=np.int64), 2), cells=rows,
    )  # fmt: skip
    return Accepted(
        profile="toy", reason="sound", floors=FLOORS, commits=[], environments=[], parameters={}, datasets=[dataset]
    )


def as_current(cells: Cells, data: str = "d") -> dict[str, CurrentDataset]:
    """These runs, published."""
    found: dict[str, CurrentCell] = {}
    for name, runs in cells.items():
        method, model = name.split("/")
        seeds = [
            SeedResult(seed=seed, record=f"{name}{seed}", metrics={METRIC: score(run)}) for seed, run in runs.items()
        ]
        row = {"method": method, "model": model, "group": "method", "stage": "", "command": "", "seeds": seeds}
        found[name] = CurrentCell(CellResult.model_validate(row), runs)
    names = [str(number) for number in range(CLASSES)]
    rows = [cell.result for cell in found.values()]
    result = DatasetResult(name="toy", classes=names, test_items=len(LABELS), data=[data], cells=rows)
    return {"toy": CurrentDataset(result, "i", found)}


def held_against(accepted: Accepted, cells: Cells) -> Check:
    """Hold runs against accepted ones."""
    return check_datasets(accepted, as_current(cells), FOLDER)


def score(run: Classes) -> float:
    """The metric, as it is published."""
    return round(evaluate(LABELS, run, CLASSES)[METRIC], 6)


TEST = clean_items(900, 3)
LABELS = np.asarray(TEST.labels.numpy(), dtype=np.int64)
