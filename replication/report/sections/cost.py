"""What it costs: latency, size and operations of the teacher and the student, beside their scores."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from replication.report.downloads import data_link
from replication.report.figures.cost import Mark, Scales, cost_panel, scales
from replication.report.findings import METRIC
from replication.report.inputs import Inputs
from replication.report.panels import Panel
from replication.report.words import Words
from replication.results.cells import BASELINE, CellResult
from replication.results.comparisons import Comparison
from replication.results.cost import CostResult, Latency, Role, Runtime
from replication.results.files import read_json
from replication.results.verdicts import Verdict

RUNTIMES: tuple[Runtime, ...] = ("pytorch", "onnxruntime")
LEAST_CALLS = {"p95": 100, "p99": 200}
"""With fewer calls a percentile is hardly more than the slowest of them, and is not shown."""
Standing = Literal["above", "below", "level"]


class Row(NamedTuple):
    """Both networks under one setting."""

    teacher: Latency
    student: Latency

    texts: int
    """Different ones, timed in calls of a batch each."""

    @property
    def ratio(self) -> float:
        """How many times the student's median the teacher's is."""
        return self.teacher.p50 / self.student.p50


def context(folder: Path, inputs: Inputs, words: Words) -> dict[str, Any] | None:
    """What the template shows, or None where the cost has not been measured.

    Raises:
        UserError: the file is damaged.
    """
    path = folder / "cost.json"
    if not path.is_file():
        return None
    found = read_json(path, CostResult)
    cells = _cells(inputs, found.dataset)
    comparisons, margin = {one.part: one for one in found.comparisons}, _margin(folder, found)
    return {
        "found": found,
        "title": words.text("cost_title", comparisons=comparisons),
        "panels": _panels(found, cells, words),
        "rows": rows(found),
        "least_calls": LEAST_CALLS,
        "standings": [(one, None if margin is None else standing(one, margin)) for one in found.comparisons],
        "margin": margin,
        "versions": ", ".join(f"{name} {version}" for name, version in sorted(found.versions.items())),
        "teacher": next((cell for cell in cells if cell.model == "teacher"), None),
        "students": [cell for cell in cells if cell.model == "student"],
        "link": data_link({"cost": found.model_dump(), METRIC: [_score(cell) for cell in cells]}),
    }


def rows(found: CostResult) -> list[Row]:
    """A row a setting, with both networks, which were timed on the same texts."""
    return [
        Row(
            one,
            found.latency("student", one.runtime, one.threads, one.batch),
            one.batch * one.calls // found.repeats,
        )
        for one in found.latencies
        if one.role == "teacher"
    ]


def _margin(folder: Path, found: CostResult) -> float | None:
    """How many times smaller and faster the claim wants the TextCNN, as it was judged; None where it was not."""
    path = folder / "verdicts.json"
    claims = {one.claim for one in found.comparisons}
    verdicts = read_json(path, list[Verdict]) if path.is_file() else []
    return next((verdict.margin for verdict in verdicts if verdict.claim in claims), None)


def standing(comparison: Comparison, margin: float) -> Standing:
    """Where a ratio's interval lies: from the margin on, below it, or across it."""
    if comparison.low >= margin:
        return "above"
    return "below" if comparison.high < margin else "level"


def _cells(inputs: Inputs, dataset: str) -> list[CellResult]:
    """Every TextCNN of the set, and the BERT of its own stage."""
    own = [one for one in inputs.results.datasets if one.name == dataset]
    cells = [cell for one in own for cell in one.cells if cell.metrics and cell.trained]
    return [cell for cell in cells if cell.model == "student" or (cell.method, cell.model) == (BASELINE[0], "teacher")]


def _score(cell: CellResult) -> dict[str, Any]:
    return {"method": cell.method, "model": cell.model, **cell.metrics[METRIC].model_dump()}


def _panels(found: CostResult, cells: list[CellResult], words: Words) -> list[Panel]:
    """A panel a runtime, on common axes."""
    marks = {runtime: [_mark(found, cell, runtime, words) for cell in cells] for runtime in RUNTIMES}
    common = scales([mark for own in marks.values() for mark in own]) if cells else None
    return [_panel(found, runtime, marks, common, words) for runtime in RUNTIMES if common]


def _mark(found: CostResult, cell: CellResult, runtime: Runtime, words: Words) -> Mark:
    role: Role = "teacher" if cell.model == "teacher" else "student"
    score = cell.metrics[METRIC]
    return Mark(
        method=cell.method,
        role=role,
        label=words.name(cell.method, cell.model),
        milliseconds=found.latency(role, runtime, 1, 1).p50,
        score=(100 * score.mean, 100 * score.low, 100 * score.high),
        size=found.network(role).weights_bytes,
    )


def _panel(
    found: CostResult, runtime: Runtime, marks: Mapping[Runtime, list[Mark]], common: Scales, words: Words
) -> Panel:
    ratio = next(one for one in found.comparisons if one.part == f"latency {runtime}")
    title = words.text("cost_panel_title", runtime=runtime, ratio=ratio)
    description = words.text("cost_description", marks=marks[runtime])
    name = f"cost-{runtime}"
    return Panel(name, title, cost_panel(marks[runtime], common, name, title, description, words))
