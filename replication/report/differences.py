"""Test macro-F1 of an arm minus that of a reference, paired by seed, with the interval where one was published."""

from __future__ import annotations

from pathlib import Path

from replication.report.findings import METRIC
from replication.results.cells import DatasetResult, Interval
from replication.results.comparisons import Comparison, Comparisons
from replication.results.files import Frozen, read_json

Published = dict[tuple[str, str, str], Comparison]
"""Comparisons of the runs' predictions by claim, part and dataset."""


class Difference(Frozen):
    """A paired difference of two arms on one set, as shares of 1."""

    mean: float
    """Over the seeds in common."""
    above: int
    """Seeds in which it is above 0."""
    seeds: int
    interval: Interval | None = None
    """Over seeds and test items; None where it has not been published."""


def published_comparisons(folder: Path) -> Published:
    """All of `comparisons.json`, judged or not; empty where there is no such file.

    Raises:
        UserError: the file is damaged.
    """
    path = folder / "comparisons.json"
    if not path.is_file():
        return {}
    found = read_json(path, Comparisons)
    return {(one.claim, one.part, one.dataset): one for one in (*found.comparisons, *found.further)}


def seed_difference(
    dataset: DatasetResult, arm: tuple[str, str], reference: tuple[str, str], published: Comparison | None = None
) -> Difference | None:
    """The difference over the seeds that both have; None without any.

    Args:
        dataset: of both.
        arm: method and model.
        reference: method and model that are subtracted.
        published: the same comparison with its interval.
    """
    own, other = (
        {seed.seed: seed.metrics[METRIC] for seed in cell.present if METRIC in seed.metrics} if cell else {}
        for cell in (dataset.find(*arm), dataset.find(*reference))
    )
    values = [value - other[seed] for seed, value in own.items() if seed in other]
    if not values:
        return None
    interval = None
    if published is not None:
        interval = Interval(mean=published.estimate, low=published.low, high=published.high)
    return Difference(
        mean=interval.mean if interval else sum(values) / len(values),
        above=sum(value > 0 for value in values),
        seeds=len(values),
        interval=interval,
    )
