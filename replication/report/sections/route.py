"""The route: RCO's student anchor by anchor, against soft labels from the kept teacher at the same updates."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from replication.report.anchors import Course, courses
from replication.report.downloads import data_link
from replication.report.figures.tracks import Curve, Track, tracks_panel
from replication.report.inputs import Inputs
from replication.report.panels import Panel
from replication.report.tracks import curves_of, phase_ends, value_at
from replication.report.words import Words

CONTROL = "soft_label"


class Step(NamedTuple):
    """One anchor: means over the seeds that took it and that both arms have."""

    number: int
    anchors: list[int | None]
    """The different states of the teacher that the seeds took, by its updates; None where they are not known."""
    kept: bool
    """Whether they are the states that the teacher's validation chose."""
    updates: int
    score: float
    control: float | None
    """Soft labels at the same number of updates; None before their first evaluation."""
    ahead: int
    """Seeds in which the route's student is ahead."""
    seeds: int


def context(folder: Path, inputs: Inputs, words: Words) -> dict[str, Any] | None:
    """What the section shows; None where no student walked a route."""
    found = {one.name: courses(one, inputs.curves) for one in inputs.results.datasets}
    steps = {name: route_steps(inputs, some[0]) for name, some in found.items() if some}
    steps = {name: rows for name, rows in steps.items() if rows}
    if not any(found.values()):
        return None
    return {
        "steps": steps,
        "courses": [course for some in found.values() for course in some],
        "last": [rows[-1] for rows in steps.values() if rows[-1].control is not None],
        "first": [rows[0] for rows in steps.values() if rows[0].control is not None],
        "panels": [_panel(inputs, found[name][0], rows, words) for name, rows in steps.items()],
        "data": data_link({name: [step._asdict() for step in rows] for name, rows in steps.items()}),
    }


def route_steps(inputs: Inputs, course: Course) -> list[Step]:
    """The anchors of a course over the seeds, every seed's last one in the last step, whatever its number.

    After it the student is in the state that its own validation chose, and so is the control's.
    """
    dataset = course.dataset.name
    ends = phase_ends(inputs.curves, dataset, course.cell.method)
    control = curves_of(inputs.curves, dataset, CONTROL, "validation student")
    seeds = [seed for seed in course.seeds if seed in ends and len(ends[seed]) == len(course.seeds[seed])]
    steps = []
    longest = max((len(ends[seed]) for seed in seeds), default=0)
    for number in range(longest):
        rows = []
        last = number == longest - 1
        for seed in seeds:
            if not last and number >= len(ends[seed]) - 1:
                continue
            place = -1 if last else number
            curve, anchor, updates = control.get(seed, []), course.seeds[seed][place], ends[seed][place]
            other = max((value for _, value in curve), default=None) if last else value_at(curve, updates)
            rows.append((anchor, updates, other))
        both = [(anchor.validation_macro_f1, other) for anchor, _, other in rows if other is not None]
        steps.append(
            Step(
                number=number + 1,
                anchors=sorted({anchor.iteration for anchor, *_ in rows}, key=lambda at: (at is None, at or 0)),
                kept=all(anchor.kept for anchor, *_ in rows),
                updates=round(sum(updates for _, updates, _ in rows) / len(rows)),
                score=sum(anchor.validation_macro_f1 for anchor, *_ in rows) / len(rows),
                control=sum(other for _, other in both) / len(both) if both else None,
                ahead=sum(own > other for own, other in both),
                seeds=len(both),
            )
        )
    return steps


def _panel(inputs: Inputs, course: Course, steps: list[Step], words: Words) -> Panel:
    dataset, method = course.dataset.name, course.cell.method
    ends = phase_ends(inputs.curves, dataset, method)
    curves: dict[int, Curve] = {
        seed: [
            (updates, anchor.validation_macro_f1) for updates, anchor in zip(ends.get(seed, []), anchors, strict=False)
        ]
        for seed, anchors in course.seeds.items()
        if ends.get(seed)
    }
    mean = [(step.updates, step.score) for step in steps]
    tracks = [Track(method, words.name(method, "student"), curves, scale=100, own_mean=mean)]
    control = curves_of(inputs.curves, dataset, CONTROL, "validation student")
    if control:
        tracks.append(Track(CONTROL, words.name(CONTROL, "student"), control, dashed=True, scale=100))
    title = words.text("route_panel", title=words.dataset(inputs.cards[dataset]), step=steps[-1])
    means = [(track.label, track.mean) for track in tracks]
    description = words.text("route_description", means=means)
    name, axes = f"route-{dataset}", (words.text("iterations_axis"), words.text("validation_axis"))
    return Panel(name, title, tracks_panel(tracks, *axes, name, title, description))
