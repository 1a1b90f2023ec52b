"""How numbers are written: shares as percentages, differences as signed points, both with one decimal."""

from __future__ import annotations

MINUS = "\N{MINUS SIGN}"


def percent(share: float) -> str:
    """0.7216 -> 72.2."""
    return f"{100 * share:.1f}"


def points(difference: float) -> str:
    """0.0216 -> +2.2; a difference that rounds to nothing has no sign."""
    text = f"{100 * difference:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", MINUS)


def count(number: float) -> str:
    """12000000 -> 12,000,000."""
    return f"{number:,.0f}"


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
