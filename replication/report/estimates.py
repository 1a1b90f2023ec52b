"""How the estimate of a claim is written: its number in its unit, a sign before a bound, its interval, its p-value.

Page, drawings, headline and terminal write alike; imports nothing heavy.
"""

from __future__ import annotations

from typing import Protocol

from replication.report.numbers import MINUS, count, points

UNITS = {"share": "points", "ratio": "times", "cosine": "in cosine", "nats": "nats"}
"""What stands after a number, in English."""
SIGNS = {"exact": "", "at most": "≤ ", "at least": "≥ ", "unknown": "? "}
"""What stands before one, by its bound; `? `: it is a mean of bounds of both kinds, or a ratio of two bounds."""
LEAST_P = 0.0001


class Estimated(Protocol):
    """An estimate with its interval."""

    @property
    def estimate(self) -> float:
        """In its unit."""

    @property
    def low(self) -> float:
        """Of the interval."""

    @property
    def high(self) -> float:
        """Of the interval."""

    @property
    def unit(self) -> str:
        """`share`, `ratio`, `cosine` or `nats`."""

    @property
    def bound(self) -> str:
        """What the estimate is."""


def number(value: float, unit: str, bound: str = "exact") -> str:
    """A share in points, a ratio with three digits, a cosine and nats with three decimals.

    0.0216 -> +2.2 (share); 0.2022 -> ≤ 0.202 (ratio, at most); -0.018 -> −0.018 (cosine).
    """
    return SIGNS[bound] + _number(value, unit)


def _number(value: float, unit: str) -> str:
    if unit == "share":
        return points(value)
    if unit == "ratio":
        return count(value) if value >= 99.5 else f"{value:.3g}"
    text = f"{value:+.3f}"
    return "0.000" if float(text) == 0 else text.replace("-", MINUS)


def written(one: Estimated) -> str:
    """+1.9 [+1.2, +2.6]; without brackets where the interval has no width."""
    text = number(one.estimate, one.unit, one.bound)
    return text if one.low == one.high else f"{text} [{number(one.low, one.unit)}, {number(one.high, one.unit)}]"


def p_value(value: float) -> str:
    """0.11599 -> 0.1160; what four decimals would show as nothing is said to be below 0.0001."""
    return f"{value:.4f}" if value >= LEAST_P else f"< {LEAST_P:.4f}"
