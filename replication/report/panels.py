"""Every panel of the figures, with the title that states its finding."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import softmax

from replication.report import findings
from replication.report.figures.curves import curves_panel, loss_points, validation_points
from replication.report.figures.results import results_panel, shared_limits
from replication.report.figures.softmax import TEMPERATURES, bars_panel, entropy_panel
from replication.report.inputs import Inputs
from replication.report.words import Words
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


def curve_panels(inputs: Inputs, words: Words) -> list[Panel]:
    """Validation score and loss, one panel each a dataset."""
    panels = []
    for dataset in inputs.results.datasets:
        own = [point for point in inputs.curves if point.dataset == dataset.name]
        if own:
            name, title = dataset.name, words.dataset(inputs.cards[dataset.name])
            panels.append(_curves(validation_points(own), f"validation-{name}", "validation", title, words))
            panels.append(_curves(loss_points(own), f"loss-{name}", "loss", title, words))
    return panels


def _curves(points: list[CurvePoint], name: str, quantity: str, title: str, words: Words) -> Panel:
    heading = words.text(f"{quantity}_title", title=title)
    ends = [
        {"method": arm[0], "model": arm[1], "iteration": curve[-1][0], "value": curve[-1][1]}
        for arm, curve in findings.mean_curves(points).items()
    ]
    description = words.text("curves_description", ends=ends)
    axis = words.text(f"{quantity}_axis")
    return Panel(name, heading, curves_panel(points, name, axis, heading, description, words, log=quantity == "loss"))


def curves_title(inputs: Inputs, words: Words) -> str:
    """Whether training had levelled off."""
    curves = [
        curve
        for dataset in inputs.results.datasets
        for curve in findings.mean_curves(
            [
                point
                for point in inputs.curves
                if point.dataset == dataset.name and point.series == f"validation {point.model}"
            ]
        ).values()
    ]
    return words.text("curves_title", rising=sum(map(findings.still_rising, curves)), arms=len(curves))


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


def entropy_title(inputs: Inputs, words: Words) -> str:
    """Whether a higher temperature made the softmax more even."""
    rising = [findings.entropy_rises(result) for result in inputs.temperatures.values()]
    return words.text("entropy_title", rising=sum(rising), all=len(rising))


def bar_panels(inputs: Inputs, words: Words) -> dict[str, list[Panel]]:
    """The softmax of real items at four temperatures, by dataset."""
    panels: dict[str, list[Panel]] = {}
    for name, result in inputs.temperatures.items():
        for number, item in enumerate(result.items, start=1):
            shares = [softmax(np.array(item.logits) / temperature) for temperature in TEMPERATURES]
            top = [
                {"temperature": temperature, "share": float(share.max()), "index": int(share.argmax())}
                for temperature, share in zip(TEMPERATURES, shares, strict=True)
            ]
            title = words.text("bars_title", classes=result.classes, top=top)
            description = words.text("bars_description", classes=result.classes, label=item.label, top=top)
            own = f"bars-{name}-{number}"
            drawing = bars_panel(item, result.classes, own, title, description, words)
            panels.setdefault(name, []).append(Panel(own, title, drawing, item.text))
    return panels
