from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from replication.data.grammar import Grammar, load_grammar
from replication.data.sources.spam_opinion_made import RECIPE
from replication.errors import UserError


def changed(tmp_path: Path, key: str, value: object) -> Path:
    """The committed grammar with one key set, or removed (None); dots lead down."""
    data: Any = YAML(typ="safe").load(RECIPE.grammar.read_text(encoding="utf-8"))
    *parents, last = key.split(".")
    place = data
    for parent in parents:
        place = place[parent]
    if value is None:
        del place[last]
    else:
        place[last] = value
    path = tmp_path / "grammar.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(data, file)
    return path


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    return load_grammar(RECIPE.grammar)


def test_the_committed_grammar_has_the_families_of_both_periods(grammar: Grammar) -> None:
    assert set(grammar.trained) == {
        *("loans", "gambling", "invoices", "phishing", "brushing", "stocks", "escort", "replicas"),
    }
    assert len(grammar.untrained) >= 2
    assert all(set(grammar.families[name].periods) == {"legacy", "current"} for name in grammar.trained)
    assert all(grammar.families[name].honest and grammar.families[name].gloss for name in grammar.families)


def test_wording_mix_and_evasions_drift(grammar: Grammar) -> None:
    for name in grammar.trained:
        periods = grammar.families[name].periods
        assert not set(periods["legacy"].patterns) & set(periods["current"].patterns)
    weights = {
        period: [grammar.families[name].periods[period].weight for name in grammar.trained]
        for period in grammar.periods
    }
    assert weights["legacy"] != weights["current"]
    assert grammar.periods["legacy"].evasions != grammar.periods["current"].evasions


def test_every_family_has_words_that_are_disguised_in_its_own_patterns(grammar: Grammar) -> None:
    for family in grammar.families.values():
        for wording in family.periods.values():
            assert any(word in pattern for word in family.disguises for pattern in wording.patterns)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("lengts", {}, "lengts: unknown key (did you mean 'lengths'?); known here: digits, disguises,"),
        ("seams", None, "seams: missing; add it"),
        (
            "periods.current.junk",
            1.5,
            "periods.current.junk: 1.5 is not allowed: input should be less than or equal to 1",
        ),
        ("families.loans.held_ou", True, "families.loans.held_ou: unknown key (did you mean 'held_out'?); known here"),
        (
            "periods.current.items",
            "many",
            "periods.current.items: 'many' is not allowed: input should be a valid integer",
        ),
        ("periods.future", {}, "periods.future: 'future' is not allowed: input should be 'legacy' or 'current'"),
        ("periods.legacy", None, "periods: 'legacy' is missing"),
        ("digits", ["0123"], "digits.0: '0123' is not allowed: string should have at least 10 characters"),
        ("lengths.least", 500, "lengths.least: 500 is more than lengths.most"),
        ("words.contact_current", None, "words: the list 'contact_current' is missing"),
        ("words.manager", ["{nobody}"], "words.manager.0: '{nobody}': no list of words is called 'nobody'"),
        ("words.manager", ["x{manager}"], "contains itself"),
        ("families.loans.honest", ["(好|坏"], "families.loans.honest.0: '(好|坏': '(' stands alone"),
        ("families.loans.honest", [], "families.loans.honest: [] is not allowed: list should have at least 1 item"),
        ("families.loans.periods.current.patterns", ["{bank}"], "no list of words is called 'bank'"),
        ("families.loans.held_out", True, "families.loans.periods: a held-out family has the period 'current' alone"),
        ("families", {}, ": no family writes its items"),
    ],
)
def test_a_bad_grammar_is_one_line_that_names_file_key_and_fault(
    tmp_path: Path, key: str, value: object, says: str
) -> None:
    path = changed(tmp_path, key, value)
    with pytest.raises(UserError) as error:
        load_grammar(path)
    message = str(error.value)
    assert says in message and message.startswith(str(path)) and "\n" not in message


@pytest.mark.parametrize(("text", "says"), [("a: [", "not valid YAML"), ("- 1\n", "expected a mapping")])
def test_a_file_that_is_no_mapping(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "grammar.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=says):
        load_grammar(tmp_path / "grammar.yaml")


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"grammar\.yaml: no such file"):
        load_grammar(tmp_path / "grammar.yaml")
