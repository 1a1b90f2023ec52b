"""The stage `networks`: what all runs on a set have in common, in a few small files that every cell depends on.

DVC writes each stage's parameters and code into dvc.lock, and the whole of dvc.lock after every stage. Said in each of
some forty cells, the settings of the networks and the code that trains were half of that file. Here they are said once,
and by set: one set's own budget makes no other set's cells stale.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from replication.config import Parameters
from replication.files import file_digest, write_json

CODE = (
    "replication/data/splits.py",
    "replication/data/vocabulary.py",
    "replication/losses.py",
    "replication/metrics.py",
    "replication/models",
    "replication/predictions.py",
    "replication/records.py",
    "replication/runs",
    "replication/seeds.py",
    "replication/training",
)
"""What trains, whatever the method, and what carries it out: files, and folders of Python files."""


def write(parameters: Parameters, root: Path, destination: Path) -> None:
    """Write `code.json`, and `<dataset>/student.json` and `<dataset>/teacher.json` for every dataset.

    Args:
        parameters: of the profile.
        root: the folder that `CODE` is named from.
        destination: the folder to write into; what else lies there is removed.
    """
    destination.mkdir(parents=True, exist_ok=True)
    for folder in destination.iterdir():
        if folder.is_dir() and folder.name not in parameters.datasets:
            shutil.rmtree(folder)
    hashes = {path.relative_to(root).as_posix(): file_digest(path) for path in _code(root)}
    write_json(destination / "code.json", hashes)
    for dataset in parameters.datasets:
        for network, settings in read_by(parameters, dataset).items():
            write_json(destination / dataset / f"{network}.json", settings)


def read_by(parameters: Parameters, dataset: str) -> dict[str, dict[str, Any]]:
    """What the runs of each network on a dataset read of params.yaml, besides the method's own settings."""
    shared = {
        "seeds": parameters.seeds,
        "precision": parameters.precision,
        "device": parameters.device,
        "threads": parameters.parallel.threads,
    }
    student, teacher = parameters.student.on(dataset), parameters.teacher.on(dataset)
    return {"student": shared | student.model_dump(), "teacher": shared | teacher.model_dump()}


def _code(root: Path) -> Iterator[Path]:
    for name in CODE:
        path = root / name
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]
