"""Agreement and divergence against hand values; means over resamples against a plain loop."""

from __future__ import annotations

import math

import numpy as np
import pytest

from replication.evaluation import fidelity
from replication.evaluation.means import Key, Means, difference
from replication.metrics import Floats
from replication.statistics import Resamples, Scores


def test_agreement_by_hand() -> None:
    teacher, network = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[5.0, 4.0], [2.0, 1.0]])
    assert fidelity.agreement(teacher, network).tolist() == [1.0, 0.0]


def test_divergence_by_hand() -> None:
    teacher, network = np.array([[math.log(3.0), 0.0]]), np.array([[0.0, 0.0]])
    # (3/4, 1/4) towards (1/2, 1/2).
    expected = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    assert fidelity.divergence(teacher, network, 1.0) == pytest.approx([expected])
    assert fidelity.divergence(2 * teacher, 2 * network, 2.0) == pytest.approx([expected])
    assert fidelity.divergence(network, teacher, 1.0) != pytest.approx([expected])


def test_divergence_of_equals_is_zero_and_of_sure_networks_is_finite() -> None:
    logits = np.array([[900.0, 0.0], [0.3, -0.2]])
    assert fidelity.divergence(logits, logits + 7, 1.0) == pytest.approx([0, 0], abs=1e-12)
    assert fidelity.divergence(logits[:1], -logits[:1], 1.0) == pytest.approx([900.0])


def test_a_student_that_is_its_teacher_follows_it_wholly() -> None:
    logits = np.random.default_rng(0).normal(size=(30, 3))
    resamples = Resamples(30, 0, 50)
    means = Means(resamples, fidelity.columns("own", "a", {0: (logits, logits), 1: (logits, logits)}, 2.0))
    found = fidelity.summarise(resamples, means, "own", "a")
    assert found is not None
    assert (found.agreement.mean, found.agreement.low, found.agreement.high) == (1.0, 1.0, 1.0)
    assert (found.divergence.mean, found.divergence_at_temperature.high) == (0.0, 0.0)
    assert fidelity.summarise(resamples, means, "own", "b") is None


def test_means_equal_a_plain_loop_over_the_same_resamples() -> None:
    generator = np.random.default_rng(3)
    columns: dict[Key, Floats] = {("x", seed): generator.normal(size=(20, 1)) for seed in (5, 7)}
    columns["wide", 0] = generator.normal(size=(20, 4))
    resamples = Resamples(20, 0, 25)
    means = Means(resamples, columns)
    scores = means.scores("x")
    assert scores.seeds == (5, 7)
    for draw, rows in enumerate(np.concatenate(list(resamples.indices()))):
        for at, seed in enumerate((5, 7)):
            assert scores.drawn[draw, at] == pytest.approx(columns["x", seed][rows].mean())
        assert means.of(("wide", 0))[1][draw] == pytest.approx(columns["wide", 0][rows].mean(axis=0))
    assert means.of(("wide", 0))[0] == pytest.approx(columns["wide", 0].mean(axis=0))


def test_a_difference_is_of_the_seeds_in_common() -> None:
    one = Scores((0, 1, 2), np.array([0.9, 0.8, 0.7]), np.array([[0.9, 0.8, 0.6]]))
    other = Scores((2, 0), np.array([0.5, 0.6]), np.array([[0.4, 0.7]]))
    found = difference(one, other)
    assert found.seeds == (0, 2)
    assert found.observed == pytest.approx([0.3, 0.2])
    assert found.drawn[0] == pytest.approx([0.2, 0.2])
