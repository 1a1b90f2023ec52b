"""What a SIGKILL costs, whatever a stage was doing, and that the number of processes is no part of a result."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.clone import Clone, set_parameter

OPINION = "spam_opinion_made"


@contextlib.contextmanager
def workers(smoke: Clone, count: int) -> Iterator[None]:
    """Train in as many processes; the smoke profile trains in the command's own."""
    params = smoke.folder / "params.yaml"
    text = params.read_bytes()
    try:
        set_parameter(params, "parallel.workers", count)
        yield
    finally:
        params.write_bytes(text)


def test_the_number_of_workers_does_not_change_a_run(smoke: Clone) -> None:
    predictions = smoke.folder / "build/student/news_titles/soft_label/seed1/predictions.parquet"
    before = predictions.read_bytes()
    with workers(smoke, 2):
        done = smoke.run(
            "python", "-m", "replication", "student", "news_titles", "soft_label", scratch=".scratch/fresh"
        )
    assert "0 already in the store" in done.stderr
    assert predictions.read_bytes() == before


@pytest.mark.parametrize(
    ("stage", "arguments", "processes"),
    [
        ("teacher", ["news_titles"], 2),
        ("student", ["news_titles", "rco"], 2),
        ("scheme", [OPINION, "scheme3"], 1),
        ("historical", [OPINION], 1),
    ],
)
def test_a_training_stage_killed_and_started_again_gives_the_same_bytes(
    smoke: Clone, stage: str, arguments: list[str], processes: int
) -> None:
    """SIGKILL to the process and its workers between two iterations."""
    folder = smoke.folder / "/".join(["build", stage, *arguments])
    before = contents(folder)
    command = ["python", "-m", "replication", stage, *arguments]
    scratch = f".scratch/killed-{stage}"
    with workers(smoke, processes):
        process = subprocess.Popen(
            command, cwd=smoke.folder, env=smoke.environment(scratch), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        partial = smoke.folder / scratch / "partial"
        while not list(partial.glob("*/phase-0.pt")) and process.poll() is None:
            time.sleep(0.002)
        kill_tree(process.pid)
        process.wait()
        kept = [torch.load(path, weights_only=True) for path in partial.glob("*/phase-0.pt")]
        assert any(not state["finished"] for state in kept), "no run was killed between two of its iterations"
        shutil.rmtree(folder)
        done = smoke.run(*command, scratch=scratch)
        assert done.returncode == 0, done.stderr
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("stage", "arguments", "output"),
    [
        ("fetch", ["news_titles"], "build/raw/news_titles"),
        ("prepare", ["news_titles"], "build/data/news_titles"),
        ("checkpoint", [], "build/checkpoint"),
        ("yardstick", ["news_titles", "tfidf_logistic"], "build/yardstick/news_titles/tfidf_logistic"),
        ("evaluate", [], "reports/smoke"),
    ],
)
def test_any_other_stage_killed_and_started_again_gives_the_same_bytes(
    smoke: Clone, stage: str, arguments: list[str], output: str
) -> None:
    """SIGKILL at several moments of its course; what is found afterwards is whole or not there."""
    folder = smoke.folder / output
    command = ["python", "-m", "replication", stage, *arguments]
    start = time.monotonic()
    assert smoke.run(*command).returncode == 0
    whole = time.monotonic() - start
    before = contents(folder)
    for share in (0.5, 0.8, 0.95):
        process = subprocess.Popen(
            command, cwd=smoke.folder, env=smoke.environment(), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(share * whole)
        kill_tree(process.pid)
        process.wait()
    done = smoke.run(*command)
    assert done.returncode == 0, done.stderr
    assert contents(folder) == before


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below but temporary ones that a kill left; the wall time and the memory of a run are no results."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name[0] != "."):
        data = path.read_bytes()
        if path.name == "run.json":
            run = json.loads(data)
            data = json.dumps(
                {key: value for key, value in run.items() if key not in VOLATILE}, sort_keys=True
            ).encode()
        found[path.relative_to(folder).as_posix()] = data
    return found


VOLATILE = {"seconds", "peak_memory_mib", "environment"}


def kill_tree(pid: int) -> None:
    """SIGKILL a process and all below it, as losing power would."""
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    for child in children.stdout.split():
        kill_tree(int(child))
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
