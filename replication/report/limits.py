"""What bounds the results' reach, as facts from records and cards that the threats to validity put into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from replication.report.inputs import Inputs
from replication.results.cards import DataCard
from replication.results.cells import BASELINE, DatasetResult

MEASURED = ("noise", "samples", "temperature")
"""The measurements that name the sets they are made on."""

STAGES = (
    ("noise", "noise", "noise.json"),
    ("noise", "gradients", "gradients.json"),
    ("temperature", "temperatures", "temperature_sweep.json"),
    ("samples", "samples", "efficiency.json"),
    ("cost", "cost", "cost.json"),
)
"""Key below `measurements`, stage and file of each."""


class MostJunk(NamedTuple):
    """The largest family among an opinion set's current junk, and its test items."""

    dataset: str
    family: str
    items: int
    of: int


class Limits(NamedTuple):
    """Of a profile's results."""

    cut: list[str]
    """Sets of which more than half the test texts are longer than a student reads."""
    junk: list[MostJunk]
    """Of the real opinion sets."""
    sets: dict[str, int]
    """By measurement, the number of sets that it is made on; those that are left out are missing."""
    rates: list[float]
    """Of flipped labels, besides 0."""
    cost: bool
    """Whether cost is measured, which is on one set."""
    teacher_parameters: int
    """The largest number that a teacher has; 0 without one."""


def limits(inputs: Inputs) -> Limits:
    """Read them off."""
    datasets, parameters = inputs.results.datasets, inputs.results.parameters
    measurements: Mapping[str, Any] = parameters.get("measurements", {})
    named = {name: measurements[name] for name in MEASURED if measurements.get(name)}
    made = {name: settings for name, settings in named.items() if settings["datasets"]}
    longest = parameters["student"]["max_characters"]
    teachers = [cell for cell in (one.find(BASELINE[0], "teacher") for one in datasets) if cell is not None]
    return Limits(
        cut=[one.name for one in datasets if _median(inputs.cards[one.name]) > longest],
        junk=_most_junk(datasets, inputs.cards),
        sets={name: len(settings["datasets"]) for name, settings in made.items()},
        rates=[rate for rate in made["noise"]["rates"] if rate] if "noise" in made else [],
        cost=bool(measurements.get("cost")),
        teacher_parameters=max((cell.parameter_count or 0 for cell in teachers), default=0),
    )


def _median(card: DataCard) -> float:
    return card.lengths.get("test", {}).get("median", 0.0)


def _most_junk(datasets: Sequence[DatasetResult], cards: Mapping[str, DataCard]) -> list[MostJunk]:
    found = []
    for one in datasets:
        if one.family_items and cards[one.name].kind == "real":
            family, items = max(one.family_items.items(), key=lambda counted: (counted[1], counted[0]))
            found.append(MostJunk(one.name, family, items, sum(one.family_items.values())))
    return found


def measured_stages(parameters: Mapping[str, Any]) -> list[tuple[str, str, list[str]]]:
    """Stage, file and sets of every measurement that a profile makes; one set without a name where it is one stage."""
    measurements: Mapping[str, Any] = parameters.get("measurements", {})
    made = [(measurements.get(key), stage, file) for key, stage, file in STAGES]
    listed = [(stage, file, list(one.get("datasets", [""]))) for one, stage, file in made if one]
    return [(stage, file, sets) for stage, file, sets in listed if sets]
