"""Values during training: seeds thin, their mean bold, one track a method and series."""

from __future__ import annotations

from typing import NamedTuple

from replication.report.figures.places import spread
from replication.report.figures.style import axis_title, look, panel, svg

WIDTH, HEIGHT, LEFT = 340, 220, 40
LABEL_GAP = 0.085
"""Least distance of two labels, as a share of the axis."""

Curve = list[tuple[int, float]]
"""(updates, value), in order."""


class Track(NamedTuple):
    """What one method had, by seed; drawn dashed where it is the second series of its method."""

    method: str
    label: str
    curves: dict[int, Curve]
    dashed: bool = False
    scale: float = 1.0
    """Values are multiplied by it: 100 for shares shown in percent."""
    own_mean: Curve | None = None
    """The mean over seeds, where their points do not belong together one by one."""

    @property
    def mean(self) -> Curve:
        """The mean over seeds."""
        return mean_curve(self.curves) if self.own_mean is None else self.own_mean


def mean_curve(curves: dict[int, Curve]) -> Curve:
    """Mean over seeds, point by point, where every seed has as many points."""
    shortest = min(len(curve) for curve in curves.values())
    count = len(curves)
    return [
        (
            round(sum(curve[at][0] for curve in curves.values()) / count),
            sum(curve[at][1] for curve in curves.values()) / count,
        )
        for at in range(shortest)
    ]


def tracks_panel(
    tracks: list[Track], across: str, upwards: str, name: str, title: str, description: str, start: int = 0
) -> str:
    """Draw the tracks, each with its label at its end.

    Args:
        tracks: none of them without a seed.
        across: title of the horizontal axis.
        upwards: title of the vertical axis.
        name: of the figure, unique on the page.
        title: short text alternative.
        description: what is to be seen.
        start: where the horizontal axis starts.
    """
    axes = panel(WIDTH, HEIGHT, LEFT, right=84, top=26, bottom=40)
    ends = []
    for track in tracks:
        appearance, style = look(track.method), "--" if track.dashed else "-"
        for curve in track.curves.values():
            values = [track.scale * value for _, value in curve]
            axes.plot(
                [at for at, _ in curve], values, color=appearance.colour, linewidth=0.7, alpha=0.4, linestyle=style
            )
        axes.plot(
            [at for at, _ in track.mean],
            [track.scale * value for _, value in track.mean],
            color=appearance.colour,
            linewidth=2,
            linestyle=style,
            marker=appearance.marker,
            markersize=5,
        )
        at, value = track.mean[-1]
        ends.append((track.scale * value, at, track.label))
    axes.set_xlim(left=start)
    axes.locator_params(axis="both", nbins=5)
    low, high = axes.get_ylim()
    heights = spread([value for value, *_ in ends], LABEL_GAP * (high - low))
    for (_, at, label), height in zip(ends, heights, strict=True):
        axes.annotate(label, (at, height), (7, 0), textcoords="offset points", va="center", fontsize=9.5)
    axes.set_xlabel(across)
    axis_title(axes, upwards)
    return svg(axes, name, title, description)
