"""The verdicts in short: a row a claim."""

from __future__ import annotations

from collections.abc import Sequence

from replication.report.readings import Readings
from replication.report.words import Words
from replication.results.verdicts import Verdict


def board(verdicts: Sequence[Verdict], readings: Readings, words: Words) -> str:
    """The table, as Markdown.

    Args:
        verdicts: a row each.
        readings: what they are to be read with.
        words: of the report, in English.
    """
    measured = sum(one.verdict != "not measured" for one in verdicts)
    lines = [
        words.text("board_correction", claims=measured),
        "",
        "| claim | claimed | verdict | estimate | sets |",
        "|---|---|---|--:|---|",
    ]
    lines += [_row(one, readings, words) for one in verdicts]
    return "\n".join(lines) + "\n"


def _row(one: Verdict, readings: Readings, words: Words) -> str:
    names = {narrowed.dataset: narrowed.dataset for narrowed in readings.narrowed}
    verdict, reading = one.verdict, words.text("board_reading", verdict=one, readings=readings, names=names)
    cells = (
        f"{one.claim}: {one.text.en}",
        words.text("board_claimed", verdict=one),
        f"{verdict}. {reading}" if reading else verdict,
        words.text("board_estimates", verdict=one),
        ", ".join(_set_names(one)),
    )
    return f"| {' | '.join(cells)} |"


def _set_names(one: Verdict) -> list[str]:
    """The sets that the estimate is of: those of the part that decides."""
    return [item.dataset for item in one.sets if item.part == one.part]
