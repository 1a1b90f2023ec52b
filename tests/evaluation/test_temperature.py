"""Entropy against hand values, and which items are shown."""

from __future__ import annotations

import math

import numpy as np
import pytest

from replication.evaluation.temperature import mean_entropy, shown_items


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


def test_shown_items_go_from_sure_to_unsure_and_are_short() -> None:
    logits = np.stack([np.linspace(0, 4, 11), np.zeros(11)], axis=1)
    texts = ["短"] * 11
    assert shown_items(logits, texts) == [9, 5, 1]
    texts[9] = "长" * 200
    assert 9 not in shown_items(logits, texts)


def test_one_item_is_shown_once() -> None:
    assert shown_items(np.zeros((1, 2)), ["只有一条"]) == [0]
