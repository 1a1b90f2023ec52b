"""What `evaluate` publishes in `reports/<profile>/` and the report reads: the shape of every file, checked on reading.

`metrics.json` is the DVC metric; the rest is what tables and figures need, so that a report rebuilds from this one
folder, without the data, the runs or torch.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from replication.errors import UserError

Shape = TypeVar("Shape")

BASELINE = ("supervised", "student")
"""Method and model that every other cell is held against: the TextCNN on labels alone."""
CURVE_COLUMNS = ("dataset", "method", "model", "seed", "phase", "iteration", "series", "value")


class Frozen(BaseModel):
    """A frozen model that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Interval(Frozen):
    """A mean over seeds with its bootstrap interval; metrics and their differences, as shares of 1."""

    mean: float
    low: float
    high: float

    @property
    def separated(self) -> bool:
        """Whether the interval is clear of 0; of use for differences."""
        return self.low > 0 or self.high < 0


class SeedResult(Frozen):
    """One seed of a cell: its record, or why there is none."""

    seed: int
    missing: str | None = None
    record: str | None = None
    """Path of the record, from the profile's folder."""
    identity: str = ""
    commit: str = ""
    metrics: dict[str, float] = {}
    validation_macro_f1: float = 0.0
    seconds: float = 0.0
    peak_memory_mib: float = 0.0


class CellResult(Frozen):
    """One row of the table: a method's model on a dataset, over its seeds."""

    method: str
    model: Literal["student", "teacher"]
    kind: Literal["trained", "yardstick"]
    stage: str
    """The DVC stage that makes it."""
    command: str
    seeds: list[SeedResult]
    network: str | None = None
    metrics: dict[str, Interval] = {}
    delta: dict[str, Interval] = {}
    """Difference to the TextCNN on labels alone."""
    parameter_count: int | None = None
    iterations: int | None = None
    batch_size: int | None = None
    seconds: float | None = None
    """Mean wall time of a seed's training."""
    validation_macro_f1: float | None = None
    settings: dict[str, Any] = {}
    """What the first seed's run read."""
    teacher: str | None = None
    """sha256 of the teacher's outputs that the first seed learned from."""

    @property
    def present(self) -> list[SeedResult]:
        """The seeds that have a record."""
        return [seed for seed in self.seeds if seed.missing is None]

    @property
    def is_baseline(self) -> bool:
        """Whether this is the TextCNN on labels alone."""
        return (self.method, self.model) == BASELINE


class DatasetResult(Frozen):
    """All cells of one dataset."""

    name: str
    classes: list[str]
    test_items: int
    data: list[str]
    """sha256 of the prepared splits, as the runs recorded it; more than one means runs on different data."""
    cells: list[CellResult]

    def find(self, method: str, model: str) -> CellResult | None:
        """The cell of a method's model, if it is listed and has results."""
        matches = [cell for cell in self.cells if (cell.method, cell.model) == (method, model) and cell.metrics]
        return matches[0] if matches else None


class Results(Frozen):
    """`results.json`."""

    profile: str
    parameters: dict[str, Any]
    environments: list[dict[str, Any]]
    """The different machines, versions and commits that the runs were made with, most runs first."""
    checkpoint: dict[str, Any] | None
    """Where the encoder's weights came from."""
    datasets: list[DatasetResult]


class DataFile(BaseModel):
    """A pinned file that a dataset was read from."""

    file: str
    sha256: str
    contents: dict[str, str]


class DataCard(BaseModel):
    """What the report shows of a prepared dataset's card; a card may say more."""

    title: str
    language: str
    domain: str
    kind: str
    licence: str
    citation: str
    classes: list[str]
    glosses: dict[str, str]
    files: list[DataFile]
    raw_items: int
    empties_dropped: int
    conflicts_dropped: int
    duplicates_dropped: int
    items: int
    counts: dict[str, dict[str, int]]
    """Items by split and class name."""
    lengths: dict[str, dict[str, float]]
    """Quantiles of the texts' lengths in characters, by split."""
    data: str
    """sha256 of the prepared data."""


class TemperatureItem(Frozen):
    """A real validation item, long digit runs masked, and the teacher's logits for it."""

    text: str
    label: int
    logits: list[float]


class TemperatureResult(Frozen):
    """How even the teacher's softmax is at each temperature; entropies in nats."""

    classes: list[str]
    temperature: float
    """The profile's."""
    grid: list[float]
    entropy: dict[int, list[float]]
    """Mean over validation items at each temperature of the grid, by teacher seed."""
    log_classes: float
    items: list[TemperatureItem]


class CurvePoint(NamedTuple):
    """One row of `curves.csv`; series is `validation <network>` or `loss <update>/<term>`."""

    dataset: str
    method: str
    model: str
    seed: int
    phase: str
    iteration: int
    series: str
    value: float


def read_json(path: Path, shape: type[Shape]) -> Shape:
    """Read a JSON file into `shape`.

    Raises:
        UserError: the file is missing or does not have that shape.
    """
    try:
        return TypeAdapter(shape).validate_python(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run `dvc repro evaluate`") from None
    except ValidationError as error:
        detail = error.errors()[0]
        key = ".".join(str(part) for part in detail["loc"])
        raise UserError(f"{path}: {key}: {detail['msg']}; run `dvc repro evaluate` again") from None
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: not readable as JSON: {error}; run `dvc repro evaluate` again") from None


def curves_text(points: Iterable[CurvePoint]) -> str:
    """The text of `curves.csv`; values have six significant digits."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(CURVE_COLUMNS)
    writer.writerows([*point[:-1], f"{point.value:.6g}"] for point in points)
    return buffer.getvalue()


def read_curves(path: Path) -> list[CurvePoint]:
    """Read `curves.csv`.

    Raises:
        UserError: the file is missing, or a row does not have the columns that it should have.
    """
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read: {error}; run `dvc repro evaluate`") from None
    if not rows or tuple(rows[0]) != CURVE_COLUMNS:
        raise UserError(f"{path}: expected the columns {', '.join(CURVE_COLUMNS)}; run `dvc repro evaluate` again")
    points = []
    for number, row in enumerate(rows[1:], start=2):
        try:
            dataset, method, model, seed, phase, iteration, series, value = row
            points.append(CurvePoint(dataset, method, model, int(seed), phase, int(iteration), series, float(value)))
        except ValueError:
            raise UserError(f"{path}: row {number}: not a curve point; run `dvc repro evaluate` again") from None
    return points
