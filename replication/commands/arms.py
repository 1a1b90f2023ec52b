"""From a command's words and the parameters to a cell, and to its run."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from replication import config
from replication.commands.application import BUILD, ending

if TYPE_CHECKING:
    from replication.runs.tasks import Cell

Role = Literal["student", "teacher", "historical"]


TRAINING, BERT = "replication.runs.train", "replication.models.bert"
"""What workers import when they start; BERT, which takes as long again, where it is known to be needed."""


def with_workers(parameters: config.Parameters, *modules: str) -> None:
    """Let this command's workers start and import modules while it goes on itself; they end with the command.

    Raises:
        ModuleNotFoundError: torch is not installed; no worker has been started then.
    """
    if importlib.util.find_spec("torch") is None:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")
    from replication import parallel

    parallel.start(parameters.parallel, len(parameters.seeds), modules)
    ending.callback(parallel.stop)


def cell(
    parameters: config.Parameters, dataset: str, method: str, role: Role = "student", own: dict[str, Any] | None = None
) -> Cell:
    """The cell of a method on a set.

    Args:
        parameters: of the run.
        dataset: a name of `datasets`.
        method: a method or a scheme.
        role: which network is trained.
        own: what the method reads of its own; None: what `settings` wrote for it.
    """
    with_workers(parameters, *((TRAINING, BERT) if role == "teacher" else (TRAINING,)))
    from replication import settings
    from replication.runs import cells

    build = BUILD.absolute()  # a worker of a cluster may stand in another folder
    return cells.make(
        parameters, dataset, method, build, settings.read(build / "settings", method) if own is None else own, role
    )


def run(parameters: config.Parameters, cell: Cell, destination: Path) -> None:
    """Train a cell, every seed that the store does not hold, into a folder."""
    from replication import store
    from replication.runs import cells

    cells.run(cell, parameters.parallel, destination, store.Store(config.scratch().absolute()))
