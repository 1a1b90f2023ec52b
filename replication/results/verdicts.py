"""`verdicts.json`: every claim with its verdict and the estimates behind it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from replication.results.comparisons import Bound, Unit
from replication.results.files import Frozen

Judgement = Literal["supported", "contradicted", "inconclusive", "not measured"]


class BothLanguages(Frozen):
    """A text in the languages of the report."""

    en: str
    zh: str


class SetEstimate(Frozen):
    """A comparison on one set."""

    dataset: str
    part: str
    unit: Unit
    estimate: float
    low: float
    high: float
    seeds: int
    items: int
    bound: Bound = "exact"


class PartEstimate(Frozen):
    """One part of a claim, pooled over its sets: their mean (of ratios, the geometric mean)."""

    part: str
    unit: Unit
    estimate: float
    low: float
    high: float
    p_supported: float
    p_contradicted: float
    bound: Bound = "exact"
    """Of the estimate: `at most` or `at least` where some set's is and no other's the other way."""
    interquartile_mean: float | None = None
    """Of all seeds on all sets, where the seeds' own estimates are known."""


class Verdict(Frozen):
    """A claim and what the numbers say of it."""

    claim: str
    text: BothLanguages
    where: BothLanguages
    comparison: BothLanguages
    metric: str
    section: str
    rule: Literal["above", "below", "equivalent"]
    margin: float
    verdict: Judgement
    unit: Unit
    estimate: float | None = None
    """Of the part that decides, pooled over sets."""
    low: float | None = None
    high: float | None = None
    bound: Bound = "exact"
    """Of that estimate."""
    part: str = ""
    """The part that decides: the weakest, or of a contradicted claim the one that contradicts it most."""
    p_value: float | None = None
    """Two-sided, of the claim by itself."""
    adjusted_p_value: float | None = None
    """After Holm's correction over all claims that were measured."""
    parts: list[PartEstimate] = Field(default_factory=list)
    sets: list[SetEstimate] = Field(default_factory=list)
    missing: list[str] = Field(default_factory=list)
    """Parts, or files of measurements, without a result; a claim with any cannot be supported."""
    settling_seeds: int | None = None
    """Of an inconclusive claim: seeds on every set that would settle it if the estimates stayed where they are."""
    settling_items: int | None = None
    """Likewise, test items on the set that has most of them, the other sets' in proportion."""
    settling_factor: int | None = None
    """Likewise, how many times as many seeds and items together."""
