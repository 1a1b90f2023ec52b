"""Learning rates over one or several phases, rates by module, clipping, weight decay."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
import torch
from torch import nn

from replication.losses import cross_entropy
from replication.training.batches import Batch
from replication.training.loop import fit
from replication.training.optimisation import learning_rate, make_optimiser, parameters_of, step
from replication.training.phases import Phase, Term, Terms, Update
from tests.toy import TRAINING, items, loop, network, supervised, toy

ROOT = Path(__file__).parents[1]


def test_learning_rate_rises_then_falls_to_zero() -> None:
    phase = replace(supervised(network("student")), iterations=20)
    rates = [learning_rate(phase.updates[0], phase, iteration) for iteration in range(21)]
    assert rates[:3] == pytest.approx([0.025, 0.05, 0.05])
    assert rates[11] == pytest.approx(0.05 * 9 / 18)
    assert rates[20] == 0.0


def test_a_schedule_over_several_phases_gives_the_rates_of_one_long_phase() -> None:
    long = supervised(network("student"))
    whole = [learning_rate(long.updates[0], long, iteration) for iteration in range(30)]
    parts: list[float] = []
    for before, iterations in ((0, 2), (2, 11), (13, 17)):
        part = replace(long, iterations=iterations, schedule=(before, 30))
        parts += [learning_rate(part.updates[0], part, iteration) for iteration in range(iterations)]
    assert parts == whole


def test_phases_with_one_schedule_and_kept_optimisers_are_to_the_bit_one_long_phase() -> None:
    def run(lengths: Sequence[int]) -> tuple[dict[str, torch.Tensor], list[float]]:
        student = network("student")
        before, phases = 0, []
        for length in lengths:
            phase = replace(supervised(student, evaluations=length), iterations=length, keep_optimisers=True)
            phases.append(replace(phase, schedule=(before, 30)))
            before += length
        trained = fit(iter(phases), loop(items(), student.streams))
        return student.state_dict(), [point.learning_rate for point in trained.history]

    whole, rates = run([30])
    parts, same_rates = run([2, 11, 17])
    assert same_rates == rates
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


@pytest.mark.parametrize("optimiser", ["adamw", "sgd"])
def test_steps_and_stored_state_are_to_the_bit_those_of_torch(optimiser: Literal["adamw", "sgd"]) -> None:
    def run(own: bool) -> tuple[list[torch.Tensor], str]:
        update = replace(supervised(network("student")).updates[0], optimiser=optimiser)
        parameters = parameters_of(update)
        made = make_optimiser(update)
        if not own:
            kind: Any = torch.optim.AdamW if optimiser == "adamw" else torch.optim.SGD
            fused = {"fused": True} if optimiser == "adamw" else {}
            groups = [{"params": group["params"], "weight_decay": group["weight_decay"]} for group in made.param_groups]
            made = kind(groups, lr=update.training.learning_rate, **fused)
        for turn in range(4):
            for number, parameter in enumerate(parameters):
                parameter.grad = torch.full_like(parameter, 0.1 * number - 0.2 * turn)
            made.step()
            made.zero_grad()
            made.load_state_dict(made.state_dict())
        assert all(parameter.grad is None for parameter in parameters)
        return [parameter.detach().clone() for parameter in parameters], str(made.state_dict()["state"])

    (weights, state), (expected, expected_state) = run(True), run(False)
    assert all(torch.equal(one, other) for one, other in zip(weights, expected, strict=True))
    assert state == expected_state


def test_a_gradient_of_another_layout_than_its_parameter_moves_the_same_numbers() -> None:
    def stepped(transposed: bool) -> torch.Tensor:
        student = network("student")
        weight = toy(student).classifier.weight
        update = replace(supervised(student).updates[0], train=[toy(student).classifier])
        factors = torch.arange(float(weight.numel())).reshape(weight.shape).sin()
        # The gradient of a transposed copy comes back transposed in memory.
        loss = (weight.t().contiguous() * factors.t().contiguous()).sum() if transposed else (weight * factors).sum()
        step(make_optimiser(update), update, loss, 0.1)
        return weight.detach()

    assert torch.equal(stepped(True), stepped(False))


def test_training_does_not_wait_for_what_compiles_networks() -> None:
    """The import of torch's compiler takes a process seconds, and every stage starts several."""
    script = (
        "import sys; from tests.toy import *; from replication.training.loop import fit; student = network('student'); "
        "fit(iter([supervised(student)]), loop(items(), student.streams)); print('torch._dynamo' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.strip() == "False"


def test_a_scale_multiplies_the_rate_of_its_module_alone() -> None:
    def run(scales: Sequence[float]) -> tuple[torch.Tensor, torch.Tensor]:
        student = network("student")
        halves = [toy(student).features, toy(student).classifier]
        before = [nn.utils.parameters_to_vector(half.parameters()).detach().clone() for half in halves]

        def terms(batch: Batch) -> Terms:
            return {"hard": Term(cross_entropy(student(batch).logits, batch.labels))}

        update = Update("student", halves, terms, TRAINING, optimiser="sgd", scales=scales)
        fit(iter([Phase("student", 1, [update], [], 1)]), loop(items(), student.streams))
        after = [nn.utils.parameters_to_vector(half.parameters()).detach() for half in halves]
        return after[0] - before[0], after[1] - before[1]

    plain, same, scaled = run([]), run([1.0, 1.0]), run([1.0, 0.25])
    assert all(torch.equal(one, other) and one.any() for one, other in zip(plain, same, strict=True))
    assert torch.equal(scaled[0], plain[0])
    torch.testing.assert_close(scaled[1], 0.25 * plain[1], rtol=1e-4, atol=1e-7)


def test_gradients_are_clipped_to_the_norm() -> None:
    student = network("student")
    before = {name: value.clone() for name, value in student.named_parameters()}

    def terms(batch: Batch) -> Terms:
        return {"hard": Term(1000 * cross_entropy(student(batch).logits, batch.labels))}

    training = TRAINING.model_copy(update={"clip_norm": 0.5, "learning_rate": 1.0, "warmup": 0.0})
    update = Update("student", [student], terms, training, optimiser="sgd")
    fit(iter([Phase("student", 1, [update], [], 1)]), loop(items(), student.streams))
    step = torch.cat([(value - before[name]).flatten() for name, value in student.named_parameters()])
    assert step.norm().item() == pytest.approx(0.5, rel=1e-4)


def test_weight_decay_spares_biases() -> None:
    student = network("student")
    before = {name: value.clone() for name, value in student.named_parameters()}

    def terms(batch: Batch) -> Terms:
        return {"zero": Term(0.0 * student(batch).logits.sum())}

    training = TRAINING.model_copy(update={"weight_decay": 0.5, "learning_rate": 0.1, "warmup": 0.0})
    fit(
        iter([Phase("student", 1, [Update("student", [student], terms, training)], [], 1)]),
        loop(items(), student.streams),
    )
    for name, value in student.named_parameters():
        factor = 1.0 if value.ndim < 2 else 0.95
        torch.testing.assert_close(value.detach(), factor * before[name])
