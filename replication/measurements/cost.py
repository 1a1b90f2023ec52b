"""What the teacher and the student cost to serve (the article's opening: a TextCNN is small and fast).

Both read real validation texts at their real lengths, as numbers already: a teacher's pieces, a student's characters.
The teacher is run whole, frozen layers included, for at serving no text has been seen before. Both compute in float32.
"""

from __future__ import annotations

import importlib.metadata
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from replication import config
from replication.data.splits import load_splits
from replication.environment import environment
from replication.errors import UserError
from replication.files import write_json
from replication.measurement_settings import Cost
from replication.measurements import subjects
from replication.measurements.latency import (
    BATCHES,
    Batches,
    Budget,
    Setting,
    expected_seconds,
    latency,
    measure,
    settings,
)
from replication.measurements.ratios import exact_ratio, latency_ratio
from replication.measurements.subjects import Subject
from replication.measurements.timing import Floats
from replication.measurements.yardstick import measure_yardstick
from replication.results.cells import BASELINE
from replication.results.comparisons import compared
from replication.results.cost import CostResult, Role, YardstickCost
from replication.results.cost import NetworkCost as Size
from replication.serving.exchange import OPSET, TOLERANCE, all_threads
from replication.statistics import Spread

CLAIM = "small-fast"
YARDSTICK = "tfidf_logistic"
SOFTWARE = ("torch", "onnxruntime", "onnx", "scikit-learn")
Seconds = dict[Setting, dict[Role, Floats]]


def run(parameters: config.Parameters, build: Path, path: Path) -> None:
    """Measure, and write `cost.json`.

    Raises:
        UserError: an input is missing, or the two runtimes do not agree.
    """
    own = parameters.measurements.cost
    if own is None:
        raise UserError("params.yaml: measurements.cost: missing; add it (the committed params.yaml shows every key)")
    planned = settings(all_threads())
    splits = load_splits(build / "data" / own.dataset)
    texts = _shuffled(splits.validation.texts, parameters.statistics.seed)
    batches = {size: _cut(texts, size) for size in BATCHES}
    budget = Budget(own.repeats, own.seconds, own.warmup)
    with_yardstick = YARDSTICK in parameters.yardsticks
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"cost on {own.dataset}: exporting both networks and checking that the runtimes agree")
    with tempfile.TemporaryDirectory() as folder:
        both = _subjects(parameters, own.dataset, build, Path(folder))
        sizes = [one.cost([*batches[1], *batches[BATCHES[-1]]]) for one in both]
        expected = expected_seconds(planned, both, batches, budget) + with_yardstick * len(batches) * budget.seconds
        console.print(f"cost on {own.dataset}: {len(planned)} settings, about {expected:.0f} s on this machine")
        seconds = _watched(
            planned, budget.repeats, lambda one, tick: measure(one, both, batches[one.batch], budget, tick)
        )
    yardstick = measure_yardstick(YARDSTICK, splits, batches, budget) if with_yardstick else None
    confidence = parameters.statistics.confidence
    ratios = {
        f"latency {one.runtime}": _ratio(found, parameters.statistics)
        for one, found in seconds.items()
        if one[1:] == (1, 1)
    }
    write_json(path, _result(own, len(texts), sizes, seconds, ratios, confidence, yardstick).model_dump())


def _subjects(parameters: config.Parameters, dataset: str, build: Path, folder: Path) -> list[Subject]:
    seed, classes = f"seed{parameters.seeds[0]}", len(load_splits(build / "data" / dataset).classes)
    checkpoint, run = build / "checkpoint", build / "teacher" / dataset / seed
    return [
        subjects.teacher(run, checkpoint, parameters.teacher, classes, folder / "teacher"),
        subjects.student(build / "student" / dataset / BASELINE[0] / seed, folder / "student"),
    ]


def _shuffled(texts: Sequence[str], seed: int) -> list[str]:
    return [texts[row] for row in np.random.default_rng(seed).permutation(len(texts))]


def _cut(texts: Sequence[str], size: int) -> Batches:
    """Full batches, in the given order.

    Raises:
        UserError: there are too few texts for one.
    """
    if len(texts) < size:
        raise UserError(f"cost: {len(texts)} validation texts, expected {size}; raise preparation.validation")
    return [texts[start : start + size] for start in range(0, len(texts) - size + 1, size)]


Measure = Callable[[Setting, Callable[[], None]], dict[Role, Floats]]


def _watched(planned: Sequence[Setting], repeats: int, measured: Measure) -> Seconds:
    """Measure under each setting, and show how far it is."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    found: Seconds = {}
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        bar = progress.add_task("latency", total=repeats * len(planned))
        for one in planned:
            progress.update(bar, description=f"{one.runtime}, threads {one.threads}, batch {one.batch}")
            found[one] = measured(one, lambda: progress.advance(bar))
    return found


def _ratio(found: dict[Role, Floats], own: config.Statistics) -> Spread:
    return latency_ratio(found["teacher"], found["student"], own.draws, own.seed)


def _result(
    own: Cost,
    texts: int,
    sizes: list[Size],
    seconds: Seconds,
    latency_ratios: dict[str, Spread],
    confidence: float,
    yardstick: YardstickCost | None,
) -> CostResult:
    here = environment()
    latencies = [latency(role, one, found) for one, by_role in seconds.items() for role, found in by_role.items()]
    teacher, student = sizes
    ratios = {
        **latency_ratios,
        "bytes": exact_ratio(teacher.weights_bytes, student.weights_bytes),
        "parameters": exact_ratio(teacher.parameters, student.parameters),
    }
    return CostResult(
        dataset=own.dataset,
        method=BASELINE[0],
        texts=texts,
        repeats=own.repeats,
        opset=OPSET,
        tolerance=TOLERANCE,
        processor=here.processor,
        cores=all_threads(),
        versions={name: importlib.metadata.version(name) for name in SOFTWARE},
        networks=sizes,
        latencies=latencies,
        comparisons=[compared(CLAIM, own.dataset, part, "ratio", one, confidence) for part, one in ratios.items()],
        yardstick=yardstick,
    )
