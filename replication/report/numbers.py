"""How numbers and settings are written: shares as percentages, differences as signed points; one decimal as a rule."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"


def percent(share: float) -> str:
    """0.7216 -> 72.2."""
    return f"{100 * share:.1f}"


def points(difference: float) -> str:
    """0.0216 -> +2.2; 0.0002 -> +0.02: on which side of 0 an interval ends is shown; what is 0 in both has no sign."""
    for text in (f"{100 * difference:+.1f}", f"{100 * difference:+.2f}"):
        if float(text):
            return text.replace("-", MINUS)
    return "0.0"


def count(number: float) -> str:
    """12000000 -> 12,000,000."""
    return f"{number:,.0f}"


def span(numbers: Collection[int]) -> str:
    """[800, 12000] -> 800–12,000; [800, 800] -> 800.

    Raises:
        ValueError: there are none.
    """
    least, most = min(numbers), max(numbers)
    return count(least) if least == most else f"{count(least)}{EN_DASH}{count(most)}"


def seconds(value: float) -> str:
    """83.24 -> 83.2."""
    return f"{value:,.1f}"


def duration(value: float) -> str:
    """A wall time in words: 754 -> 12 min 34 s."""
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def short_hash(digest: str) -> str:
    """The first twelve digits."""
    return digest[:12]


def settings(values: Mapping[str, Any], prefix: str = "") -> str:
    """{"student": {"dropout": 0.5, "patience": None}} -> student.dropout: 0.5, student.patience: null."""
    parts = []
    for key, value in sorted(values.items()):
        if isinstance(value, Mapping):
            parts.append(settings(value, f"{prefix}{key}."))
        else:
            written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            parts.append(f"{prefix}{key}: {written}")
    return ", ".join(part for part in parts if part)
