"""Few samples: macro-F1 against the number of labelled items, from `efficiency.json`."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean
from typing import Any, Literal

from replication.report.downloads import data_link
from replication.report.figures.samples import samples_panel
from replication.report.inputs import Inputs
from replication.report.panels import Panel
from replication.report.words import Words
from replication.results.efficiency import EfficiencyResult, EfficiencySet, SizePoint
from replication.results.files import read_json

Outcome = Literal["fewer", "more", "level", "unknown"]


def outcome(result: EfficiencySet) -> Outcome:
    """Whether the taught student needs fewer labels, by the interval of the ratio.

    A ratio that is a bound says so only in its own direction: at most 1/4 may be less, at least 4 may be more.
    """
    needed = result.needed
    if needed is None or needed.bound == "unknown":
        return "unknown"
    if needed.ratio.high < 1:
        return "fewer"
    return "more" if needed.ratio.low > 1 else "level"


def context(folder: Path, inputs: Inputs, words: Words) -> dict[str, Any] | None:
    """What the section shows; None where no sweep has been published."""
    path = folder / "efficiency.json"
    if not path.is_file():
        return None
    found = read_json(path, EfficiencyResult)
    sets = {name: result for name, result in found.sets.items() if name in inputs.cards}
    if not sets:
        return None
    outcomes = [outcome(result) for result in sets.values()]
    return {
        "sets": sets,
        "validation": [inputs.cards[name].size("validation") for name in sets],
        "title": words.text("samples_title", outcomes=outcomes),
        "panels": [
            _panel(name, result, inputs, words) for name, result in sets.items() if result.alone or result.taught
        ],
        "rows": {name: rows(result) for name, result in sets.items()},
        "speed": [one for name, result in sets.items() if (one := speed(name, result))],
        "download": data_link(found.model_dump(mode="json")),
    }


def rows(result: EfficiencySet) -> list[dict[str, Any]]:
    """One row a size, with what each arm has there."""
    arms = {"alone": result.alone, "taught": result.taught}
    by_size = {name: {point.labelled: point for point in points} for name, points in arms.items()}
    sizes = sorted({size for points in by_size.values() for size in points})
    return [{"labelled": size, **{name: _cell(points.get(size)) for name, points in by_size.items()}} for size in sizes]


def speed(name: str, result: EfficiencySet) -> dict[str, Any] | None:
    """Updates until 95% of the last validation score at the largest size that both arms have; None without one."""
    both = [row for row in rows(result) if row["alone"] and row["taught"]]
    if not both:
        return None
    last = both[-1]
    updates = {arm: last[arm]["updates"] for arm in ("alone", "taught")}
    return {"name": name, "labelled": last["labelled"], **updates}


def _cell(point: SizePoint | None) -> dict[str, Any] | None:
    return None if point is None else {"macro_f1": point.macro_f1, "updates": fmean(point.updates.values())}


def _panel(name: str, result: EfficiencySet, inputs: Inputs, words: Words) -> Panel:
    dataset = words.dataset(inputs.cards[name])
    title = words.text("samples_panel_title", dataset=dataset, needed=result.needed, outcome=outcome(result))
    description = words.text("samples_description", result=result)
    return Panel(f"samples-{name}", title, samples_panel(result, f"samples-{name}", title, description, words))
