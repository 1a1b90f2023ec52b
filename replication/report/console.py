"""The results and the verdicts for the terminal. Importing it imports nothing heavy."""

from __future__ import annotations

from pathlib import Path

from rich.console import Group
from rich.markup import escape
from rich.table import Table

from replication.report.estimates import UNITS, written
from replication.report.numbers import count, percent, points, seconds
from replication.results.cells import CellResult, Interval, Results
from replication.results.files import read_json


def results_table(profile_folder: Path) -> Group:
    """The results, and below them the verdicts where the claims have been judged.

    Raises:
        UserError: `results.json` is missing, or a file is damaged.
    """
    tables = [_results(profile_folder)]
    if (profile_folder / "verdicts.json").is_file():
        tables.append(_verdicts(profile_folder))
    return Group(*tables)


def _results(profile_folder: Path) -> Table:
    """Macro-F1 and accuracy with intervals, the difference to the TextCNN, parameters and time, a row a cell."""
    results = read_json(profile_folder / "results.json", Results)
    confidence = f"{100 * results.parameters['statistics']['confidence']:g}%"
    table = Table(
        title=f"Profile {results.profile}: test scores in %, mean over seeds [{confidence} interval]",
        caption="Differences are to the TextCNN on labels alone, in points; * its interval is clear of 0.",
    )
    for name in ("dataset", "method", "model"):
        table.add_column(name)
    for name in ("macro-F1", "difference", "accuracy", "parameters", "seconds"):
        table.add_column(name, justify="right")
    for dataset in results.datasets:
        for cell in dataset.cells:
            table.add_row(dataset.name, cell.method, cell.model, *_numbers(cell))
        table.add_section()
    return table


def _verdicts(profile_folder: Path) -> Table:
    """A row a claim: the estimate of the part that decides, with its interval."""
    from replication.results.verdicts import Verdict  # imports scipy

    table = Table(
        title="Claims",
        caption="The estimate is of the part that decides, ≤ or ≥ before one that is a bound. Verdicts are corrected "
        "for being several, intervals are not.",
    )
    for name in ("claim", "verdict", "estimate", "unit", "part"):
        table.add_column(name, justify="right" if name == "estimate" else "left")
    for one in read_json(profile_folder / "verdicts.json", list[Verdict]):
        deciding = next((part for part in one.parts if part.part == one.part), None)
        shown = ["", "", ""] if deciding is None else [escape(written(deciding)), UNITS[one.unit], one.part]
        table.add_row(one.claim, one.verdict, *shown)
    return table


def _numbers(cell: CellResult) -> list[str]:
    if not cell.metrics:
        return ["no result"]
    delta = cell.delta.get("macro_f1")
    return [
        _estimate(cell.metrics["macro_f1"]),
        _difference(delta) if delta is not None else "",
        _estimate(cell.metrics["accuracy"]),
        count(cell.parameter_count or 0),
        seconds(cell.seconds or 0.0),
    ]


def _estimate(interval: Interval) -> str:
    return f"{percent(interval.mean)} \\[{percent(interval.low)}, {percent(interval.high)}]"


def _difference(interval: Interval) -> str:
    mark = "*" if interval.separated else " "
    return f"{points(interval.mean)}{mark}\\[{points(interval.low)}, {points(interval.high)}]"
