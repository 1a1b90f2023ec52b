"""The claims: those of the table, each complete, and every defect of the file named."""

from __future__ import annotations

from pathlib import Path

import pytest

from replication.claims import CLAIMS, load_claims
from replication.config import available
from replication.errors import UserError

ROOT = Path(__file__).parents[1]
RULES = {
    "temperature": ("above", 0.0), "soft-label": ("above", 0.0), "few-samples": ("below", 1.0),
    "noise": ("above", 0.0), "generalisation": ("below", 0.0), "hints": ("above", 0.0), "route": ("above", 0.0),
    "feedback": ("above", 0.0), "feedback-teacher": ("above", 0.0), "sum-student": ("below", -0.01),
    "sum-teacher": ("equivalent", 0.01), "history-recall": ("below", 0.0), "history-coverage": ("above", 0.05),
    "small-fast": ("above", 10.0),
}  # fmt: skip


def test_the_fourteen_claims_and_their_rules() -> None:
    claims = load_claims(ROOT / CLAIMS)
    assert {claim.id: (claim.rule, claim.margin) for claim in claims} == RULES


def test_every_claim_has_both_languages_and_methods_that_exist() -> None:
    methods = set(available("methods"))
    for claim in load_claims(ROOT / CLAIMS):
        for text in (claim.claim, claim.where, claim.comparison):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh)
            assert text.en.isascii() or "’" in text.en
        for pair in claim.pairs:
            assert {*pair.arm, *pair.reference} <= methods


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("id: hints", "id: route", "claims: 'route' stands there twice"),
        ("rule: equivalent", "rule: equal", "claims.10.rule: 'equal' is not allowed"),
        ("    margin: 10.0", "    margin: -1.0", "small-fast: margin: expected a number above 0, found -1"),
        ("    source: cost", "    source: comparisons", "small-fast: pairs: expected with `source: comparisons`"),
        ("    section: cost", "    section: cost\n    sektion: x", "sektion: unknown key"),
    ],
)
def test_a_defect_is_named(tmp_path: Path, before: str, after: str, message: str) -> None:
    text = (ROOT / CLAIMS).read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "claims.yaml"
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(UserError, match=message) as caught:
        load_claims(path)
    assert "\n" not in str(caught.value)
