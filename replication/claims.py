"""The article's claims and how each is judged, from `baselines/claims.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from replication.errors import UserError
from replication.strict import Name, Strict, read_yaml, validate

CLAIMS = Path(__file__).parent / "baselines" / "claims.yaml"
Words = Annotated[str, Field(min_length=1)]
PREDICTIONS = "comparisons"
"""The source of the claims that runs' predictions judge."""


class Text(Strict):
    """What is said of a claim, in both languages of the report."""

    en: Words
    zh: Words


class Pair(Strict):
    """Two runs that are compared on the same items, seed by seed: the estimate is `arm` minus `reference`."""

    part: str = ""
    """What tells several pairs of a claim apart."""
    model: Literal["student", "teacher"]
    arm: Annotated[list[Name], Field(min_length=1)]
    """The first of these methods that a set has."""
    reference: Annotated[list[Name], Field(min_length=1)]


class Claim(Strict):
    """One claim and its rule."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z-]*$")]
    claim: Text
    """In our own words; the article is not quoted."""
    where: Text
    """Where the article makes it."""
    comparison: Text
    metric: Words
    unit: Literal["share", "ratio", "cosine", "nats"]
    """Of the margin."""
    sets: Literal["every", "opinion"]
    rule: Literal["above", "below", "equivalent"]
    margin: float
    """`above`: the estimate exceeds it; `below`: stays under it; `equivalent`: lies within ± it."""
    source: Name
    """The file of `reports/<profile>/`, without its suffix, whose comparisons judge the claim."""
    further_sources: list[Name] = Field(default_factory=list)
    section: Name
    """The section of the report that shows the measurement."""
    pairs: list[Pair] = Field(default_factory=list)
    """Of the claims that runs' predictions judge."""
    further: list[Pair] = Field(default_factory=list)
    """Not judged: what a judged difference is made of."""


class Claims(Strict):
    """All of `claims.yaml`."""

    claims: Annotated[list[Claim], Field(min_length=1)]


def load_claims(path: Path = CLAIMS) -> list[Claim]:
    """Read and check the claims.

    Raises:
        UserError: the file is missing, or has a key or value that is not allowed.
    """
    claims = validate(Claims, read_yaml(path), str(path)).claims
    names = [claim.id for claim in claims]
    for claim in claims:
        if names.count(claim.id) > 1:
            raise UserError(f"{path}: claims: {claim.id!r} stands there twice; give every claim an id of its own")
        if bool(claim.pairs) != (claim.source == PREDICTIONS):
            raise UserError(
                f"{path}: {claim.id}: pairs: expected with `source: {PREDICTIONS}` and only with it; "
                f"the source is {claim.source!r}"
            )
        if (claim.rule == "equivalent" and claim.margin <= 0) or (claim.unit == "ratio" and claim.margin <= 0):
            raise UserError(f"{path}: {claim.id}: margin: expected a number above 0, found {claim.margin:g}")
    return claims
