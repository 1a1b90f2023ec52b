"""Every panel of the figures, with the title that states its finding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import softmax

from replication.report import findings
from replication.report.course import mean_curves, validation_points
from replication.report.figures.curves import curves_panel
from replication.report.figures.curves import shared_limits as curve_limits
from replication.report.figures.results import results_panel, shared_limits
from replication.report.figures.schemes import schemes_panel
from replication.report.figures.softmax import TEMPERATURES, bars_panel, entropy_panel
from replication.report.inputs import Inputs
from replication.report.schemes import scheme_rows
from replication.report.words import Words
from replication.results.cards import DataCard
from replication.results.curves import CurvePoint


class Panel(NamedTuple):
    """One drawing of a figure."""

    name: str
    """Unique on the page."""
    title: str
    svg: str
    """Escaped where it holds text."""
    text: str = ""
    """The item that it shows, where it shows one."""


def result_panels(inputs: Inputs, words: Words) -> list[Panel]:
    """Dots and intervals, one panel a dataset, on a common axis."""
    limits = shared_limits(inputs.results.datasets)
    panels = []
    for dataset in inputs.results.datasets:
        finding = findings.dataset_finding(dataset)
        title = words.text("panel_title", title=words.dataset(inputs.cards[dataset.name]), finding=finding)
        drawing = results_panel(dataset, limits, title, words)
        panels.append(Panel(f"results-{dataset.name}", title, drawing))
    return panels


def scheme_panels(inputs: Inputs, words: Words) -> dict[str, Panel]:
    """Schemes, student against teacher, by opinion set."""
    panels = {}
    for dataset in inputs.results.datasets:
        rows = scheme_rows(dataset)
        if rows:
            finding = findings.dataset_finding(dataset)
            tally = findings.scheme_tally(finding)
            title = words.text("schemes_title", finding=finding, tally=tally)
            drawing = schemes_panel(dataset, rows, f"schemes-{dataset.name}", title, words)
            panels[dataset.name] = Panel(f"schemes-{dataset.name}", title, drawing)
    return panels


def curve_panels(inputs: Inputs, words: Words) -> dict[str, list[Panel]]:
    """Validation scores during training, one panel a method, by dataset."""
    panels = {}
    for dataset in inputs.results.datasets:
        points = validation_points([point for point in inputs.curves if point.dataset == dataset.name])
        methods = list(dict.fromkeys(point.method for point in points))
        panels[dataset.name] = training_panels(points, methods, f"curves-{dataset.name}", words)
    return {name: found for name, found in panels.items() if found}


def training_panels(points: list[CurvePoint], methods: Sequence[str], prefix: str, words: Words) -> list[Panel]:
    """Validation scores during training, one panel a method, on common axes; methods without a score are left out.

    Args:
        points: the scores of one set, in percent.
        methods: in the order of the panels.
        prefix: of the panels' names.
        words: for titles and axes.
    """
    if not points:
        return []
    means, limits, panels = mean_curves(points), curve_limits(points), []
    for method in methods:
        ends = [
            {"model": arm[1], "iteration": curve[-1][0], "value": curve[-1][1]}
            for arm, curve in means.items()
            if arm[0] == method
        ]
        if ends:
            name, title = f"{prefix}-{method}", words.text("curve_title", method=method, ends=ends)
            description = words.text("curves_description", ends=ends)
            panels.append(Panel(name, title, curves_panel(points, method, name, limits, title, description, words)))
    return panels


def entropy_panels(inputs: Inputs, words: Words) -> list[Panel]:
    """Entropy against temperature, one panel a dataset."""
    panels = []
    for name, result in inputs.temperatures.items():
        share = findings.entropy_share(result)
        title = words.text("entropy_panel_title", title=words.dataset(inputs.cards[name]), result=result, share=share)
        low, high = (float(np.mean([curve[end] for curve in result.entropy.values()])) for end in (0, -1))
        description = words.text("entropy_description", result=result, low=low, high=high)
        drawing = entropy_panel(result, f"entropy-{name}", title, description, words)
        panels.append(Panel(f"entropy-{name}", title, drawing))
    return panels


def bar_panels(inputs: Inputs, words: Words) -> dict[str, list[Panel]]:
    """The softmax of real items at four temperatures, by dataset."""
    panels: dict[str, list[Panel]] = {}
    for name, result in inputs.temperatures.items():
        classes = class_names(inputs.cards[name], result.classes, words)
        for number, item in enumerate(result.items, start=1):
            shares = [softmax(np.array(item.logits) / temperature) for temperature in TEMPERATURES]
            top = [
                {"temperature": temperature, "share": float(share.max()), "index": int(share.argmax())}
                for temperature, share in zip(TEMPERATURES, shares, strict=True)
            ]
            title = words.text("bars_title", classes=classes, top=top)
            description = words.text("bars_description", classes=classes, label=item.label, top=top)
            own = f"bars-{name}-{number}"
            drawing = bars_panel(item, classes, own, title, description, words)
            panels.setdefault(name, []).append(Panel(own, title, drawing, item.text))
    return panels


def class_names(card: DataCard, classes: Sequence[str], words: Words) -> list[str]:
    """What a figure calls the classes; a number or a Chinese name gives way to what the data card says of it."""
    return [
        words.text("card_text", text=card.glosses[name])
        if name in card.glosses and (name.isdigit() or not name.isascii())
        else words.text("class_name", name=name)
        for name in classes
    ]
