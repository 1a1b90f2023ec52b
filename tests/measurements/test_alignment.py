"""Gradients of the terms against gradients worked out by hand, cosines, correction, and the simplex."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from replication.measurements.alignment import (
    Gradient,
    Probe,
    TermGradients,
    corrections,
    cosine,
    even_batches,
    look,
    mixed,
    pushed_up,
    term_gradients,
)
from replication.measurements.pulls import lumped, pull
from replication.methods.soft_label import Settings, phases
from replication.models.output import Output
from replication.training.batches import Batch, Items
from replication.training.network import Network, Streams
from replication.training.phases import Context, Terms, Update
from replication.training.recipes import soft_terms
from tests import toy

TEMPERATURE = 2.0
STUDENT = torch.tensor([[0.0, 0.0, math.log(2.0)], [math.log(3.0), 0.0, 0.0]])
"""Probabilities (1/4, 1/4, 1/2) and (3/5, 1/5, 1/5)."""
TEACHER = torch.tensor([[2 * math.log(2.0), 0.0, 0.0], [0.0, 0.0, 0.0]])
"""At T = 2: (1/2, 1/4, 1/4) and (1/3, 1/3, 1/3)."""


class Table(nn.Module):
    """A network whose logits are its parameters: row b is item b's."""

    def __init__(self) -> None:
        super().__init__()
        self.logits = nn.Parameter(STUDENT.clone())

    def forward(self, inputs: Tensor) -> Output:
        return Output(self.logits[inputs[:, 0]], {})


def table_items(labels: list[int]) -> Items:
    rows = torch.arange(2)[:, None]
    return Items({"rows": rows}, {"rows": torch.ones(2, dtype=torch.long)}, torch.tensor(labels), {"logits": TEACHER})


def table() -> tuple[Network, Update]:
    network = Network("student", Table(), "rows", Streams(0), "float32")
    settings = Settings(temperature=TEMPERATURE, hard_weight=1.0, soft_weight=0.5)

    def terms(batch: Batch) -> Terms:
        return soft_terms(network(batch).logits, batch, batch.targets["logits"], settings)

    return network, Update("student", [network], terms, toy.TRAINING)


def test_logit_gradients_by_hand() -> None:
    network, update = table()
    found = term_gradients(update, network, table_items([0, 1]).batch(torch.arange(2)))
    probabilities = torch.tensor([[0.25, 0.25, 0.5], [0.6, 0.2, 0.2]])
    labels = torch.tensor([[1.0, 0, 0], [0, 1, 0]])
    torch.testing.assert_close(found["hard"].gradient.logits, (probabilities - labels) / 2)
    root2, root3 = math.sqrt(2), math.sqrt(3)
    softened = torch.tensor(
        [
            [1 / (2 + root2), 1 / (2 + root2), root2 / (2 + root2)],
            [root3 / (2 + root3), 1 / (2 + root3), 1 / (2 + root3)],
        ]
    )
    taught = torch.tensor([[0.5, 0.25, 0.25], [1 / 3, 1 / 3, 1 / 3]])
    torch.testing.assert_close(found["soft"].gradient.logits, TEMPERATURE * (softened - taught) / 2)
    assert found["soft"].weight == 0.5


def test_the_parameters_gradient_of_a_table_is_that_of_its_logits() -> None:
    network, update = table()
    for name, term in term_gradients(update, network, table_items([0, 1]).batch(torch.arange(2))).items():
        torch.testing.assert_close(term.gradient.parameters.reshape(2, 3), term.gradient.logits, msg=name)


def test_the_mix_is_the_weighted_sum() -> None:
    one = Gradient(torch.tensor([1.0, 2.0]), torch.tensor([[1.0]]))
    other = Gradient(torch.tensor([10.0, 0.0]), torch.tensor([[-4.0]]))
    found = mixed({"hard": TermGradients(one, 2.0), "soft": TermGradients(other, 0.5)})
    assert found.parameters.tolist() == [7.0, 4.0]
    assert found.logits.tolist() == [[0.0]]


def test_cosines_by_hand() -> None:
    assert cosine(torch.tensor([1.0, 0.0]), torch.tensor([1.0, 1.0])) == pytest.approx(math.sqrt(0.5))
    assert cosine(torch.tensor([[3.0], [4.0]]), torch.tensor([[-3.0], [-4.0]])) == pytest.approx(-1)
    assert cosine(torch.zeros(2), torch.ones(2)) == 0.0


def test_correction_by_hand() -> None:
    true_class = torch.tensor([0, 0, 1])
    hard = Gradient(torch.zeros(0), torch.tensor([[0.2, -0.2], [0.1, -0.1], [0.3, -0.3]]))
    soft = Gradient(torch.zeros(0), torch.tensor([[-0.4, 0.4], [0.1, -0.1], [0.2, -0.2]]))
    # Item 1: the teacher corrects. Item 2: it pushes the true class down too. Item 3: the label pushes it up by itself.
    assert corrections(hard, soft, true_class) == [True, False, False]
    assert pushed_up(hard.logits + soft.logits, true_class).tolist() == [True, False, True]


