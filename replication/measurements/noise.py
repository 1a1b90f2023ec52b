"""Noise robustness: the arms trained on labels of which a share is flipped.

A noise is a property of the data, so nothing about training changes: the same cells run on a derived dataset. The
teacher is trained on the same flipped labels (`honest`); beside it stands one that saw clean labels (`oracle`), the
ordinary teacher of the set. Validation labels stay clean in every arm, so the selection is the same for all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from replication import config
from replication.data.noise import folder_name, write_noisy
from replication.measurement_settings import Noise
from replication.results.noise import ARMS, TAUGHT
from replication.runs import cells
from replication.runs.tasks import Cell
from replication.settings import resolve
from replication.store import Store


@dataclass(frozen=True)
class Place:
    """Where the runs of one dataset at one rate lie."""

    build: Path
    dataset: str
    noise: Noise
    rate: float

    @property
    def folder(self) -> Path:
        """Of this rate."""
        return self.build / "noise" / self.dataset / folder_name(self.noise.kind, self.rate)

    @property
    def clean(self) -> Path:
        """The data without noise."""
        return self.build / "data" / self.dataset

    @property
    def data(self) -> Path:
        """The data that the arms of this rate learn from."""
        return self.folder / "data" if self.rate else self.clean

    @property
    def oracle(self) -> Path:
        """The teachers that saw clean labels."""
        return self.build / "teacher" / self.dataset

    @property
    def teachers(self) -> Path:
        """The teachers that saw the labels of this rate."""
        return self.folder / "teacher" if self.rate else self.oracle


def run(parameters: config.Parameters, dataset: str, build: Path, store: Store) -> None:
    """Train every arm at every rate; runs that the store has, such as the ordinary ones of rate 0, are not repeated.

    Raises:
        UserError: data or a teacher's run is missing, or a run stopped.
    """
    noise = parameters.measurements.noise
    assert noise is not None
    ordinary = cells.make(parameters, dataset, "supervised", build, {}, "teacher")
    # The texts are the same at every rate, and so is what the encoder's frozen part makes of them.
    states = cells.frozen_states(ordinary, parameters.parallel, store)
    for rate in noise.rates:
        place = Place(build, dataset, noise, rate)
        if rate:
            write_noisy(place.clean, noise.kind, rate, noise.seed, place.data)
            # Nobody walks these teachers' routes.
            plain = parameters.teacher.on(dataset).model_copy(update={"route_points": 0})
            seeds = tuple(noise.seeds_of(parameters.seeds))
            teacher = replace(ordinary, data=place.data, seeds=seeds, teacher=plain, states=states)
            cells.run(teacher, parameters.parallel, place.teachers, store)
        for method in ARMS:
            arm = cell_of(parameters, place, method)
            cells.run(arm, parameters.parallel, place.folder / "student" / method, store)
        for method in TAUGHT if rate else ():
            arm = replace(cell_of(parameters, place, method), teachers=place.oracle)
            cells.run(arm, parameters.parallel, place.folder / "oracle" / method, store)


def cell_of(parameters: config.Parameters, place: Place, method: str) -> Cell:
    """The cell of a student at a rate, taught by the teacher that saw the same labels."""
    cell = cells.make(parameters, place.dataset, method, place.build, resolve(parameters, method).model_dump())
    seeds = tuple(place.noise.seeds_of(parameters.seeds))
    return replace(cell, data=place.data, teachers=place.teachers, seeds=seeds)
