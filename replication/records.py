"""What one run leaves behind: a self-describing JSON record and the per-item predictions beside it.

A training stage writes a `Run` (it never sees the test labels); `evaluate` adds the test metrics and publishes it as a
`Record`. Tables, figures and statistics read records only.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from replication.errors import UserError

ModelName = Literal["student", "teacher"]
Floats = npt.NDArray[np.float32]

DISTRIBUTIONS = ("numpy", "scipy", "scikit-learn", "torch", "transformers", "tokenizers", "datasets", "dvc")


class Environment(BaseModel):
    """Where a run was made. Informative: no part of a run's identity but the precision and the threads."""

    model_config = ConfigDict(frozen=True)

    commit: str
    """The git commit of the working tree, `+` appended when tracked files differed from it, `unknown` outside git."""
    python: str
    platform: str
    processor: str
    cores: int
    versions: dict[str, str]


class Point(BaseModel):
    """One evaluation during training."""

    model_config = ConfigDict(frozen=True)

    phase: str
    iteration: int
    learning_rate: float
    losses: dict[str, float]
    """Mean of each weighted loss term since the previous point, named `update/term`."""
    scores: dict[str, float]
    """Validation score of each selected network (macro-F1 in [0, 1] unless the phase says otherwise)."""


class Run(BaseModel):
    """One trained or fitted model on one seed, as the stage that made it knows it."""

    model_config = ConfigDict(frozen=True)

    identity: str
    """sha256 of all that determines the run: code of the layers it uses, parameters, data, teacher, seed."""
    dataset: str
    method: str
    model: ModelName
    network: str
    """What was trained: `textcnn`, `bert`, or the yardstick's name."""
    seed: int
    parameters: dict[str, Any]
    """The settings that the run read."""
    data: str
    """sha256 of the prepared splits."""
    teacher: str | None
    """sha256 of the teacher's stored outputs, where the method uses one."""
    parameter_count: int
    iterations: int
    """Optimiser steps that the network took."""
    batch_size: int
    validation_macro_f1: float
    history: list[Point]
    environment: Environment
    seconds: float
    """Wall time of the training."""
    peak_memory_mib: float


class Record(Run):
    """A run and what the test set says of it."""

    metrics: dict[str, float]
    """Test metrics in [0, 1]: accuracy, macro_f1, and what the dataset adds."""
    predictions: str
    """File name of the per-item test predictions beside the record."""


class Predictions(BaseModel):
    """Logits by item id. `ids[i]` belongs to row i of `logits`, an array [items, classes] of float32."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    ids: list[str]
    split: list[str]
    logits: Floats

    def of(self, split: str) -> Predictions:
        """The rows of one split."""
        keep = [row for row, name in enumerate(self.split) if name == split]
        return Predictions(ids=[self.ids[row] for row in keep], split=[split] * len(keep), logits=self.logits[keep])


def write_run(folder: Path, run: Run, predictions: Predictions) -> None:
    """Write `run.json` and `predictions.parquet` into `folder`, each moved into place whole."""
    folder.mkdir(parents=True, exist_ok=True)
    write_predictions(folder / "predictions.parquet", predictions)
    write_json(folder / "run.json", run.model_dump())


def read_run(folder: Path) -> tuple[Run, Predictions]:
    """Read what `write_run` wrote.

    Raises:
        UserError: a file is missing or does not hold a run.
    """
    try:
        run = Run.model_validate_json((folder / "run.json").read_text(encoding="utf-8"))
        return run, read_predictions(folder / "predictions.parquet")
    except (OSError, ValueError) as error:
        raise UserError(f"{folder}: not a finished run: {str(error).splitlines()[0]}; run its stage again") from None


def write_predictions(path: Path, predictions: Predictions) -> None:
    """Write per-item logits as Parquet (columns id, split, logits)."""
    table = pa.table(
        {
            "id": predictions.ids,
            "split": predictions.split,
            "logits": pa.array(list(predictions.logits), pa.list_(pa.float32())),
        }
    )
    temporary = _temporary(path)
    pq.write_table(table, temporary, compression="zstd")
    temporary.replace(path)


def read_predictions(path: Path) -> Predictions:
    """Read what `write_predictions` wrote."""
    table = pq.read_table(path)
    logits = np.array(table["logits"].to_pylist(), dtype=np.float32)
    return Predictions(ids=table["id"].to_pylist(), split=table["split"].to_pylist(), logits=logits)


def write_json(path: Path, data: object) -> None:
    """Write JSON with sorted keys, under a temporary name first, so that a reader never sees half a file."""
    write_text(path, json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text and move it into place whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _temporary(path)
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}")


def digest(*parts: object) -> str:
    """sha256 of the parts' canonical JSON: the same for equal values, whatever the order of keys."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(path: Path) -> str:
    """sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tree_digest(paths: Iterable[Path]) -> str:
    """sha256 over the names and bytes of files; of a folder, all its Python files or, where it has none, all files."""
    files: list[tuple[str, str]] = []
    for path in paths:
        members = (
            [path]
            if path.is_file()
            else sorted(path.rglob("*.py")) or sorted(p for p in path.rglob("*") if p.is_file())
        )
        files += [(member.relative_to(path.parent).as_posix(), file_digest(member)) for member in members]
    return digest(sorted(files))


@functools.cache
def environment() -> Environment:
    """Describe this machine and this working tree."""
    return Environment(
        commit=_commit(),
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        processor=_processor(),
        cores=os.cpu_count() or 1,
        versions={name: importlib.metadata.version(name) for name in DISTRIBUTIONS},
    )


def _commit() -> str:
    try:
        head = _git("rev-parse", "HEAD")
        code = ["replication", "baselines", "params.yaml", "dvc.yaml"]
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", *code)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head + ("+" if changed else "")


def _git(*arguments: str) -> str:
    result = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True, timeout=20)
    return result.stdout.strip()


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"
