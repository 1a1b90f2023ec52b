"""Entropy against hand values, and which items are shown."""

from __future__ import annotations

import math

import numpy as np
import pytest

from replication.evaluation.temperature import GRID, describe, mean_entropy, never_falls, shown_items


def test_entropy_of_two_classes_by_hand() -> None:
    logits = np.array([[math.log(3.0), 0.0], [0.0, 0.0]])
    # softmax is (3/4, 1/4) and (1/2, 1/2).
    first = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    assert mean_entropy(logits, 1.0) == pytest.approx((first + math.log(2)) / 2)


def test_temperature_divides_the_logits() -> None:
    logits = np.random.default_rng(0).normal(size=(5, 4))
    assert mean_entropy(logits, 3.0) == pytest.approx(mean_entropy(logits / 3.0, 1.0))


def test_a_sure_teacher_has_no_entropy() -> None:
    assert mean_entropy(np.array([[5000.0, 0.0, 0.0]]), 1.0) == 0.0


@pytest.mark.parametrize(
    "logits", [[[12.0, 0.0], [9.0, -3.0]], [[5000.0, 0.0], [900.0, 0.0]], [[1e-3, 0.0], [0.0, 2e-3]], [[1e-9, 0.0]]]
)
def test_entropy_of_sure_and_of_flat_teachers_rises_though_it_ties_when_rounded(logits: list[list[float]]) -> None:
    texts = ["短"] * len(logits)
    found = describe({0: np.array(logits)}, texts, [0] * len(logits), ["a", "b"], 2.0)
    assert len(set(found.entropy[0])) < len(GRID)
    assert found.rises


def test_one_falling_step_is_a_fall() -> None:
    assert never_falls([0.1, 0.1, 0.1 - 1e-14, 0.2])
    assert not never_falls([0.1, 0.2, 0.2 - 1e-9, 0.3])
    assert not never_falls([0.0, 0.1, 0.0])


def test_the_verdict_is_over_all_teachers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("replication.evaluation.temperature.GRID", [2.0, 1.0])
    sure, level = np.array([[3.0, 0.0]]), np.array([[0.0, 0.0]])
    found = [describe(logits, ["短"], [0], ["a", "b"], 2.0).rises for logits in ({0: level}, {0: level, 1: sure})]
    assert found == [True, False]


def test_shown_items_go_from_sure_to_unsure_and_are_short() -> None:
    logits = np.stack([np.linspace(0, 4, 11), np.zeros(11)], axis=1)
    texts = ["短"] * 11
    assert shown_items(logits, texts) == [9, 5, 1]
    texts[9] = "长" * 200
    assert 9 not in shown_items(logits, texts)


def test_one_item_is_shown_once() -> None:
    assert shown_items(np.zeros((1, 2)), ["只有一条"]) == [0]
