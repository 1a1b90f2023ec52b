"""Bugs put into small real trainings, and a leak: the check catches each, and lets a sound rerun pass."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from replication.losses import cross_entropy, soft_divergence
from replication.methods import scheme2
from replication.regression import words
from replication.regression.shapes import Accepted, Verdict
from replication.training import recipes
from replication.training.batches import Batch, Items
from replication.training.network import Network
from replication.training.phases import Term
from tests.regression.toy_runs import TEST, Cells, as_accepted, held_against, train, training_items

SETTINGS: dict[str, Any] = {"temperature": 4.0}


def sound(seeds: tuple[int, ...]) -> Cells:
    """Three methods without a bug."""
    data = training_items()
    cells = train("supervised", data, seeds) | train("soft_label", data, seeds, **SETTINGS)
    return cells | train("scheme2", clean_labels(data), seeds, **SETTINGS)


def clean_labels(data: Items) -> Items:
    """The labels put right, for a teacher that learns from them."""
    truth = data.targets["logits"].argmax(-1)
    return replace(data, labels=data.labels.where(data.labels < 0, truth))


@pytest.fixture(scope="module")
def cells() -> Cells:
    return sound((0, 1, 2, 3))


@pytest.fixture(scope="module")
def accepted(cells: Cells) -> Accepted:
    return as_accepted(cells)


def verdicts(accepted: Accepted, cells: Cells, bad: Cells) -> dict[str, Verdict]:
    """Hold a run with bad cells against the accepted one; the verdicts on those that are not the same."""
    check = held_against(accepted, cells | bad)
    changed: dict[str, Verdict] = {
        f"{cell.method}/{cell.model}": cell.verdict for cell in check.cells if cell.verdict != "same"
    }
    assert set(changed) <= set(bad)
    assert check.passed == (not words.failures(check))
    return changed


def test_the_same_runs_are_the_same(accepted: Accepted, cells: Cells) -> None:
    assert held_against(accepted, cells).passed
    assert verdicts(accepted, cells, {}) == {}


def test_a_sound_rerun_with_other_seeds_passes(accepted: Accepted) -> None:
    check = held_against(accepted, sound((4, 5, 6, 7)))
    assert check.passed, words.failures(check)
    assert {cell.verdict for cell in check.cells} <= {"level", "cannot tell", "better"}


def test_a_dropped_square_of_the_temperature_is_caught(
    accepted: Accepted, cells: Cells, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_square(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
        return soft_divergence(student, teacher, temperature) / temperature**2

    monkeypatch.setattr(recipes, "soft_divergence", without_square)
    bad = train("soft_label", training_items(), **SETTINGS)
    assert verdicts(accepted, cells, bad) == {"soft_label/student": "worse"}


def test_a_detached_teacher_is_caught(accepted: Accepted, cells: Cells, monkeypatch: pytest.MonkeyPatch) -> None:
    def detached(teacher: Network, batch: Batch) -> Term:
        labelled = batch.labelled()
        logits = teacher(labelled).logits
        return Term(cross_entropy(logits.detach() + 0.0 * logits, labelled.labels))

    monkeypatch.setattr(scheme2, "on_labels", detached)
    bad = train("scheme2", clean_labels(training_items()), **SETTINGS)
    assert verdicts(accepted, cells, bad)["scheme2/teacher"] == "worse"


def test_a_shuffled_cache_of_the_teacher_is_caught(accepted: Accepted, cells: Cells) -> None:
    data = training_items()
    logits = data.targets["logits"]
    order = torch.randperm(len(logits), generator=torch.Generator().manual_seed(6))
    bad = train("soft_label", replace(data, targets={"logits": logits[order]}), **SETTINGS)
    assert verdicts(accepted, cells, bad) == {"soft_label/student": "worse"}


def test_test_items_among_the_training_items_are_caught(accepted: Accepted, cells: Cells) -> None:
    data = training_items()
    leaking = Items(
        {"symbols": torch.cat([data.inputs["symbols"], TEST.inputs["symbols"]])},
        {"symbols": torch.cat([data.lengths["symbols"], TEST.lengths["symbols"]])},
        torch.cat([data.labels, TEST.labels]),
        {"logits": torch.cat([data.targets["logits"], TEST.targets["logits"]])},
    )
    bad = train("supervised", leaking)
    assert verdicts(accepted, cells, bad) == {"supervised/student": "implausible"}
    (line,) = words.failures(held_against(accepted, cells | bad))
    assert line.startswith("toy/supervised/student: better: look why: +")
    assert "look for test items among the training items" in line
