"""What a run reads: the cell it belongs to, its seed, and the hash of all that determines it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from replication import config, methods
from replication.data.splits import load_splits
from replication.errors import UserError
from replication.files import digest, file_digest, tree_digest
from replication.training.arithmetic import software
from replication.training.network import Device, Precision
from replication.training.phases import MethodSettings

Role = Literal["student", "teacher", "historical"]
"""Who learns: the TextCNN by a method, BERT on labels, or the TextCNN of yesterday on legacy items alone."""

LAYERS = (
    "data/splits", "data/vocabulary", "losses", "metrics",
    "models/bert", "models/output", "models/textcnn", "models/tokeniser", "models/unpadded", "models/windows",
    "predictions",
    "runs/learner", "runs/outputs", "runs/readers", "runs/route", "runs/tasks", "runs/train",
    "training/arithmetic", "training/batches", "training/checkpoints", "training/frozen", "training/inputs",
    "training/loop", "training/network", "training/optimisation", "training/phases", "training/recipes",
)  # fmt: skip
"""The modules that train, whatever the method."""


@dataclass(frozen=True)
class Cell:
    """All that the runs of a cell read, besides their seeds."""

    dataset: str
    method: str
    role: Role
    data: Path
    settings: dict[str, Any]
    """The method's own settings, as `replication.settings` resolved them."""
    seeds: tuple[int, ...]
    """All seeds of the profile."""
    student: config.Student | None
    teacher: config.Teacher | None
    threads: int
    precision: Precision
    """Of matrix products and convolutions."""
    checkpoint_seconds: float
    """How often the state is kept; no part of the run's identity."""
    device: Device = "cpu"
    """What trains."""
    checkpoint: Path | None = None
    """The encoder's folder."""
    states: Path | None = None
    """What the encoder's frozen part makes of the texts, once that has been computed."""
    teachers: Path | None = None
    """The folder of the teacher's runs by seed."""
    historical: Path | None = None
    """The folder of the historical TextCNN's runs by seed."""

    @cached_property
    def own(self) -> MethodSettings:
        """The method's settings as its model."""
        return methods.load(self.method).settings.model_validate(self.settings)

    @property
    def needs_bert(self) -> bool:
        """Whether a BERT is run, and not only its stored outputs read."""
        return self.role == "teacher" or self.own.trains_teacher() or self.own.walks_route()

    @cached_property
    def encoder(self) -> str | None:
        """sha256 of the encoder's files, where a BERT is run."""
        return tree_digest([self.checkpoint]) if self.needs_bert and self.checkpoint else None

    @property
    def training(self) -> config.Training:
        """The budget."""
        network = self.teacher if self.role == "teacher" else self.student
        assert network is not None
        return network.training

    def parameters(self) -> dict[str, Any]:
        """The parameters of a run, as its record shows them."""
        found: dict[str, Any] = {
            "threads": self.threads,
            "precision": self.precision,
            "device": self.device,
            "method": self.settings,
        }
        if self.student is not None:
            found["student"] = self.student.model_dump(exclude={"budgets"})
        if self.needs_bert and self.teacher is not None:
            found |= {"teacher": self.teacher.model_dump()}
        return found

    def inputs(self, seed: int) -> dict[str, Path]:
        """What a run reads of the teachers' runs, by the target's name (`route` is a folder).

        Raises:
            UserError: it is not there, or there is no other seed to take a teacher from.
        """
        found = {name: self._input(name, seed) for name in self.own.targets()}
        if self.own.walks_route():
            found |= {"logits": self._input("logits", seed), "route": self._input("route", seed)}
        return found

    def _input(self, name: str, seed: int) -> Path:
        if name == "other_logits":
            if len(self.seeds) < 2:
                raise UserError(f"{self.method}: there is no other teacher; list at least two seeds in params.yaml")
            seed = config.other_seed(self.seeds, seed)
        folder = self.historical if name == "historical_logits" else self.teachers
        stage = "historical" if name == "historical_logits" else "teacher"
        file = "route" if name == "route" else "hidden.parquet" if name.startswith("hidden") else "predictions.parquet"
        if folder is None or not (folder / f"seed{seed}" / file).exists():
            raise UserError(f"{folder}/seed{seed}/{file}: not there; run `dvc repro {stage}@{self.dataset}`")
        return folder / f"seed{seed}" / file


@dataclass(frozen=True)
class Task:
    """One seed of a cell, with the hash of all that determines the run."""

    cell: Cell
    seed: int
    identity: str
    data: str
    """sha256 of the prepared dataset."""
    inputs: dict[str, str]
    """sha256 of what it reads of the teachers' runs, by the target's name."""


def code(method: str) -> list[Path]:
    """The source files that determine a run: the layers that train, and the method's own file."""
    package = Path(__file__).parents[1]
    return [package / f"{name}.py" for name in (*LAYERS, f"methods/{method}")]


def make_task(cell: Cell, seed: int) -> Task:
    """Name the run of a seed.

    Raises:
        UserError: the data or a teacher's run is missing.
    """
    data = load_splits(cell.data).digest
    inputs = {
        name: tree_digest([path]) if path.is_dir() else file_digest(path) for name, path in cell.inputs(seed).items()
    }
    parts = (
        tree_digest(code(cell.method)),
        software(),
        cell.dataset,
        cell.role,
        cell.parameters(),
        data,
        inputs,
        cell.encoder,
        seed,
    )
    return Task(cell, seed, digest(*parts), data, inputs)
