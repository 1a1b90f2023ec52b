"""From a command's words and the parameters to a cell, and to its run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from replication import config
from replication.commands.application import BUILD

if TYPE_CHECKING:
    from replication.runs.tasks import Cell

Role = Literal["student", "teacher", "historical"]


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
    from replication import parallel

    parallel.start(parameters.parallel, len(parameters.seeds), "replication.runs.train")

    from replication import settings
    from replication.runs.tasks import Cell
    from replication.training.network import resolve_device, resolve_precision

    device = resolve_device(parameters.device)
    build = BUILD.absolute()  # a worker of a cluster may stand in another folder
    return Cell(
        dataset=dataset,
        method=method,
        role=role,
        data=build / "data" / dataset,
        settings=settings.read(build / "settings", method) if own is None else own,
        seeds=tuple(parameters.seeds),
        student=None if role == "teacher" else parameters.student.on(dataset),
        teacher=parameters.teacher,
        threads=parameters.parallel.threads,
        precision=resolve_precision(parameters.precision, device),
        device=device,
        checkpoint_seconds=parameters.parallel.checkpoint_seconds,
        checkpoint=build / "checkpoint",
        teachers=build / "teacher" / dataset,
        historical=build / "historical" / dataset,
    )


def run(parameters: config.Parameters, cell: Cell, destination: Path) -> None:
    """Train a cell, every seed that the store does not hold, into a folder."""
    from replication import store
    from replication.runs import cells

    cells.run(cell, parameters.parallel, destination, store.Store(config.scratch().absolute()))
