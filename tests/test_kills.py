"""What a SIGKILL costs, whatever a stage was doing, and that the number of processes is no part of a result."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from ruamel.yaml import YAML

from tests.clone import Clone, set_parameter
from tests.kills import outputs

OPINION = "spam_opinion_made"
Process = subprocess.Popen[bytes]


def test_dvc_killed_and_started_again_gives_the_same_bytes(smoke: Clone) -> None:
    """With the stage that it runs for the first time. This test and the next need a clone as DVC left it."""
    folder, stage = smoke.folder / "build/data/news_titles", "prepare@news_titles"
    before, reports = settled(folder), settled(smoke.folder / "reports/smoke")
    yaml, lock, runs = YAML(typ="safe"), smoke.folder / "dvc.lock", smoke.folder / ".dvc/cache/runs"
    known = yaml.load(lock)
    # From either, DVC would fetch what the stage made earlier.
    yaml.dump({**known, "stages": {name: one for name, one in known["stages"].items() if name != stage}}, lock)
    aside = runs.rename(runs.with_name("aside"))
    try:
        assert kill_when_it_writes(smoke, ["dvc", "repro", "--single-item", stage], folder) == -signal.SIGKILL
        assert settled(folder) != before
        done = smoke.run("dvc", "repro")
    finally:
        shutil.rmtree(runs, ignore_errors=True)
        aside.rename(runs)
    assert done.returncode == 0, done.stderr
    assert re.findall(r"Running stage '([^']+)'", done.stdout + done.stderr) == [stage]
    assert settled(folder) == before and settled(smoke.folder / "reports/smoke") == reports
    assert yaml.load(lock) == known
    assert json.loads(smoke.run("dvc", "status", "--json").stdout) == {}


@pytest.mark.parametrize(
    ("stage", "delays"), [("evaluate", [0.0, 0.1]), ("verdicts", [0.0]), ("cost", [0.0]), ("report", [0.0])]
)
def test_a_stage_killed_while_it_publishes_leaves_whole_files_and_then_the_same_bytes(
    smoke: Clone, stage: str, delays: list[float]
) -> None:
    """DVC leaves what lies below reports/, and so does a kill; another run's latencies are others."""
    folder = smoke.folder / "reports/smoke"
    before = settled(folder)
    timed = {"cost.json"} if stage == "cost" else set()
    same = {name: content for name, content in before.items() if name not in timed}
    command = ["python", "-m", "replication", stage]
    try:
        codes = []
        for delay in delays:
            codes.append(kill_when_it_writes(smoke, command, folder, delay))
            left = settled(folder)
            assert {name: left.get(name) for name in left.keys() - timed}.items() <= same.items()
            assert all(json.loads(left[name]) for name in timed)
        assert -signal.SIGKILL in codes, "no process was alive when it was to be killed"
        done = smoke.run(*command)
        assert done.returncode == 0, done.stderr
        after = settled(folder)
        assert after.keys() == before.keys() and same.items() <= after.items()
    finally:
        for name in timed:
            (folder / name).write_bytes(before[name])


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
    before = settled(folder)
    command = ["python", "-m", "replication", stage, *arguments]
    scratch = f".scratch/killed-{stage}"
    with workers(smoke, processes):
        process = start(smoke, command, scratch)
        partial = smoke.folder / scratch / "partial"
        while not list(partial.glob("*/phase-0.pt")) and process.poll() is None:
            time.sleep(0.002)
        kill(process)
        kept = [torch.load(path, weights_only=True) for path in partial.glob("*/phase-0.pt")]
        assert any(not state["finished"] for state in kept), "no run was killed between two of its iterations"
        shutil.rmtree(folder)
        done = smoke.run(*command, scratch=scratch)
        assert done.returncode == 0, done.stderr
    assert settled(folder) == before


@pytest.mark.parametrize(
    ("stage", "arguments", "output", "delays"),
    [
        ("settings", [], "build/settings", [0.0]),
        ("sources", [], "build/sources", [0.0]),
        ("fetch", ["news_titles"], "build/raw/news_titles", [0.0]),
        ("prepare", ["news_titles"], "build/data/news_titles", [0.0, 0.1]),
        ("checkpoint", [], "build/checkpoint", [0.0, 0.1]),
        ("yardstick", ["news_titles", "tfidf_logistic"], "build/yardstick/news_titles/tfidf_logistic", [0.0]),
        ("noise", ["news_titles"], "build/noise/news_titles", [0.0]),
        ("gradients", ["news_titles"], "build/gradients/news_titles", [0.0]),
        ("temperatures", ["news_titles"], "build/temperatures/news_titles", [0.0]),
        ("samples", ["news_titles"], "build/samples/news_titles", [0.0]),
    ],
)
def test_any_other_stage_killed_and_started_again_gives_the_same_bytes(
    smoke: Clone, stage: str, arguments: list[str], output: str, delays: list[float]
) -> None:
    """SIGKILL when the first file is being written, and a moment later; the store has what was trained before."""
    folder = smoke.folder / output
    before = settled(folder)
    command = ["python", "-m", "replication", stage, *arguments]
    codes = []
    for delay in delays:
        shutil.rmtree(folder, ignore_errors=True)  # as DVC does before it runs a stage
        codes.append(kill_when_it_writes(smoke, command, folder, delay))
    assert -signal.SIGKILL in codes, "no process was alive when it was to be killed"
    done = smoke.run(*command)
    assert done.returncode == 0, done.stderr
    assert settled(folder) == before


def settled(folder: Path) -> dict[str, bytes]:
    """All that a stage leaves but the temporary files of a process that was killed."""
    found = outputs(folder)
    return {name: found[name] for name in found if not any(part.startswith(".") for part in name.split("/"))}


def kill_when_it_writes(smoke: Clone, command: list[str], output: Path, delay: float = 0.0) -> int:
    """Start a command and kill it once it has begun a file, and a delay has passed; its return code."""
    known = written(output)
    process = start(smoke, command)
    while process.poll() is None and not written(output) - known:
        time.sleep(0.001)
    time.sleep(delay)
    return kill(process)


def written(output: Path) -> set[tuple[str, int, int]]:
    """Every file of an output, and of the temporary folders beside it, as it was last written."""
    found = set()
    for root in (output, *output.parent.glob(f".{output.name}*")):
        for folder, _, names in os.walk(root):
            for path in (Path(folder, name) for name in names):
                with contextlib.suppress(OSError):  # gone since
                    found.add((str(path), path.stat().st_ino, path.stat().st_mtime_ns))
    return found


def start(smoke: Clone, command: list[str], scratch: str = ".scratch") -> Process:
    """Start a command in the clone, as the first of a group of processes."""
    return subprocess.Popen(
        command, cwd=smoke.folder, env=smoke.environment(scratch), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def kill(process: Process) -> int:
    """SIGKILL a process and all that it started, as losing power would; its return code."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()
