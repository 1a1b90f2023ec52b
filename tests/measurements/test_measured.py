"""The stages `noise` and `gradients` in small, and what the evaluation makes of them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from replication import metrics
from replication.data.splits import load_splits, load_withheld
from replication.evaluation.gradients import describe_gradients
from replication.evaluation.noise import describe_noise
from replication.evaluation.testset import load_test_set
from replication.measurements.gradients import watch
from replication.measurements.noise import Place, cell_of, run
from replication.records import read_run
from replication.results.noise import ARMS, NoiseArm, NoiseResult
from replication.runs import cells
from replication.runs.tasks import make_task
from tests.measurements.conftest import NOISE, SMALL, Measured

RATE = 0.25


def described(measured: Measured) -> NoiseResult:
    tests = {"made": load_test_set(SMALL, "made", measured.build / "data/made")}
    found = describe_noise(SMALL, measured.build, tests)
    assert found is not None
    return found


def arm(found: NoiseResult, method: str, taught: str, model: str = "student") -> NoiseArm:
    (one,) = [arm for arm in found.sets[0].arms if (arm.method, arm.taught, arm.model) == (method, taught, model)]
    return one


def test_every_arm_learned_from_the_noisy_labels_and_the_teacher_that_it_names(measured: Measured) -> None:
    folder = measured.build / "noise/made/symmetric-0.25"
    noisy, clean = load_splits(folder / "data"), load_splits(measured.build / "data/made")
    runs = {path.parent.parent.relative_to(folder).as_posix() for path in folder.rglob("run.json")}
    assert runs == {"teacher", *(f"student/{method}" for method in ARMS), "oracle/soft_label", "oracle/logit_mse"}
    for name in runs:
        assert read_run(folder / name / "seed0")[0].data == noisy.digest
    honest, oracle = (read_run(folder / kind / "soft_label/seed0")[0] for kind in ("student", "oracle"))
    assert honest.teacher != oracle.teacher
    ordinary = read_run(measured.build / "noise/made/symmetric-0/student/soft_label/seed0")[0]
    assert (ordinary.data, ordinary.teacher) == (clean.digest, oracle.teacher)


def test_nothing_is_trained_or_computed_twice(measured: Measured, monkeypatch: pytest.MonkeyPatch) -> None:
    def trained(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(cells, "train", trained)
    run(SMALL, "made", measured.build, measured.store)
    states = list((measured.store.root / "runs").rglob("states.safetensors"))
    assert len(states) == 1


def test_scores_slope_and_fall_against_hand_values(measured: Measured) -> None:
    found = described(measured)
    truth = load_withheld(measured.build / "data/made", "test")
    items = load_test_set(SMALL, "made", measured.build / "data/made")
    current = [name for name, now in zip(truth, items.current, strict=True) if now]

    def score(rate: str, seed: int) -> float:
        folder = measured.build / f"noise/made/symmetric-{rate}/student/supervised/seed{seed}"
        predictions = read_run(folder)[1].of("test")
        guess = dict(zip(predictions.ids, predictions.logits.argmax(axis=1), strict=True))
        labels, guesses = (np.array([one[name] for name in current]) for one in (truth, guess))
        return metrics.evaluate(labels, guesses, 2)["macro_f1"]

    means = [np.mean([score(rate, seed) for seed in (0, 1)]) for rate in ("0", "0.25")]
    textcnn = arm(found, "supervised", "")
    assert [point.macro_f1 and point.macro_f1.mean for point in textcnn.points] == pytest.approx(means, abs=1e-6)
    assert textcnn.fall is not None
    assert textcnn.slope is not None
    assert textcnn.fall.mean == pytest.approx(means[0] - means[1], abs=1e-6)
    assert textcnn.slope.mean == pytest.approx((means[1] - means[0]) / RATE, abs=1e-5)
    soft = arm(found, "soft_label", "honest")
    assert soft.fall is not None
    (compared,) = found.comparisons
    assert (compared.claim, compared.part, compared.unit) == ("noise", "fall from 0 to 0.25", "share")
    assert compared.estimate == pytest.approx(textcnn.fall.mean - soft.fall.mean, abs=2e-6)
    assert compared.low <= compared.estimate <= compared.high
    assert found.sets[0].flipped == {"0": 0, "0.25": 12}


def test_arms_with_and_without_an_oracle_meet_at_rate_0(measured: Measured) -> None:
    found = described(measured)
    honest, oracle = (arm(found, "logit_mse", taught).points[0] for taught in ("honest", "oracle"))
    assert honest == oracle
    assert all(point.macro_f1 for one in found.sets[0].arms for point in one.points)


def test_a_missing_rate_is_said_and_leaves_slope_and_comparison_out(measured: Measured) -> None:
    more = SMALL.measurements.model_copy(update={"noise": NOISE.model_copy(update={"rates": [0.0, 0.4]})})
    tests = {"made": load_test_set(SMALL, "made", measured.build / "data/made")}
    found = describe_noise(SMALL.model_copy(update={"measurements": more}), measured.build, tests)
    assert found is not None
    textcnn = arm(found, "supervised", "")
    assert "noise@made has not finished" in textcnn.points[1].missing[0]
    assert (textcnn.points[1].macro_f1, textcnn.slope, textcnn.fall, found.comparisons) == (None, None, None, [])
    gradients = describe_gradients(SMALL.model_copy(update={"measurements": more}), measured.build, tests)
    assert gradients is not None
    assert gradients.sets[0].seeds == {"0": [0, 1], "0.4": []}
    assert len(gradients.sets[0].missing) == 2


def test_the_run_that_is_looked_at_is_the_run_that_is_scored(measured: Measured) -> None:
    cell = cell_of(SMALL, Place(measured.build, "made", NOISE, RATE), "soft_label")
    task = make_task(cell, 0)
    looks, trained = watch(task, measured.build / "data/made", lambda _: None)
    record = read_run(measured.build / "noise/made/symmetric-0.25/student/soft_label/seed0")[0]
    assert record.identity == looks.run == task.identity
    assert trained.history == record.history
    stored = json.loads(
        (measured.build / "gradients/made/symmetric-0.25/seed0/gradients.json").read_text(encoding="utf-8")
    )
    assert looks.model_dump() == stored


def test_gradients_as_they_are_published(measured: Measured) -> None:
    tests = {"made": load_test_set(SMALL, "made", measured.build / "data/made")}
    found = describe_gradients(SMALL, measured.build, tests)
    assert found is not None
    (one,) = found.sets
    assert one.missing == []
    assert one.simplex is None  # two classes
    rows = {(row.rate, row.moment, row.scope, row.space): row for row in one.cosines}
    assert len(rows) == 3 * 2 + 3 * 4
    assert all(row.hard.mean == row.hard.low == 1.0 for row in one.cosines if row.rate == 0)
    start = rows[RATE, "start", "all", "parameters"]
    assert start.gain.mean == pytest.approx(start.mix.mean - start.hard.mean, abs=2e-6)
    assert start.hard.low <= start.hard.mean <= start.hard.high <= 1
    assert start.hard.mean < 1
    # On flipped items of two classes the noisy label pulls the logits exactly the other way.
    assert rows[RATE, "end", "flipped", "logits"].hard.mean < 0
    assert [(row.rate, row.moment, row.flipped) for row in one.corrections] == [
        (RATE, moment, 12) for moment in ("start", "middle", "end")
    ]
    (compared,) = found.comparisons
    assert (compared.part, compared.unit, compared.seeds) == ("rate 0.25", "cosine", 2)
    assert compared.items == 3, "batches of 16"
    gains = [rows[RATE, moment, "all", "parameters"].gain.mean for moment in ("start", "middle", "end")]
    assert compared.estimate == pytest.approx(np.mean(gains), abs=2e-6)
