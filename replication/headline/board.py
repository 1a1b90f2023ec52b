"""The verdicts in short: a row a claim."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from replication.report.numbers import MINUS, points

UNITS = {"share": " points", "ratio": "", "cosine": "", "nats": " nats"}


class Judged(BaseModel):
    """A set that bears on a part of a claim."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    dataset: str
    part: str = ""


class ClaimText(BaseModel):
    """A claim in words."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    en: str


class HeadlineVerdict(BaseModel):
    """What the headline reads of an entry of `verdicts.json`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    claim: str
    text: ClaimText | None = None
    verdict: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = "share"
    part: str = ""
    """Which of the claim's parts decides."""
    sets: list[Judged | str] | str = ""

    @property
    def set_names(self) -> str:
        """The sets that the estimate is of, each named once: of the part that decides, where one is named."""
        if isinstance(self.sets, str):
            return self.sets
        named = [Judged(dataset=one, part=self.part) if isinstance(one, str) else one for one in self.sets]
        names = [one.dataset for one in named if not self.part or one.part == self.part]
        return ", ".join(dict.fromkeys(names))


def board(verdicts: Sequence[HeadlineVerdict]) -> str:
    """The table, as Markdown."""
    lines = ["| claim | verdict | estimate | sets |", "|---|---|--:|---|"]
    for one in verdicts:
        claim = one.claim if one.text is None else f"{one.claim}: {one.text.en}"
        estimate = f"{_estimate(one)} ({one.part})" if one.part else _estimate(one)
        lines.append(f"| {claim} | {one.verdict} | {estimate} | {one.set_names} |")
    return "\n".join(lines) + "\n"


def _estimate(one: HeadlineVerdict) -> str:
    if one.estimate is None:
        return ""
    unit = UNITS.get(one.unit, f" {one.unit}")
    text = _number(one.estimate, one.unit)
    if one.low is None or one.high is None:
        return f"{text}{unit}"
    return f"{text} [{_number(one.low, one.unit)}, {_number(one.high, one.unit)}]{unit}"


def _number(value: float, unit: str) -> str:
    return points(value) if unit == "share" else f"{value:.3g}".replace("-", MINUS)
