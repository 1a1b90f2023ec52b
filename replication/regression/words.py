"""A check in words: one line a failure for the terminal, a table in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from replication.regression.shapes import CellCheck, Check, Verdict
from replication.report.numbers import percent, points

SAID: dict[Verdict, str] = {
    "missing": "missing",
    "worse": "worse",
    "implausible": "better: look why",
    "better": "better",
    "cannot tell": "cannot tell",
    "new": "new",
    "level": "level",
    "same": "same",
}
"""By verdict, how it is said; the worst first."""


def failures(check: Check) -> list[str]:
    """One line a cell that fails the check; one line where nothing could be compared."""
    lines = [line(cell) for cell in check.having("missing", "worse", "implausible")]
    if not check.passed and not lines:
        lines = [
            "nothing could be compared: no dataset of the run has the accepted test items; if the data was changed "
            "on purpose, run `python -m replication accept --reason TEXT`"
        ]
    return lines


def line(cell: CellCheck) -> str:
    """One cell in one line."""
    if cell.difference is None:
        return f"{cell.name}: {SAID[cell.verdict]}: {cell.why}"
    hint = (
        "; look for test items among the training items before you accept it" if cell.verdict == "implausible" else ""
    )
    why = f"; {cell.why}" if cell.why else ""
    return f"{cell.name}: {SAID[cell.verdict]}: {_difference(cell)} points ({_change(cell)}){hint or why}"


def summary(check: Check) -> str:
    """How many cells came out which way, and how large a fall would have been seen on each set."""
    counts = [f"{len(check.having(verdict))} {said}" for verdict, said in SAID.items() if check.having(verdict)]
    falls = [f"{name} {_falls(cells)}" for name, cells in _by_set(check).items()]
    seen = f"; smallest fall called a regression, in points: {', '.join(falls)}" if falls else ""
    return f"accepted results of the profile {check.profile}: {', '.join(counts)}{seen}"


def markdown(check: Check) -> str:
    """The whole check as Markdown; cells whose predictions are the accepted ones are only counted."""
    verdict = "passed" if check.passed else "failed"
    lines = [f"### Accepted results: {verdict}", "", f"{_sentence(summary(check))}.", ""]
    rows = [cell for verdict in SAID for cell in check.having(verdict) if verdict != "same"]
    if rows:
        lines += ["| cell | verdict | accepted → now | difference in points | |", "|---|---|--:|--:|---|"]
        lines += [
            f"| {cell.name} | {SAID[cell.verdict]} | {_change(cell)} | {_difference(cell)} | {cell.why} |"
            for cell in rows
        ]
        lines.append("")
    lines += [
        f"Macro-F1 in %. Intervals hold together with a confidence of {100 * check.confidence:g}%; a drop is called a "
        f"regression where its interval is clear of 0 and it is at least {100 * check.floor:g} point.",
        f"The accepted results' reason: {check.reason}",
    ]
    return "\n".join(lines) + "\n"


def _by_set(check: Check) -> dict[str, list[float]]:
    """The smallest fall that would have been called a regression, of every cell that has one, by set."""
    found: dict[str, list[float]] = {}
    for cell in check.cells:
        if cell.smallest_fall is not None:
            found.setdefault(cell.dataset, []).append(cell.smallest_fall)
    return found


def _falls(cells: Sequence[float]) -> str:
    least, most = percent(min(cells)), percent(max(cells))
    return least if least == most else f"{least} to {most} by cell"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _change(cell: CellCheck) -> str:
    accepted, current = (percent(one) if one is not None else "–" for one in (cell.accepted, cell.current))
    return f"{accepted} → {current}"


def _difference(cell: CellCheck) -> str:
    if cell.difference is None:
        return ""
    if cell.low is None or cell.high is None:
        return points(cell.difference)
    return f"{points(cell.difference)} [{points(cell.low)}, {points(cell.high)}]"
