"""The stored route: what the teacher says at each state that was kept, computed when it is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from replication.errors import UserError
from replication.runs.readers import save_state
from replication.runs.route import StoredRoute
from replication.training.network import Network
from tests.toy import items, network

DATA, HELD_OUT = items(), items(withheld=0)


def teacher(seed: int, width: int = 8) -> Network:
    return network("teacher", seed, width)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """States after 2, 10 and 9 iterations, each of other weights."""
    for iterations in (2, 10, 9):
        save_state(teacher(iterations), tmp_path / f"{iterations}.safetensors", torch.float32)
    return tmp_path


def said(model: Network) -> torch.Tensor:
    return model.predict(DATA.inputs["symbols"], DATA.lengths["symbols"]).logits


def test_points_stand_in_the_order_of_training_and_end_with_the_end(folder: Path) -> None:
    assert StoredRoute(folder, teacher(0), DATA, HELD_OUT).points == [2, 9, 10, None]


def test_logits_are_those_of_the_state_whatever_was_asked_before(folder: Path) -> None:
    route = StoredRoute(folder, teacher(0), DATA, HELD_OUT)
    for point in (9, 2, 10, 2):
        assert torch.equal(route.logits(point), said(teacher(point)))
        assert torch.equal(route.on_validation(point), said(teacher(point)))


def test_the_end_is_what_the_finished_teacher_left(folder: Path) -> None:
    route = StoredRoute(folder, teacher(0), DATA, HELD_OUT)
    assert torch.equal(route.logits(None), DATA.targets["logits"])
    assert torch.equal(route.on_validation(None), HELD_OUT.targets["logits"])


def test_what_is_not_asked_for_costs_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passes: list[int] = []
    predict = Network.predict

    def counted(self: Network, inputs: torch.Tensor, lengths: torch.Tensor) -> object:
        passes.append(len(inputs))
        return predict(self, inputs, lengths)

    monkeypatch.setattr(Network, "predict", counted)
    route = StoredRoute(folder, teacher(0), DATA, HELD_OUT)
    route.on_validation(9)
    assert len(passes) == 1
    route.logits(9)
    assert len(passes) == 2
    route.logits(9), route.on_validation(9)
    assert len(passes) == 2, "computed once"


@pytest.mark.parametrize(
    "stored", [teacher(9, width=5), Network("other", torch.nn.Linear(3, 2), "x", teacher(0).streams, "float32")]
)
def test_a_state_of_other_settings_is_an_error_of_one_line(folder: Path, stored: Network) -> None:
    save_state(stored, folder / "9.safetensors", torch.float32)
    with pytest.raises(UserError, match=r"9\.safetensors: the state of a teacher of other settings; run the stage"):
        StoredRoute(folder, teacher(0), DATA, HELD_OUT).logits(9)
