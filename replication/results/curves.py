"""`curves.csv`: losses and validation scores during training; a DVC plot as it stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from replication.errors import UserError

CURVE_COLUMNS = ("dataset", "method", "model", "seed", "phase", "iteration", "series", "value")


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
