"""What a verdict is to be read with, from the records beside it; no verdict is changed by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from replication.report.generalisation import change
from replication.results.cards import DataCard
from replication.results.cells import Results
from replication.results.comparisons import Comparison, Comparisons, Unit, spread_of
from replication.results.files import read_json
from replication.results.generalisation import Generalisation
from replication.statistics import pool


class Further(NamedTuple):
    """A comparison that is not judged, pooled over its sets."""

    part: str
    estimate: float
    low: float
    high: float
    sets: int
    unit: Unit = "share"
    bound: str = "exact"


class Narrowed(NamedTuple):
    """A set on which the gap between training and test is smaller when taught, with an interval clear of 0."""

    dataset: str
    train: float
    """Change of the training score."""
    test: float
    """Change of the test score."""

    @property
    def because(self) -> Literal["training", "test", "training alone"]:
        """Which score has the larger part in it; alone, where the test score does not rise."""
        if self.test <= 0:
            return "training alone"
        return "training" if -self.train > self.test else "test"


@dataclass(frozen=True)
class Readings:
    """Of all claims."""

    labelled: list[int]
    """Labels that the teachers saw, by set."""
    validation: list[int]
    """Labelled items that chose among the states of every run, by set."""
    narrowed: list[Narrowed]
    further: dict[str, list[Further]]
    """By claim."""


def read_readings(folder: Path, results: Results, cards: Mapping[str, DataCard]) -> Readings:
    """Read a profile's folder; a file that is not there says nothing.

    Raises:
        UserError: a file is damaged.
    """
    gaps, compared = folder / "generalisation.json", folder / "comparisons.json"
    narrowed = _narrowed(read_json(gaps, Generalisation)) if gaps.is_file() else []
    further = read_json(compared, Comparisons).further if compared.is_file() else []
    parameters = results.parameters
    samples = parameters["measurements"]["samples"]
    sampled = [cards[name] for name in samples["datasets"]] if samples else []
    return Readings(
        labelled=[card.size("labelled") for card in sampled],
        validation=[card.size("validation") for card in sampled],
        narrowed=narrowed,
        further=_pooled(further, parameters["statistics"]["confidence"]),
    )


def _narrowed(found: Generalisation) -> list[Narrowed]:
    changes = [change(one, found.datasets[one.dataset]) for one in found.comparisons if one.high < 0]
    return [Narrowed(one.comparison.dataset, one.train, one.test) for one in changes]


def _pooled(comparisons: list[Comparison], confidence: float) -> dict[str, list[Further]]:
    parts: dict[tuple[str, str], list[Comparison]] = {}
    for one in comparisons:
        parts.setdefault((one.claim, one.part), []).append(one)
    found: dict[str, list[Further]] = {}
    for (claim, part), own in parts.items():
        effect = pool([spread_of(one).effect for one in own])
        found.setdefault(claim, []).append(
            Further(part, effect.estimate, *effect.interval(confidence), len(own), own[0].unit)
        )
    return found
