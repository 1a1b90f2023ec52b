"""A check in words: one line a failure for the terminal, a table in Markdown."""

from __future__ import annotations

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
    """How many cells came out which way."""
    counts = [f"{len(check.having(verdict))} {said}" for verdict, said in SAID.items() if check.having(verdict)]
    return f"accepted results of the profile {check.profile}: {', '.join(counts)}"


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
