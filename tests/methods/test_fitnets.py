"""FitNets: two stages, the first kept by its own loss, the second with a falling weight."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from replication import methods
from replication.errors import UserError
from replication.training.loop import fit
from replication.training.phases import Phase
from tests.methods.bench import Bench, Weights, equal, hard_gradient, soft_gradient, watched, weights
from tests.toy import TRAINING, items, loop, toy

SETTINGS: dict[str, object] = {"hint_layer": 3}


def bench(**training: object) -> Bench:
    return Bench(training=TRAINING.model_copy(update=training))


def test_the_hint_stage_leaves_the_classifier_alone_and_the_regressor_is_no_part_of_the_student() -> None:
    on = bench()
    start, keys = weights(on.student), list(on.student.state_dict())
    after_hint: list[Weights] = []
    regressors: list[nn.Module] = []

    def after(phase: Phase) -> None:
        if phase.name == "hint":
            after_hint.append(weights(on.student))
            regressors.append(phase.updates[0].train[1])

    trained = fit(watched(on.phases("fitnets", **SETTINGS), after), loop(on.data, on.student.streams))
    end = weights(on.student)
    for name in start:
        stepped = not torch.equal(start[name], after_hint[0][name])
        assert stepped is ("features" in name), name
        assert not torch.equal(after_hint[0][name], end[name]), name
    assert list(on.student.state_dict()) == keys
    assert regressors[0] not in list(on.student.modules())
    assert [(record.name, record.iterations, record.updates) for record in trained.phases] == [
        ("hint", 9, {"hint": 9}),
        ("student", 21, {"student": 21}),
    ]


def test_the_hint_stage_keeps_the_state_with_the_least_hint_loss_on_validation() -> None:
    hint = torch.randn(96, 6, generator=torch.Generator().manual_seed(1))  # so that learning the training items harms
    other = items()
    other = replace(other, targets={**other.targets, "hidden3": hint})
    on = Bench(training=TRAINING.model_copy(update={"iterations": 60, "evaluations": 10}), held_out=other)
    held_out = on.held_out.batch(torch.arange(96))
    losses: list[float] = []
    states: list[Weights] = []
    phases = on.phases("fitnets", **SETTINGS, hint_share=0.5)
    phase = next(phases)
    guided, regressor = phase.updates[0].train
    (selection,) = phase.selections

    def score() -> float:
        with torch.no_grad():
            guessed = regressor(toy(on.student).features(held_out.inputs["symbols"]))
        losses.append(float(0.5 * (guessed - hint).square().sum(-1).mean()))
        states.append(weights(guided))
        return float(selection.score())

    recorded = replace(phase, selections=[replace(selection, score=score)])
    trained = fit(iter([recorded]), loop(on.data, on.student.streams))
    assert [point.scores["hint"] for point in trained.history] == pytest.approx([-loss for loss in losses], rel=1e-5)
    best = losses.index(min(losses))
    assert best < len(losses) - 1, "else the last state would do"
    assert equal(weights(guided), states[best])


@pytest.mark.parametrize(("iterations", "share"), [(30, 0.3), (31, 0.3), (7, 0.99), (2, 0.01)])
def test_both_stages_together_take_the_budget(iterations: int, share: float) -> None:
    on = bench(iterations=iterations)
    trained = fit(on.phases("fitnets", **SETTINGS, hint_share=share), loop(on.data, on.student.streams))
    assert trained.iterations == iterations
    assert [record.name for record in trained.phases] == ["hint", "student"]
    assert all(record.iterations > 0 for record in trained.phases)


def test_the_soft_weight_falls_from_4_to_1_and_the_temperature_is_not_multiplied_in() -> None:
    on = bench()
    hint, student = on.phases("fitnets", **SETTINGS)
    assert hint.name == "hint"
    rows = torch.arange(0, 96, 6)
    for progress, weight in ((0.0, 4.0), (0.5, 2.5), (20 / 21, 4 - 3 * 20 / 21)):
        on.train_mode()
        batch = on.data.batch(rows, progress=progress)
        terms = student.updates[0].terms(batch)
        assert set(terms) == {"hard", "soft"}
        assert terms["hard"].weight == 1.0
        assert terms["soft"].weight == pytest.approx(weight)
        on.train_mode()
        logits = on.student(batch).logits
        taught = (batch.targets["logits"] / 3.0).softmax(-1)
        kl = (taught * (taught.log() - (logits / 3.0).log_softmax(-1))).sum(-1).mean()
        assert terms["soft"].value.item() == pytest.approx(kl.item(), rel=1e-4)
        # CE(p_t^τ, p_s^τ) and the KL have the same gradient: (p_s − p_t)/(τ·B).
        gradient = hard_gradient(logits, batch.labels) + weight * soft_gradient(logits, taught, 3.0) / 9.0
        parameters = list(on.student.parameters())
        expected = torch.autograd.grad(logits, parameters, gradient)
        found = torch.autograd.grad(terms["hard"].value + terms["soft"].weight * terms["soft"].value, parameters)
        for one, other in zip(found, expected, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-7)


def test_the_control_is_the_second_stage_for_the_whole_budget() -> None:
    on = bench()
    (control,) = on.phases("fitnets_control")
    _, student = on.phases("fitnets", **SETTINGS)
    assert control.iterations == TRAINING.iterations and [update.name for update in control.updates] == ["student"]
    for progress in (0.0, 0.5):
        batch = on.data.batch(torch.arange(0, 96, 6), progress=progress)
        on.train_mode()
        ours = control.updates[0].terms(batch)
        on.train_mode()
        theirs = student.updates[0].terms(batch)
        assert list(ours) == list(theirs)
        for one, other in zip(ours.values(), theirs.values(), strict=True):
            assert torch.equal(one.value, other.value) and one.weight == other.weight


def test_the_hint_stage_regresses_on_the_named_layer() -> None:
    on = bench()
    phase = next(on.phases("fitnets", **SETTINGS))
    on.train_mode()
    (term,) = phase.updates[0].terms(on.batch).values()
    guided, regressor = phase.updates[0].train
    assert [id(weight) for weight in guided.parameters()] == [id(w) for w in toy(on.student).features.parameters()]
    guessed = regressor(toy(on.student).features(on.batch.inputs["symbols"]))
    by_hand = 0.5 * (guessed - on.batch.targets["hidden3"]).square().sum(-1).mean()
    assert term.value.item() == pytest.approx(by_hand.item(), rel=1e-5) and term.weight == 1.0


def test_notes_say_which_layers() -> None:
    on = bench()
    context = on.context("fitnets", **SETTINGS)
    assert context.settings.targets() == ("logits", "hidden3")
    next(methods.load("fitnets").phases(context))
    assert context.notes == {"hint_layer": 3, "guided_layer": "features"}


def test_an_unknown_guided_layer_is_an_error_of_one_line_that_names_the_known_ones() -> None:
    with pytest.raises(UserError) as caught:
        next(bench().phases("fitnets", **SETTINGS, guided_layer="feature"))
    assert "\n" not in str(caught.value)
    assert "guided_layer" in str(caught.value) and "'feature'" in str(caught.value)
    assert "did you mean 'features'" in str(caught.value) and "known: features" in str(caught.value)
