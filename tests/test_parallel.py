from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
import torch
from dask import distributed

from replication import parallel
from replication.config import Parallel
from replication.errors import UserError


def square(number: int) -> tuple[int, int, int]:
    return number * number, os.getpid(), torch.get_num_threads()


def knows_module() -> bool:
    return "replication.data.noise" in sys.modules


held: list[bytes] = []


def grow(seconds: float) -> int:
    """Hold 350 MB more; loky looks at a worker's memory when more than a second has passed since its last look."""
    held.append(b"x" * 350_000_000)
    time.sleep(seconds)
    return os.getpid()


def fail(message: str) -> tuple[int, int, int]:
    raise UserError(message)


def leave(status: int) -> tuple[int, int, int]:
    os._exit(status)


def settings(**changes: object) -> Parallel:
    return Parallel.model_validate(
        {"backend": "loky", "workers": 2, "threads": 1, "checkpoint_seconds": 20.0} | changes
    )


def jobs(tmp_path: Path, count: int = 4) -> list[parallel.Job[tuple[int, int, int]]]:
    return [parallel.Job(str(n), 10, tmp_path / f"{n}.json", partial(square, n)) for n in range(count)]


def test_results_come_in_order_from_other_processes_of_one_thread_each(tmp_path: Path) -> None:
    results = parallel.fan_out(jobs(tmp_path), settings())
    assert [value for value, _, _ in results] == [0, 1, 4, 9]
    assert os.getpid() not in {process for _, process, _ in results}
    assert {threads for _, _, threads in results} == {1}


def test_a_worker_stays_however_much_memory_its_jobs_leave_taken(tmp_path: Path) -> None:
    growing = parallel.Job("grows", 1, tmp_path / "grows.json", partial(grow, 1.1))
    assert len(set(parallel.fan_out([growing] * 6, settings()))) == 2
    parallel.stop()


def frozen() -> tuple[int, bool]:
    return gc.get_freeze_count(), gc.isenabled()


def test_a_worker_collects_garbage_but_searches_nothing_that_it_imported_for_it(tmp_path: Path) -> None:
    looks = [parallel.Job(str(n), 1, tmp_path / f"{n}.json", frozen) for n in range(2)]
    found = parallel.fan_out(looks, settings())
    parallel.stop()
    assert all(count > 10_000 and enabled for count, enabled in found)


def test_workers_end_when_they_are_stopped_and_new_ones_start_when_there_is_work(tmp_path: Path) -> None:
    before = {process for _, process, _ in parallel.fan_out(jobs(tmp_path), settings())}
    parallel.stop()
    assert not any(Path(f"/proc/{process}").exists() for process in before)
    parallel.stop()
    after = parallel.fan_out(jobs(tmp_path), settings())
    assert [value for value, _, _ in after] == [0, 1, 4, 9]
    assert before.isdisjoint(process for _, process, _ in after)


def test_workers_that_are_still_starting_are_left_to_themselves(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parallel, "_starting", [])
    monkeypatch.setattr(parallel, "_imported", [])
    parallel.start(settings(), 4, ["replication.data.noise"])
    [starting] = parallel._starting
    parallel.stop()
    starting.join()
    parallel.stop()
    assert "Traceback" not in capfd.readouterr().err


def test_dask_gives_the_same_on_a_cluster_of_this_machine_and_at_an_address(tmp_path: Path) -> None:
    own = parallel.fan_out(jobs(tmp_path), settings(backend="dask"))
    assert [value for value, _, _ in own] == [0, 1, 4, 9]
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        there = parallel.fan_out(jobs(tmp_path), settings(backend="dask", address=cluster.scheduler_address))
    assert [value for value, _, _ in there] == [0, 1, 4, 9]
    assert os.getpid() not in {process for _, process, _ in own + there}


def test_workers_that_were_started_early_do_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "_starting", [])
    monkeypatch.setattr(parallel, "_imported", [])
    parallel.start(settings(), 4, ["replication.data.noise"])
    parallel.start(settings(), 4, ["replication.data.noise"])
    [starting] = parallel._starting
    starting.join()
    knows = parallel.Job("knows", 1, tmp_path / "knows.json", knows_module)
    assert parallel.fan_out([knows, knows], settings()) == [True, True]


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_goes_wrong_in_an_early_start_is_left_to_the_jobs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parallel, "_starting", [])
    monkeypatch.setattr(parallel, "_imported", [])
    parallel.start(settings(), 4, ["replication.no_such_module"])
    assert [value for value, _, _ in parallel.fan_out(jobs(tmp_path), settings())] == [0, 1, 4, 9]
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("changes", [{"backend": "dask"}, {"workers": 1}])
def test_where_there_are_no_workers_here_none_is_started(
    changes: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "_starting", [])
    monkeypatch.setattr(parallel, "_imported", [])
    parallel.start(settings(**changes), 4, ["replication.data.noise"])
    assert parallel._starting == []


def test_a_scheduler_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "SCHEDULER_SECONDS", 2)
    with pytest.raises(UserError, match=r"parallel\.address: no Dask scheduler at 'tcp://127\.0\.0\.1:9'"):
        parallel.fan_out(jobs(tmp_path), settings(backend="dask", address="tcp://127.0.0.1:9"))


def test_a_failing_job_raises_its_own_error(tmp_path: Path) -> None:
    failing = parallel.Job("x", 1, tmp_path / "x.json", partial(fail, "seed 3: the loss is nan"))
    with pytest.raises(UserError, match=r"seed 3: the loss is nan"):
        parallel.fan_out([*jobs(tmp_path, 1), failing], settings())


@pytest.mark.parametrize("backend", ["loky", "dask"])
def test_a_worker_that_is_killed_is_an_error_of_one_line(backend: str, tmp_path: Path) -> None:
    killed = parallel.Job("x", 1, tmp_path / "x.json", partial(leave, 1))
    with pytest.raises(UserError, match=r"^a worker process was killed, [^\n]+: lower parallel\.workers[^\n]+$"):
        parallel.fan_out([*jobs(tmp_path, 1), killed], settings(backend=backend))


def test_the_cluster_of_this_machine_is_closed_when_a_job_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[distributed.LocalCluster] = []

    def start(**arguments: object) -> distributed.LocalCluster:
        started.append(cluster(**arguments))
        return started[0]

    cluster = distributed.LocalCluster
    monkeypatch.setattr(distributed, "LocalCluster", start)
    failing = parallel.Job("x", 1, tmp_path / "x.json", partial(fail, "seed 3: the loss is nan"))
    with pytest.raises(UserError, match=r"seed 3: the loss is nan"):
        parallel.fan_out([failing], settings(backend="dask"))
    assert [one.status.name for one in started] == ["closed"]


def test_loky_does_without_dask() -> None:
    code = "import sys, replication.parallel as p; print(sorted({'dask', 'distributed'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_workers_are_no_more_than_jobs_or_processors_over_threads() -> None:
    processors = len(os.sched_getaffinity(0))
    assert parallel.workers(settings(workers="auto"), 100) == processors
    assert parallel.workers(settings(workers="auto", threads=processors), 100) == 1
    assert parallel.workers(settings(workers=8), 3) == 3


def test_progress_is_written_whole(tmp_path: Path) -> None:
    parallel.report(tmp_path / "progress.json", 17)
    assert (tmp_path / "progress.json").read_text(encoding="utf-8") == "17"
    assert list(tmp_path.iterdir()) == [tmp_path / "progress.json"]
