"""A whole pipeline in small: made texts of two classes and two periods, a tiny BERT on disk, teachers of two seeds."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import cast

from replication import methods
from replication.config import Parallel, Preparation, Student, Teacher, Training
from replication.data.prepare import prepare_source
from replication.data.public_files import PublicFile
from replication.data.source import RawItem, Source
from replication.models.transformers_folder import write_converted
from replication.runs import cells
from replication.runs.tasks import Cell, Role, make_task
from replication.runs.train import train
from replication.settings import SHARED
from replication.store import Store
from replication.training import frozen
from replication.training.network import Device
from tests.models.tiny import LAYERS, write_tiny

SEEDS = (0, 1)
SIZES = Preparation(
    labelled=48, pool=64, validation=48, test=64, history=32, history_validation=24, history_test=24,
    similarity=0.7, seed=0,
)  # fmt: skip
TRAINING = Training(
    iterations=25, batch_size=16, batch_tokens=1000, learning_rate=0.03, weight_decay=0.01, warmup=0.1, clip_norm=1.0,
    evaluations=5,
)  # fmt: skip
STUDENT = Student(
    max_characters=16, min_count=1, embedding=8, filters=8, widths=[1, 2], dropout=0.2, training=TRAINING, budgets={}
)
TEACHER = Teacher(
    checkpoint="packaged", layers=LAYERS, frozen_layers=2, max_tokens=16, dropout=0.1, hidden_layers=[3, 5],
    route_points=8, training=TRAINING.model_copy(update={"learning_rate": 0.01, "iterations": 40}),
)  # fmt: skip
PARALLEL = Parallel(backend="loky", workers=1, threads=1, checkpoint_seconds=20.0)
OWN: dict[str, dict[str, object]] = {"fitnets": {"hint_layer": 3}}
"""Settings of methods whose defaults are of a larger teacher."""
CUES = {("ordinary", "current"): "好好很", ("junk", "current"): "坏坏很", ("junk", "legacy"): "不不坏"}


def read(folder: Path) -> list[RawItem]:
    """The made texts."""
    lines = (folder / "texts.tsv").read_text(encoding="utf-8").splitlines()
    fields = [line.split("\t") for line in lines]
    return [RawItem(text, label, {"family": label, "period": period}) for label, period, text in fields]


def made_lines() -> list[str]:
    """320 current and 120 legacy texts: even characters, and three that mostly tell the class."""
    source = random.Random(11)
    lines = []
    for number in range(440):
        label, period = ("ordinary", "junk")[number % 2], "current" if number < 320 else "legacy"
        cue = CUES.get((label, period), CUES["ordinary", "current"])
        characters = source.choices("房间服务的了ab", k=source.randint(8, 12)) + source.choices(cue + "好坏", k=4)
        source.shuffle(characters)
        lines.append(f"{label}\t{period}\t{''.join(characters)}")
    return lines


def write_data(folder: Path) -> Path:
    """Prepare the made texts as the stage does."""
    raw = folder / "raw"
    raw.mkdir(parents=True)
    content = "\n".join(made_lines()).encode()
    (raw / "texts.tsv").write_bytes(content)
    source = Source(
        title="Made texts", language="Chinese", domain="none", kind="semi-synthetic", licence="MIT",
        citation="made here", classes={"ordinary": "an ordinary one", "junk": "a junk one"}, read=read,
        files=(PublicFile("o", "r", "c", "texts.tsv", hashlib.sha256(content).hexdigest()),),
    )  # fmt: skip
    prepare_source("made", source, raw, folder / "data", SIZES)
    return folder / "data"


def write_checkpoint(folder: Path) -> Path:
    """A tiny BERT as the stage `checkpoint` leaves it."""
    checkpoint = folder / "checkpoint"
    checkpoint.mkdir(parents=True)
    write_converted(write_tiny(folder / "tiny"), checkpoint, {})
    return checkpoint


def own_settings(method: str) -> dict[str, object]:
    """A method's settings, resolved."""
    model = methods.load(method).settings
    shared = {name: 2.0 for name in SHARED if name in model.model_fields}
    return model.model_validate({**shared, **OWN.get(method, {})}).model_dump()


@dataclass(frozen=True)
class Pipeline:
    """The prepared data, the encoder, and the teachers' runs, below one folder."""

    root: Path
    known: dict[str, Path] = field(default_factory=dict)

    def make(self) -> Pipeline:
        """Make everything that students read."""
        write_data(self.root)
        write_checkpoint(self.root)
        roles: tuple[Role, ...] = ("teacher", "historical")
        for role in roles:
            cells.run(self.cell("supervised", role), PARALLEL, self.root / role, Store(self.root / "scratch"))
        return self

    def cell(self, method: str, role: Role = "student") -> Cell:
        """The cell of a method."""
        return Cell(
            dataset="made",
            method=method,
            role=role,
            data=self.root / "data",
            settings=own_settings(method) if role == "student" else {},
            seeds=SEEDS,
            student=None if role == "teacher" else STUDENT,
            teacher=TEACHER,
            threads=1,
            precision="float32",
            checkpoint_seconds=1e-9,
            checkpoint=self.root / "checkpoint",
            teachers=self.root / "teacher",
            historical=self.root / "historical",
        )

    @cached_property
    def states(self) -> Path:
        """What the frozen part makes of the texts."""
        part = frozen.FrozenPart(self.root / "data", self.root / "checkpoint", TEACHER, "float32", 1)
        return frozen.compute(part, PARALLEL, Store(self.root / "scratch"))

    def train(self, method: str, store: str, role: Role = "student", device: str = "cpu") -> Path:
        """Train seed 0 of a method, or go on with it, in the store of that name; returns the finished run."""
        cell = replace(self.cell(method, role), device=cast(Device, device))
        task = make_task(cell, SEEDS[0])
        if cell.needs_bert:
            task = replace(task, cell=replace(cell, states=self.states))
        into = Store(self.root / "stores" / store)
        train(task, into)
        return into.run(task.identity)

    def whole(self, method: str) -> Path:
        """The run of a method, trained once."""
        if method not in self.known:
            self.known[method] = self.train(method, "whole")
        return self.known[method]
