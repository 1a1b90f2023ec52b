"""What a report is made from: the files of `reports/<profile>/`, read and checked. Nothing else is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from replication.errors import UserError
from replication.results.cards import DataCard
from replication.results.cells import Results
from replication.results.curves import CurvePoint, read_curves
from replication.results.files import read_json
from replication.results.softmax import TemperatureResult


@dataclass(frozen=True)
class Inputs:
    """All that the report shows."""

    results: Results
    cards: dict[str, DataCard]
    temperatures: dict[str, TemperatureResult]
    """By dataset; a dataset without a teacher is missing."""
    curves: list[CurvePoint]


def read_inputs(folder: Path) -> Inputs:
    """Read a profile's folder.

    Raises:
        UserError: a file is missing or damaged.
    """
    results = read_json(folder / "results.json", Results)
    cards = read_json(folder / "cards.json", dict[str, DataCard])
    for dataset in results.datasets:
        if dataset.name not in cards:
            raise UserError(f"{folder / 'cards.json'}: {dataset.name}: no data card; run `dvc repro evaluate` again")
    temperatures = read_json(folder / "temperature.json", dict[str, TemperatureResult])
    return Inputs(
        results=results,
        cards=cards,
        temperatures={one.name: temperatures[one.name] for one in results.datasets if one.name in temperatures},
        curves=read_curves(folder / "curves.csv"),
    )
