"""Noise robustness: macro-F1 of the arms where training labels are flipped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from replication.report.downloads import data_link
from replication.report.figures.noise import noise_panel, shared_limits
from replication.report.inputs import Inputs
from replication.report.panels import Panel
from replication.report.words import Words
from replication.results.cells import BASELINE, DatasetResult, Interval
from replication.results.files import read_json
from replication.results.noise import NoiseArm, NoiseResult, NoiseSet

FILE = "noise.json"
PER = 0.1
"""The slope is shown as the change of macro-F1 for so much more noise."""


def context(folder: Path, inputs: Inputs, words: Words) -> dict[str, Any] | None:
    """What the template shows; None where there is no measurement."""
    if not (folder / FILE).is_file():
        return None
    found = read_json(folder / FILE, NoiseResult)
    if not found.sets:
        return None
    return {
        "found": found,
        "title": words.text("noise_title", standings=standings(found), last=found.rates[-1]),
        "panels": {one.dataset: _panels(one, found, words) for one in found.sets},
        "sloped": len(found.rates) > 2,
        "unseen": labels_unseen(found, inputs.results.datasets),
        "slopes": {one.dataset: [_per_step(arm.slope) for arm in one.arms] for one in found.sets},
        "comparisons": {one.dataset: one for one in found.comparisons},
        "data": data_link(found.model_dump()),
    }


def standings(found: NoiseResult) -> dict[str, int]:
    """On how many sets soft labels fall less than the TextCNN, more, or are not told apart from it."""
    less = sum(one.low > 0 for one in found.comparisons)
    more = sum(one.high < 0 for one in found.comparisons)
    compared = len(found.comparisons)
    return {"less": less, "more": more, "level": compared - less - more, "compared": compared}


def labels_unseen(found: NoiseResult, datasets: list[DatasetResult]) -> list[str]:
    """The methods that give labels no weight, as their runs recorded, and that a teacher on clean labels taught.

    No flipped label reaches those arms, so that noise cannot move them.
    """
    taught = dict.fromkeys(arm.method for one in found.sets for arm in one.arms if arm.taught == "oracle")
    weights: dict[str, set[object]] = {method: set() for method in taught}
    for cell in (cell for dataset in datasets for cell in dataset.cells if cell.model == "student"):
        if cell.method in weights and "hard_weight" in cell.settings.get("method", {}):
            weights[cell.method].add(cell.settings["method"]["hard_weight"])
    return [method for method, known in weights.items() if known == {0.0}]


def _panels(one: NoiseSet, found: NoiseResult, words: Words) -> list[Panel]:
    """A panel a method, the TextCNN's own BERT first."""
    baseline = next((arm for arm in one.arms if (arm.method, arm.model) == BASELINE), None)
    limits, panels = shared_limits(one), []
    groups: dict[tuple[str, str], list[NoiseArm]] = {}
    for arm in one.arms:
        if (arm.method, arm.model) != BASELINE:
            groups.setdefault((arm.method, arm.model), []).append(arm)
    for (method, model), arms in groups.items():
        title = words.text("noise_panel_title", method=method, model=model, arms=arms, baseline=baseline, found=found)
        description = words.text("noise_description", arms=[baseline, *arms] if baseline else arms)
        name = f"noise-{one.dataset}-{method}-{model}"
        drawing = noise_panel(baseline, arms, name, limits, title, description, words)
        panels.append(Panel(name, title, drawing))
    return panels


def _per_step(slope: Interval | None) -> Interval | None:
    return slope and Interval(mean=PER * slope.mean, low=PER * slope.low, high=PER * slope.high)
