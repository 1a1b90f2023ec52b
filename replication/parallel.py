"""Fan-out of jobs over processes: the seeds of a cell, each in one process with a fixed number of threads."""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from joblib import Parallel, delayed, parallel_config
from joblib.externals.loky import get_reusable_executor, process_executor
from joblib.externals.loky.process_executor import BrokenProcessPool, TerminatedWorkerError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from replication import config
from replication.errors import UserError
from replication.files import temporary_name

Result = TypeVar("Result")
POLL_SECONDS = 0.5
SCHEDULER_SECONDS = 20
"""How long to wait for a Dask scheduler."""
KILLED = (
    "a worker process was killed, often for want of memory; finished seeds are kept: "
    "lower parallel.workers in params.yaml and run the stage again"
)


@dataclass(frozen=True)
class Job(Generic[Result]):
    """One piece of work."""

    name: str
    units: int
    """How much there is to do, in the units that the job reports."""
    progress: Path
    """Where the job reports how many units are done (see `report`)."""
    run: Callable[[], Result]
    """Picklable; called in a worker process."""


def report(progress: Path, units: int) -> None:
    """Say, from inside a job, how many units are done."""
    temporary = temporary_name(progress)
    temporary.write_text(json.dumps(units), encoding="utf-8")
    temporary.replace(progress)


def workers(settings: config.Parallel, jobs: int) -> int:
    """How many processes to use: no more than there are jobs."""
    if settings.workers == "auto":
        available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return max(1, min(jobs, available // settings.threads))
    return min(jobs, settings.workers)


def start(settings: config.Parallel, jobs: int, modules: Sequence[str]) -> None:
    """Let the workers of a later `fan_out` start and import modules, while this process goes on with its own imports.

    Only saves time: nothing depends on it, and where there will be no local workers it does nothing.
    """
    count = workers(settings, jobs)
    if settings.backend != "loky" or count == 1 or _starting:
        return
    _imported.extend(modules)

    def start_them() -> None:
        # What goes wrong here goes wrong again in `fan_out`, which tells the user.
        with suppress(TerminatedWorkerError, BrokenProcessPool), _loky(settings):
            Parallel(n_jobs=count)(delayed(os.getpid)() for _ in range(count))

    _starting.append(threading.Thread(target=start_them, daemon=True))
    _starting[0].start()


_starting: list[threading.Thread] = []
"""Who starts the workers of this process, at most one."""
_imported: list[str] = []
"""What a worker of this process imports when it starts."""


def begin(modules: Sequence[str]) -> None:
    """In a new worker of loky: import, and stay, however much memory the jobs leave taken.

    What is imported is left out of the search for garbage, most of whose time it would be: a tenth of a second each.

    Loky ends a worker that holds 300 MB more than after its first job, as every one would after its first seed, and its
    successor would import all anew: a fifth of a short stage. What is held is what torch and the allocator keep to use
    again; it stops growing after a few seeds, at 1.4 GB.
    """
    process_executor._MAX_MEMORY_LEAK_SIZE = sys.maxsize
    gc.disable()
    for module in modules:
        with suppress(ImportError):
            importlib.import_module(module)
    gc.freeze()
    gc.enable()


def stop() -> None:
    """End the workers here, which have nothing left to do: left to themselves they take a second.

    Those that are still starting, since there was nothing to do for them, are left to themselves.
    """
    if not any(thread.is_alive() for thread in _starting):
        get_reusable_executor(kill_workers=True).shutdown(wait=True)


def fan_out(jobs: Sequence[Job[Result]], settings: config.Parallel) -> list[Result]:
    """Run the jobs and return their results in order; show how far each one is.

    Raises:
        UserError: the Dask scheduler cannot be reached, a worker was killed, or what a job raised.
    """
    if not jobs:
        return []
    for thread in _starting:
        thread.join()
    with _watched(jobs):
        return _on_loky(jobs, settings) if settings.backend == "loky" else _on_dask(jobs, settings)


def _on_loky(jobs: Sequence[Job[Result]], settings: config.Parallel) -> list[Result]:
    calls = (delayed(job.run)() for job in jobs)
    with _loky(settings):
        try:
            results: list[Result] = Parallel(n_jobs=workers(settings, len(jobs)))(calls)
        except (TerminatedWorkerError, BrokenProcessPool):
            raise UserError(KILLED) from None
    return results


def _loky(settings: config.Parallel) -> parallel_config:
    return parallel_config("loky", inner_max_num_threads=settings.threads, initializer=begin, initargs=(_imported,))


def _on_dask(jobs: Sequence[Job[Result]], settings: config.Parallel) -> list[Result]:
    """By the client itself: joblib's backend for Dask waits for ever for a job whose worker was killed."""
    from dask import distributed

    with ExitStack() as opened:
        try:
            scheduler = settings.address or opened.enter_context(
                distributed.LocalCluster(
                    n_workers=workers(settings, len(jobs)),
                    threads_per_worker=1,
                    host="127.0.0.1",
                    dashboard_address=None,
                )
            )
            client = opened.enter_context(distributed.Client(scheduler, timeout=SCHEDULER_SECONDS))
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise UserError(f"parallel.address: no Dask scheduler at {settings.address!r}: {reason}") from None
        try:
            results: list[Result] = client.gather([client.submit(job.run, pure=False) for job in jobs])
        except distributed.KilledWorker:
            raise UserError(KILLED) from None
    return results


@contextmanager
def _watched(jobs: Sequence[Job[Result]]) -> Iterator[None]:
    """Show a bar a job while the block runs, read from the files in which the jobs report."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console) as progress:
        bars = [progress.add_task(job.name, total=job.units) for job in jobs]
        done = threading.Event()

        def watch() -> None:
            while not done.wait(POLL_SECONDS):
                for job, bar in zip(jobs, bars, strict=True):
                    progress.update(bar, completed=_read(job.progress))

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
            for job, bar in zip(jobs, bars, strict=True):
                progress.update(bar, completed=job.units)
        finally:
            done.set()
            thread.join()


def _read(progress: Path) -> int:
    try:
        return int(progress.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
