"""What a set of parameters would run, and how long that takes by the times in the records of an earlier run.

A run's time is taken to grow with the items that its updates see (iterations times batch size), at the median rate of
the recorded runs of its method. Recorded runs with another teacher network say nothing, and are not used.
"""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from replication import parallel
from replication.config import Parameters
from replication.errors import UserError
from replication.measurement_settings import ALONE, TAUGHT
from replication.results import noise as noise_arms

NETWORK = ("checkpoint", "layers", "frozen_layers", "max_tokens")
"""What of `teacher` decides how long a step of it takes."""


@dataclass(frozen=True)
class Kind:
    """Runs of one kind."""

    name: str
    """A stage of the pipeline, such as `teacher` or `noise`."""
    runs: int
    seconds: float
    """Of those runs whose method is recorded, together, in one process."""
    unknown: int
    """Runs of which no comparable one is recorded."""


@dataclass(frozen=True)
class Planned:
    """Runs of one method on one dataset."""

    kind: str
    method: str
    model: str
    runs: int
    items: int
    """That a run's updates see; 0 for a yardstick."""


def planned(parameters: Parameters) -> list[Planned]:
    """All that the stages would train."""
    seeds = len(parameters.seeds)
    plan: list[Planned] = []
    for dataset in parameters.datasets:
        student, teacher = parameters.student.on(dataset).training, parameters.teacher.on(dataset).training
        seen = student.iterations * student.batch_size
        plan.append(Planned("teacher", "supervised", "teacher", seeds, teacher.iterations * teacher.batch_size))
        plan += [Planned("student", method, "student", seeds, seen) for method in parameters.methods]
        plan += [Planned("yardstick", name, "student", 1, 0) for name in parameters.yardsticks]
        if dataset in parameters.opinion_datasets:
            plan.append(Planned("historical", "historical", "teacher", seeds, seen))
            plan += [Planned("scheme", scheme, "student", seeds, seen) for scheme in parameters.schemes]
    return plan + [entry for dataset in parameters.datasets for entry in _measured(parameters, dataset)]


def _measured(parameters: Parameters, dataset: str) -> Iterator[Planned]:
    """What the measurements train on a dataset beside the cells of the tables, which the store has by then.

    At a noise rate of 0 that is the arms which are no method of the tables.
    """
    measurements, seeds = parameters.measurements, len(parameters.seeds)
    student, teacher = parameters.student.on(dataset).training, parameters.teacher.on(dataset).training
    seen = student.iterations * student.batch_size
    noise, temperature, samples = measurements.noise, measurements.temperature, measurements.samples
    if noise and dataset in noise.datasets:
        rates = sum(rate > 0 for rate in noise.rates)
        own = len(noise.seeds_of(parameters.seeds))
        runs = rates * own
        yield Planned("noise", ALONE, "teacher", runs, teacher.iterations * teacher.batch_size)
        yield from (
            Planned("noise", method, "student", runs, seen) for method in (*noise_arms.ARMS, *noise_arms.TAUGHT)
        )
        absent = set(noise_arms.ARMS) - set(parameters.methods)
        yield from (Planned("noise", method, "student", own, seen) for method in sorted(absent))
    if temperature and dataset in temperature.datasets:
        others = len(temperature.points(parameters.temperature)) - 1
        yield Planned("temperatures", TAUGHT, "student", others * seeds, seen)
    if samples and dataset in samples.datasets:
        for method in (ALONE, TAUGHT):
            yield Planned("samples", method, "student", len(samples.sizes) * seeds, seen)


def estimate(parameters: Parameters, records: Path) -> list[Kind]:
    """Runs and times by kind.

    Args:
        parameters: what would be run.
        records: a folder of records, such as `reports/default/records`; it need not be there.

    Raises:
        UserError: a record cannot be read.
    """
    rates = recorded_rates(parameters, records)
    kinds: dict[str, Kind] = {}
    for entry in planned(parameters):
        before = kinds.get(entry.kind, Kind(entry.kind, 0, 0.0, 0))
        rate = 0.0 if entry.kind == "yardstick" else rates.get((entry.method, entry.model))
        known = 0.0 if rate is None else rate * entry.items * entry.runs
        unknown = entry.runs if rate is None else 0
        kinds[entry.kind] = Kind(entry.kind, before.runs + entry.runs, before.seconds + known, before.unknown + unknown)
    return list(kinds.values())


def recorded_rates(parameters: Parameters, records: Path) -> dict[tuple[str, str], float]:
    """Median seconds for each item seen, by method and model, of the recorded runs that are comparable.

    Raises:
        UserError: a record cannot be read.
    """
    found: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for path in sorted(records.glob("*/*/*.json")):
        try:
            record: Any = json.loads(path.read_text(encoding="utf-8"))
            seen = record["iterations"] * record["batch_size"]
            if seen and _comparable(record, parameters):
                found[record["method"], record["model"]].append(record["seconds"] / seen)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise UserError(f"{path}: no record of a run: {error}; restore it (`git checkout {path}`)") from None
    return {key: statistics.median(values) for key, values in found.items()}


def _comparable(record: dict[str, Any], parameters: Parameters) -> bool:
    """Whether the record's run used the teacher network that `parameters` has, or none: stored outputs cost nothing."""
    teacher = record["parameters"].get("teacher")
    wanted = parameters.teacher.model_dump()
    return teacher is None or all(teacher.get(key) == wanted[key] for key in NETWORK)


def summary(kinds: list[Kind], parameters: Parameters, records: Path) -> list[str]:
    """Lines for a reader: runs by kind, then the whole, in hours of one process and of this machine."""
    lines = []
    for kind in kinds:
        if kind.unknown == kind.runs:
            time = "no comparable run is recorded"
        else:
            time = f"about {_hours(kind.seconds)} of one process" if kind.seconds else "seconds"
            time += f", besides {kind.unknown} of which no comparable run is recorded" if kind.unknown else ""
        lines.append(f"{kind.name}: {kind.runs} runs, {time}")
    total, unknown = sum(kind.seconds for kind in kinds), sum(kind.unknown for kind in kinds)
    # A cell's seeds are what runs side by side.
    processes = parallel.workers(parameters.parallel, len(parameters.seeds))
    runs = sum(kind.runs for kind in kinds)
    if unknown == 0:
        lines.append(
            f"in all: {runs} runs, about {_hours(total)} of one process, {_hours(total / processes)} with {processes} "
            f"(times of {records}, scaled by the items seen; checkpoints, gradients, cost and evaluation come on top)"
        )
    else:
        lines.append(f"in all: {runs} runs; {unknown} of them cannot be estimated from {records}")
    return lines


def _hours(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds / 60:.0f} min"
