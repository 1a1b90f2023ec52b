"""Which way the teacher pulls a student whose labels are partly flipped."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from replication.report.downloads import data_link
from replication.report.figures.gradients import correction_panel, cosine_limits, cosine_panel
from replication.report.figures.simplex import simplex_panel
from replication.report.inputs import Inputs
from replication.report.panels import Panel, class_names
from replication.report.words import Words
from replication.results.files import read_json
from replication.results.gradients import MOMENTS, SCOPES, SPACES, GradientResult, GradientSet, Scope, Space

FILE = "gradients.json"


class CosineGroup(NamedTuple):
    """The panels of the three moments for one scope and space."""

    scope: Scope
    space: Space
    panels: list[Panel]


def context(folder: Path, inputs: Inputs, words: Words) -> dict[str, Any] | None:
    """What the template shows; None where there is no measurement."""
    if not (folder / FILE).is_file():
        return None
    found = read_json(folder / FILE, GradientResult)
    if not found.sets:
        return None
    pictures = {
        one.dataset: _simplex_panels(one, class_names(inputs.cards[one.dataset], one.classes, words), words)
        for one in found.sets
    }
    rates = [rate for rate in found.rates if rate]
    return {
        "found": found,
        "rates": rates,
        "title": words.text("gradients_title", tally=tally(found), rates=rates),
        "flipped": flipped_tally(found),
        "groups": {one.dataset: _cosine_groups(one, words) for one in found.sets},
        "corrections": _correction_panels(found, words),
        "corrections_title": words.text("corrections_title", shares=_shares(found)),
        "pictures": {dataset: panels for dataset, panels in pictures.items() if panels},
        "simplex": {one.dataset: one.simplex for one in found.sets if one.simplex},
        "two_classes": all(len(one.classes) == 2 for one in found.sets),
        "pictures_title": words.text("pictures_title", **_pulled(found)),
        "comparisons": [(one, [c for c in found.comparisons if c.dataset == one.dataset]) for one in found.sets],
        "data": {
            "gradients": data_link([one.model_dump(include={"dataset", "seeds", "cosines"}) for one in found.sets]),
            "corrections": data_link([one.model_dump(include={"dataset", "corrections"}) for one in found.sets]),
            "simplex": data_link([one.model_dump(include={"dataset", "classes", "simplex"}) for one in found.sets]),
        },
    }


def tally(found: GradientResult) -> dict[str, int]:
    """In how many comparisons of a set and a rate the mix is nearer to the clean gradient, farther, or neither."""
    nearer = sum(one.low > 0 for one in found.comparisons)
    farther = sum(one.high < 0 for one in found.comparisons)
    return {"nearer": nearer, "farther": farther, "compared": len(found.comparisons)}


def flipped_tally(found: GradientResult) -> dict[str, int]:
    """The same of the flipped items alone, in the space of the parameters, by set, rate and moment."""
    gains = [
        row.gain for one in found.sets for row in one.cosines if (row.scope, row.space) == ("flipped", "parameters")
    ]
    nearer, farther = sum(gain.low > 0 for gain in gains), sum(gain.high < 0 for gain in gains)
    return {"nearer": nearer, "farther": farther, "compared": len(gains)}


def _shares(found: GradientResult) -> list[float]:
    return [row.corrected.mean for one in found.sets for row in one.corrections]


def _pulled(found: GradientResult) -> dict[str, int]:
    """How many items are shown, and in how many the teacher raises the probability of the true class."""
    pulls = [pull for one in found.sets if one.simplex for pull in one.simplex.pulls]
    return {"shown": len(pulls), "raised": sum(pull.soft[1] > 0 for pull in pulls)}


def _cosine_groups(one: GradientSet, words: Words) -> list[CosineGroup]:
    """Parameters first; over all items, then over the flipped ones."""
    groups = []
    limits = cosine_limits(one.cosines)
    for space in SPACES:
        for scope in SCOPES:
            panels = []
            for moment in MOMENTS:
                rows = [row for row in one.cosines if (row.moment, row.scope, row.space) == (moment, scope, space)]
                if rows:
                    title = words.text("cosine_panel_title", moment=moment, last=rows[-1])
                    description = words.text("cosine_description", rows=rows)
                    name = f"cosine-{one.dataset}-{space}-{scope}-{moment}"
                    drawing = cosine_panel(rows, name, limits, title, description, words)
                    panels.append(Panel(name, title, drawing))
            if panels:
                groups.append(CosineGroup(scope, space, panels))
    return groups


def _correction_panels(found: GradientResult, words: Words) -> dict[str, Panel]:
    panels = {}
    for one in found.sets:
        if one.corrections:
            title = words.text("correction_panel_title", last=one.corrections[-1])
            description = words.text("correction_description", rows=one.corrections)
            name = f"correction-{one.dataset}"
            drawing = correction_panel(one.corrections, name, title, description, words)
            panels[one.dataset] = Panel(name, title, drawing)
    return panels


def _simplex_panels(one: GradientSet, classes: list[str], words: Words) -> list[Panel]:
    if one.simplex is None:
        return []
    panels = []
    for number, (item, pull) in enumerate(zip(one.simplex.items, one.simplex.pulls, strict=True), start=1):
        values = {"item": item, "pull": pull, "classes": classes}
        title, description = words.text("simplex_panel_title", **values), words.text("simplex_description", **values)
        name = f"simplex-{one.dataset}-{number}"
        drawing = simplex_panel(item, pull, classes, name, title, description, words)
        panels.append(Panel(name, title, drawing, item.text))
    return panels
