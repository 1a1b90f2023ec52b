"""Macro-F1 against the temperature of the soft labels, from `temperature_sweep.json`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from replication.report.downloads import data_link
from replication.report.figures.temperature_sweep import sweep_panel
from replication.report.inputs import Inputs
from replication.report.panels import Panel
from replication.report.words import Words
from replication.results.files import read_json
from replication.results.temperature_sweep import TemperatureSet, TemperatureSweepResult


@dataclass(frozen=True)
class Standing:
    """Which temperatures of a set differ from the profile's by an interval clear of 0."""

    higher: list[float]
    lower: list[float]
    compared: int

    @property
    def clear(self) -> int:
        """How many do."""
        return len(self.higher) + len(self.lower)


def standing(result: TemperatureSet) -> Standing:
    """Compare the points of a set with the profile's."""
    compared = [(point.temperature, point.difference) for point in result.points if point.difference is not None]
    return Standing(
        higher=[value for value, difference in compared if difference.low > 0],
        lower=[value for value, difference in compared if difference.high < 0],
        compared=len(compared),
    )


def context(folder: Path, inputs: Inputs, words: Words) -> dict[str, Any] | None:
    """What the section shows; None where no sweep has been published."""
    path = folder / "temperature_sweep.json"
    if not path.is_file():
        return None
    found = read_json(path, TemperatureSweepResult)
    sets = {name: result for name, result in found.sets.items() if name in inputs.cards}
    if not sets:
        return None
    standings = {name: standing(result) for name, result in sets.items()}
    clear, compared = (sum(getattr(one, key) for one in standings.values()) for key in ("clear", "compared"))
    return {
        "sets": sets,
        "temperature": found.temperature,
        "title": words.text("sweep_title", temperature=found.temperature, clear=clear, compared=compared),
        "panels": [
            _panel(name, result, standings[name], found.temperature, inputs, words)
            for name, result in sets.items()
            if result.points
        ],
        "download": data_link(found.model_dump(mode="json")),
    }


def _panel(
    name: str, result: TemperatureSet, stands: Standing, temperature: float, inputs: Inputs, words: Words
) -> Panel:
    dataset = words.dataset(inputs.cards[name])
    title = words.text("sweep_panel_title", dataset=dataset, standing=stands, temperature=temperature)
    description = words.text("sweep_description", result=result)
    drawing = sweep_panel(result, temperature, f"sweep-{name}", title, description, words)
    return Panel(f"sweep-{name}", title, drawing)
