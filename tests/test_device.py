"""Training on another device than the processor, with one that has no hardware but a device's manners."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from replication.errors import UserError
from replication.training.network import resolve_device, resolve_precision
from tests.clone import ROOT

STUDENTS = ("historical", "label_smoothing", "pseudo_label", "logit_mse", "fitnets", "rco", "scheme5")
WITH_BERT = ("teacher", "scheme3", "scheme4")


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_network_learns_the_same_on_another_device(tmp_path: Path) -> None:
    """To the last bit, but for BERT: elsewhere torch puts its dropout and its linear maps together another way."""
    done = python("-m", "tests.methods.elsewhere", str(tmp_path / "made"), *STUDENTS, *WITH_BERT)
    assert done.returncode == 0, done.stderr
    differences = json.loads(done.stdout)
    same = {"logits": 0.0, "first losses": 0.0}
    assert {name: differences[name] for name in STUDENTS} == dict.fromkeys(STUDENTS, same)
    assert all(differences[name]["first losses"] < 1e-3 for name in WITH_BERT), differences


def test_the_second_device_refuses_what_a_gpu_would() -> None:
    script = """
import torch
from tests.elsewhere import second_device
with second_device() as device:
    there = torch.ones(3, device=device)
    print((there + 1).cpu().tolist(), there.device.type, there[torch.tensor([0, 2])].shape[0])
    there + torch.ones(3)
"""
    done = python("-c", script)
    assert done.stdout.split("\n")[0] == "[2.0, 2.0, 2.0] elsewhere 2"
    assert "tensors on the processor and elsewhere" in done.stderr and done.returncode == 1


@pytest.mark.parametrize(
    ("asked", "usable", "expected"),
    [("auto", True, "cuda"), ("auto", False, "cpu"), ("cpu", True, "cpu"), ("cuda", True, "cuda")],
)
def test_auto_is_the_gpu_where_there_is_one(
    asked: str, usable: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: usable)
    assert resolve_device(asked) == expected


def test_a_gpu_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UserError, match=r"device: 'cuda' asks for a GPU, and PyTorch .*; use auto or cpu"):
        resolve_device("cuda")


@pytest.mark.parametrize(("native", "expected"), [(True, "bfloat16"), (False, "float32")])
def test_precision_is_what_the_gpu_is_good_at(native: bool, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: native)
    assert resolve_precision("auto", "cuda") == expected
    assert resolve_precision("float32", "cuda") == "float32"
