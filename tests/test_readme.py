"""The README's commands, taken from its text, run in a clone; what it says of itself holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import Clone

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines() if line]
ELSEWHERE = {
    "make test": "is what runs this test",
    "python -m pytest": "is what runs this test",
    "python3 -m venv .venv": "the clone has this environment as its .venv",
    ".venv/bin/python -m pip install -r requirements.lock": "how this environment was made",
}


def test_the_two_commands_are_named_first() -> None:
    assert COMMANDS[:2] == ["make repro", "make test"]
    assert set(ELSEWHERE) <= set(COMMANDS)


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in ELSEWHERE])
def test_a_command_of_the_readme_works(smoke: Clone, command: str) -> None:
    done = smoke.run("bash", "-ec", command)
    assert done.returncode == 0, done.stdout + done.stderr
    smoke.run("git", "checkout", "-q", "--", "params.yaml")


def test_files_that_the_readme_names_exist() -> None:
    names = set(re.findall(r"`((?:replication|tests|baselines|profiles|dvc)[\w/.]*)`", README))
    names |= set(re.findall(r"\]\(([\w/.-]+)\)", README))
    assert len(names) > 6
    assert [name for name in sorted(names) if not (ROOT / name).exists()] == []
