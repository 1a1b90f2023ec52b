"""FitNets: the hint loss over stage 1, and what stage 2 gains from it against soft labels alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from replication.report.downloads import data_link
from replication.report.figures.tracks import Track, mean_curve, tracks_panel
from replication.report.findings import METRIC
from replication.report.inputs import Inputs
from replication.report.panels import Panel
from replication.report.tracks import curves_of
from replication.report.words import Words
from replication.results.cells import DatasetResult
from replication.results.curves import CurvePoint

METHOD, CONTROL, UNHINTED = "fitnets", "soft_label", "fitnets_control"


class HintFinding(NamedTuple):
    """One set: means over seeds."""

    dataset: str
    first: float
    """Hint loss on validation at the first evaluation."""
    last: float
    """The least of stage 1, which is the state that stage 2 starts from."""
    gain: float | None
    """Test macro-F1 minus that of soft labels, mean over the seeds in common; None without any."""
    ahead: int
    """Seeds in which it is ahead on the test set."""
    seeds: int
    hints: float | None = None
    """Test macro-F1 minus that of the second stage alone, mean over the seeds in common; None without any."""
    hints_ahead: int = 0
    hints_seeds: int = 0


def context(folder: Path, inputs: Inputs, words: Words) -> dict[str, Any] | None:
    """What the section shows; None where no student had a hint stage."""
    found = [
        one for one in (hint_finding(inputs.curves, dataset) for dataset in inputs.results.datasets) if one is not None
    ]
    if not found:
        return None
    return {
        "found": found,
        "loss_panels": [_loss_panel(inputs, one, words) for one in found],
        "gain_panels": [_gain_panel(inputs, one, words) for one in found],
        "data": data_link([_data(inputs, one) for one in found]),
    }


def hint_finding(points: Iterable[CurvePoint], dataset: DatasetResult) -> HintFinding | None:
    """Sum up one set; None without a hint stage."""
    curves = curves_of(points, dataset.name, METHOD, "validation hint")
    if not curves:
        return None
    gains, hints = _gains(dataset, CONTROL), _gains(dataset, UNHINTED)
    return HintFinding(
        dataset=dataset.name,
        first=-sum(curve[0][1] for curve in curves.values()) / len(curves),
        last=-sum(max(value for _, value in curve) for curve in curves.values()) / len(curves),
        gain=sum(gains) / len(gains) if gains else None,
        ahead=sum(gain > 0 for gain in gains),
        seeds=len(gains),
        hints=sum(hints) / len(hints) if hints else None,
        hints_ahead=sum(gain > 0 for gain in hints),
        hints_seeds=len(hints),
    )


def _gains(dataset: DatasetResult, control: str) -> list[float]:
    """Test macro-F1 of FitNets minus that of a control, over the seeds in common."""
    own, other = (
        {seed.seed: seed.metrics[METRIC] for seed in cell.present if METRIC in seed.metrics} if cell else {}
        for cell in (dataset.find(METHOD, "student"), dataset.find(control, "student"))
    )
    return [value - other[seed] for seed, value in own.items() if seed in other]


def _loss_panel(inputs: Inputs, found: HintFinding, words: Words) -> Panel:
    training = curves_of(inputs.curves, found.dataset, METHOD, "loss hint/hint")
    validation = curves_of(inputs.curves, found.dataset, METHOD, "validation hint")
    tracks = [
        Track(METHOD, words.text("hints_validation"), validation, scale=-1),
        Track(METHOD, words.text("hints_training"), training, dashed=True),
    ]
    title = words.text("hints_loss_panel", title=words.dataset(inputs.cards[found.dataset]), found=found)
    return _drawn(f"hints-loss-{found.dataset}", title, tracks, words.text("hints_loss_axis"), words)


def _gain_panel(inputs: Inputs, found: HintFinding, words: Words) -> Panel:
    tracks = [
        Track(method, words.name(method, "student"), curves, dashed=method == CONTROL, scale=100)
        for method in (METHOD, CONTROL)
        if (curves := curves_of(inputs.curves, found.dataset, method, "validation student"))
    ]
    title = words.text("hints_gain_panel", title=words.dataset(inputs.cards[found.dataset]), found=found)
    return _drawn(f"hints-gain-{found.dataset}", title, tracks, words.text("validation_axis"), words)


def _drawn(name: str, title: str, tracks: list[Track], upwards: str, words: Words) -> Panel:
    tracks = [track for track in tracks if track.curves]
    means = [(track.label, [(at, track.scale * value) for at, value in mean_curve(track.curves)]) for track in tracks]
    description = words.text("hints_description", means=means)
    return Panel(name, title, tracks_panel(tracks, words.text("iterations_axis"), upwards, name, title, description))


def _data(inputs: Inputs, found: HintFinding) -> dict[str, Any]:
    series = {
        "validation hint": (METHOD, "validation hint"),
        "hint loss": (METHOD, "loss hint/hint"),
        METHOD: (METHOD, "validation student"),
        CONTROL: (CONTROL, "validation student"),
    }
    curves = {name: curves_of(inputs.curves, found.dataset, *which) for name, which in series.items()}
    return {**found._asdict(), "curves": curves}