def test_a_look_at_a_table_by_hand() -> None:
    network, update = table()
    items = table_items([0, 1])  # item 0 is flipped from class 2; item 1 has its true label
    probe = Probe(network, items, torch.tensor([2, 1]), torch.tensor([0]), [torch.arange(2)], [0])
    found = look(probe, update, "start", 0)
    hard, clean = (
        torch.tensor([[-0.75, 0.25, 0.5], [0.6, -0.8, 0.2]]),
        torch.tensor([[0.25, 0.25, -0.5], [0.6, -0.8, 0.2]]),
    )
    by_key = {(row.scope, row.space): row for row in found.cosines}
    expected = float((hard * clean).sum() / (hard.norm() * clean.norm()))
    assert by_key["all", "logits"].hard == [pytest.approx(expected, abs=1e-6)]
    assert by_key["all", "parameters"].hard == by_key["all", "logits"].hard
    flipped = float((hard[0] @ clean[0]) / (hard[0].norm() * clean[0].norm()))
    assert by_key["flipped", "logits"].hard == [pytest.approx(flipped, abs=1e-6)]
    # The teacher gives class 2 a quarter, the student at T = 2 more: the soft loss pushes it down, as the label does.
    assert (found.corrected, found.outweighed) == ([False], [False])
    assert found.pulls[0].student == pytest.approx([0.25, 0.5, 0.25])


def test_without_flips_the_hard_gradient_is_the_clean_one_and_nothing_is_corrected() -> None:
    network, update = table()
    none = torch.zeros(0, dtype=torch.long)
    found = look(
        Probe(network, table_items([0, 1]), torch.tensor([0, 1]), none, [torch.arange(2)], []), update, "end", 9
    )
    assert [row.scope for row in found.cosines] == ["all", "all"]
    assert [row.hard for row in found.cosines] == [[1.0], [1.0]]
    assert (found.corrected, found.pulls) == ([], [])


def test_a_look_changes_neither_the_student_nor_what_it_draws_next() -> None:
    items = toy.items()
    network = toy.network("student")
    settings = Settings(temperature=2.0)
    context = Context(settings, network, toy.TRAINING, lambda _: 0.0, items)
    (phase,) = phases(context)
    truth = items.labels.clone()
    items.labels[:10] = (truth[:10] + 1) % toy.CLASSES
    probe = Probe(network, items, truth, torch.arange(10), even_batches(items.labels != truth, 16), [0])
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network.train()
    first = look(probe, phase.updates[0], "start", 0)
    assert network.training
    assert all(parameter.grad is None for parameter in network.parameters())
    assert all((before[name] == value).all() for name, value in network.state_dict().items())
    network(items.batch(torch.arange(4)))
    assert look(probe, phase.updates[0], "start", 0) == first


def test_batches_hold_every_item_once_with_an_even_share_of_flips() -> None:
    flipped = torch.zeros(50, dtype=torch.bool)
    flipped[::5] = True
    batches = even_batches(flipped, 12)
    assert sorted(torch.cat(batches).tolist()) == list(range(50))
    assert [int(flipped[rows].sum()) for rows in batches] == [3, 3, 2, 2]
    assert {len(rows) for rows in batches} <= {12, 13}
    few = torch.zeros(50, dtype=torch.bool)
    few[7] = True
    assert len(even_batches(few, 12)) == 1


def test_a_step_in_the_simplex_by_hand() -> None:
    student = torch.tensor([0.25, 0.25, 0.5])
    noisy, clean = student - torch.tensor([1.0, 0, 0]), student - torch.tensor([0, 0, 1.0])
    found = pull({"student": student, "noisy": noisy, "clean": clean, "soft": torch.zeros(3)}, truth=2, noisy=0)
    # -(diag(p) - p p^T) g with g = p - y, by hand: p ⊙ (p·g - g).
    assert found.noisy == pytest.approx([0.25 * (0.125 + 0.75), 0.5 * (0.125 - 0.5), 0.25 * (0.125 - 0.25)])
    assert found.clean == pytest.approx([0.25 * (-0.125 - 0.25), 0.5 * (-0.125 + 0.5), 0.25 * (-0.125 - 0.25)])
    assert sum(found.noisy) == pytest.approx(0, abs=1e-6)
    assert found.soft == [0.0, 0.0, 0.0]


def test_the_rest_is_lumped() -> None:
    assert lumped(torch.tensor([0.1, 0.2, 0.3, 0.4]).double(), truth=3, noisy=1) == [0.2, 0.4, 0.4]
