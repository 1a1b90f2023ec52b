"""FitNets: the hint loss over stage 1, and what stage 2 gains from it against soft labels alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from replication.report.differences import Difference, Published, published_comparisons, seed_difference
from replication.report.downloads import data_link
from replication.report.figures.tracks import Track, tracks_panel
from replication.report.inputs import Inputs
from replication.report.panels import Panel
from replication.report.tracks import curves_of
from replication.report.words import Words
from replication.results.cells import BASELINE, DatasetResult
from replication.results.curves import CurvePoint
from replication.results.files import Frozen

METHOD, CONTROL, UNHINTED = "fitnets", "soft_label", "fitnets_control"
CLAIM = "hints"


class HintLayer(Frozen):
    """Where in the teacher the hint is taken, as the runs recorded it."""

    layer: int
    """1 is the first."""
    layers: int
    """Of the teacher."""
    frozen: int
    """Layers from below that its training leaves alone."""

    @property
    def middle(self) -> bool:
        """Whether it is in the middle third of the layers, as in the paper."""
        return self.layers <= 3 * self.layer <= 2 * self.layers


class HintFinding(NamedTuple):
    """One set: means over seeds."""

    dataset: str
    first: float
    """Hint loss on validation at the first evaluation."""
    last: float
    """The least of stage 1, which is the state that stage 2 starts from."""
    gain: Difference | None
    """Test macro-F1 minus that of soft labels; None without a seed in common."""
    hints: Difference | None
    """Test macro-F1 minus that of the second stage alone, likewise."""


def context(folder: Path, inputs: Inputs, words: Words) -> dict[str, Any] | None:
    """What the section shows; None where no student had a hint stage."""
    published = published_comparisons(folder)
    each = [hint_finding(inputs.curves, dataset, published) for dataset in inputs.results.datasets]
    found = [one for one in each if one is not None]
    if not found:
        return None
    return {
        "found": found,
        "layer": hint_layer(inputs.results.datasets),
        "loss_panels": [_loss_panel(inputs, one, words) for one in found],
        "gain_panels": [_gain_panel(inputs, one, words) for one in found],
        "data": data_link([_data(inputs, one) for one in found]),
    }


def hint_finding(points: Iterable[CurvePoint], dataset: DatasetResult, published: Published) -> HintFinding | None:
    """Sum up one set; None without a hint stage."""
    curves = curves_of(points, dataset.name, METHOD, "validation hint")
    if not curves:
        return None
    gain, hints = (
        seed_difference(dataset, (METHOD, "student"), (control, "student"), published.get((CLAIM, part, dataset.name)))
        for control, part in ((CONTROL, ""), (UNHINTED, "without hints"))
    )
    return HintFinding(
        dataset=dataset.name,
        first=-sum(curve[0][1] for curve in curves.values()) / len(curves),
        last=-sum(max(value for _, value in curve) for curve in curves.values()) / len(curves),
        gain=gain,
        hints=hints,
    )


def hint_layer(datasets: Iterable[DatasetResult]) -> HintLayer | None:
    """The layer that the first set with a student of FitNets and a teacher has on record; None without any."""
    for dataset in datasets:
        student, bert = dataset.find(METHOD, "student"), dataset.find(BASELINE[0], "teacher")
        layer = student.settings.get("method", {}).get("hint_layer") if student else None
        teacher = bert.settings.get("teacher", {}) if bert else {}
        if layer is not None and {"layers", "frozen_layers"} <= teacher.keys():
            return HintLayer(layer=layer, layers=teacher["layers"], frozen=teacher["frozen_layers"])
    return None


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
    means = [(track.label, [(at, track.scale * value) for at, value in track.mean]) for track in tracks]
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
