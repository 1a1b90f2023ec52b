from __future__ import annotations

import subprocess
import sys

import pytest

from replication import __main__ as command_line
from replication import params
from replication.commands.application import ending
from replication.errors import UserError


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit status of a command in this process."""
    monkeypatch.setattr(sys, "argv", ["replication", *words])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["student", "reviews"], "Missing argument"),
        (["studnet"], "No such command 'studnet'"),
        (["table", "--loud"], "No such option"),
    ],
)
def test_wrong_usage_is_said_without_a_traceback(words: list[str], said: str) -> None:
    ended = subprocess.run([sys.executable, "-m", "replication", *words], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_interruption_says_that_work_is_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(params, "load", interrupted)
    assert run(monkeypatch, "table") == command_line.INTERRUPTED
    assert "finished seeds and checkpoints are kept" in capsys.readouterr().err


def test_an_error_of_the_users_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def wrong() -> None:
        raise UserError("params.yaml: seeds: [] is empty")

    monkeypatch.setattr(params, "load", wrong)
    assert run(monkeypatch, "table") == 1
    assert capsys.readouterr().err == "error: params.yaml: seeds: [] is empty\n"


@pytest.mark.parametrize("failing", [False, True])
def test_what_was_left_for_the_end_is_done_whatever_the_end(failing: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def load() -> None:
        ending.callback(done.append, "ended")
        raise UserError("x") if failing else SystemExit(0)

    monkeypatch.setattr(params, "load", load)
    run(monkeypatch, "table")
    assert done == ["ended"]
