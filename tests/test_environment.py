from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from replication.environment import environment


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    environment.cache_clear()
    yield
    environment.cache_clear()


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """git in a working tree of one commit, which is the working folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> str:
        who = ("-c", "user.name=test", "-c", "user.email=test@example.org")
        return subprocess.run(["git", *who, *arguments], capture_output=True, text=True, check=True).stdout.strip()

    (tmp_path / "replication").mkdir()
    for name in ("replication/losses.py", "params.yaml"):
        (tmp_path / name).write_text("x: 1\n", encoding="utf-8")
    run("init", "-q")
    run("add", "-A")
    run("commit", "-q", "-m", "First")
    return run


def test_a_change_of_the_code_is_marked_and_one_of_the_parameters_is_not(git: Callable[..., str]) -> None:
    head = git("rev-parse", "HEAD")
    assert environment().commit == head
    Path("params.yaml").write_text("x: 2\n", encoding="utf-8")
    environment.cache_clear()
    assert environment().commit == head
    Path("replication/losses.py").write_text("x: 2\n", encoding="utf-8")
    environment.cache_clear()
    assert environment().commit == f"{head}+"


def test_outside_git_the_commit_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert environment().commit == "unknown"
