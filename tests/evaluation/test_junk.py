"""Junk metrics against hand values, and their bootstrap against a plain loop over the same resamples."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from replication.evaluation.junk import FAMILY, Answer, JunkItems, score_junk
from replication.statistics import Resamples, Scores

Bools = npt.NDArray[np.bool_]


def answer(caught: list[int]) -> Answer:
    return Answer(np.array(caught, dtype=float), np.array(caught, dtype=bool))


def scored(
    items: JunkItems, arms: dict[str, dict[int, Answer]], historical: dict[int, Bools], draws: int = 100
) -> dict[str, dict[str, Scores]]:
    now, before = int(items.current.sum()), int((~items.current).sum())
    legacy = Resamples(before, 0, draws, sample=(1,)) if before else None
    return score_junk(Resamples(now, 0, draws), legacy, items, arms, historical)


#                 current, 6 items  | legacy, 4 items
JUNK = np.array([1, 1, 1, 0, 0, 0, 1, 1, 1, 0], dtype=bool)
CURRENT = np.array([1, 1, 1, 1, 1, 1, 0, 0, 0, 0], dtype=bool)
LOANS = np.array([1, 0, 1, 0, 0, 0, 0, 0, 0, 0], dtype=bool)
ITEMS = JunkItems(JUNK, CURRENT, {"loans": LOANS})


def test_by_hand() -> None:
    run = answer([1, 1, 0, 1, 0, 0, 1, 0, 0, 1])
    known = np.array([1, 0, 1, 0, 0, 0, 1, 1, 0, 0], dtype=bool)
    found = scored(ITEMS, {"a": {4: run}}, {4: known})["a"]
    assert {name: score.observed[0] for name, score in found.items()} == pytest.approx(
        {
            "junk_precision": 2 / 3,
            "junk_recall": 2 / 3,
            "junk_f1": 2 / 3,
            "junk_pr_auc": (2 / 3 + 2 / 3) / 3 + (3 / 6) / 3,
            "coverage": 1 / 3,
            "overall_recall": 3 / 6,
            "kept": 2 / 4,
            "negative_flip_rate": 2 / 4,
            FAMILY + "loans": 1 / 2,
        }
    )
    assert found["kept"].seeds == (4,)


def test_kept_needs_a_historical_model_of_the_same_seed_that_caught_something() -> None:
    run = answer([1, 1, 0, 1, 0, 0, 1, 0, 0, 1])
    some, none = np.array([1] + [0] * 9, dtype=bool), np.zeros(10, dtype=bool)
    found = scored(ITEMS, {"a": {0: run, 1: run, 2: run}}, {0: some, 1: none})["a"]
    assert found["coverage"].seeds == (0, 1, 2)
    assert found["kept"].seeds == (0,)
    assert found["kept"].observed.tolist() == [1.0]
    assert "kept" not in scored(ITEMS, {"a": {0: run}}, {})["a"]


def test_without_legacy_items_there_is_no_coverage() -> None:
    items = JunkItems(JUNK[:6], CURRENT[:6], {})
    found = scored(items, {"a": {0: answer([1, 1, 0, 1, 0, 0])}}, {0: np.array([1, 0, 1, 0, 0, 0], dtype=bool)})["a"]
    assert set(found) == {"junk_precision", "junk_recall", "junk_f1", "junk_pr_auc", "kept", "negative_flip_rate"}
    assert found["kept"].observed[0] == 0.5


def test_a_run_that_calls_nothing_junk_has_zero_precision() -> None:
    found = scored(ITEMS, {"a": {0: answer([0] * 10)}}, {})["a"]
    assert found["junk_precision"].observed[0] == found["junk_f1"].observed[0] == 0.0


def test_equals_a_plain_loop_over_the_same_resamples() -> None:
    generator = np.random.default_rng(5)
    junk, current = generator.random(70) < 0.5, np.arange(70) < 45
    loans = junk & current & (generator.random(70) < 0.5)
    arms = {
        name: {seed: answer((generator.random(70) < 0.3 + 0.4 * junk).astype(int).tolist()) for seed in (0, 1)}
        for name in "ab"
    }
    historical = {seed: junk & (generator.random(70) < 0.5) for seed in (0, 1)}
    found = scored(JunkItems(junk, current, {"loans": loans}), arms, historical, draws=60)
    drawn = zip(
        np.concatenate(list(Resamples(45, 0, 60).indices())),
        45 + np.concatenate(list(Resamples(25, 0, 60, sample=(1,)).indices())),
        strict=True,
    )
    for draw, (now, before) in enumerate(drawn):
        both = np.concatenate([now, before])
        for name, runs in arms.items():
            for at, seed in enumerate(runs):
                caught, known = runs[seed].caught, historical[seed][both]
                kept = (caught[both] & known).sum() / known.sum()
                expected = {
                    "junk_precision": precision_score(junk[now], caught[now], zero_division=0),
                    "junk_recall": recall_score(junk[now], caught[now], zero_division=0),
                    "junk_f1": f1_score(junk[now], caught[now], zero_division=0),
                    "coverage": recall_score(junk[before], caught[before], zero_division=0),
                    "overall_recall": recall_score(junk[both], caught[both], zero_division=0),
                    "kept": kept,
                    "negative_flip_rate": 1 - kept,
                    FAMILY + "loans": caught[now][loans[now]].mean(),
                }
                for metric, value in expected.items():
                    assert found[name][metric].drawn[draw, at] == pytest.approx(value, abs=1e-12), metric
