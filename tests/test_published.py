"""The published numbers: complete, none called comparable without ground, and defects named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from replication.data.identity import SOURCES
from replication.errors import UserError
from replication.published import PUBLISHED, load_published


def test_every_row_has_a_source_and_says_why_it_is_not_comparable() -> None:
    numbers = load_published()
    assert len(numbers) > 15
    assert all(row.why is not None and row.why.zh for row in numbers if not row.comparable)
    titles = next(row for row in numbers if row.set.startswith("THUCNews titles"))
    assert {one.system: one.value for one in titles.values}["TextCNN"] == 91.22


def test_numbers_are_written_with_the_digits_of_the_file() -> None:
    literals = re.findall(r"\bvalue: ([\d.]+)", PUBLISHED.read_text(encoding="utf-8"))
    assert [one.written for row in load_published() for one in row.values] == literals
    assert {"91.22", "95.0", "92.00", "3.30", "434"} <= set(literals)


def test_our_sets_stand_beside_their_own_corpus() -> None:
    beside = {row.set: row.beside for row in load_published()}
    assert all((SOURCES / f"{name}.py").is_file() for names in beside.values() for name in names)
    assert beside["TNEWS′ of CLUE"] == ["clue_tnews"] and beside["IFLYTEK′ of CLUE"] == ["clue_iflytek"]
    assert {tuple(names) for name, names in beside.items() if name.startswith("ChnSentiCorp")} == {("chnsenticorp",)}


def test_a_number_that_is_not_comparable_needs_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "published.yaml"
    row = "numbers:\n  - {set: a, source: b, read: primary, metric: c, comparable: false, beside: [], values: "
    path.write_text(row + "[{system: d, value: 1.0}]}\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"numbers.0.why: missing; say why 'a' is not comparable"):
        load_published(path)
    path.write_text(row + "[{system: d, value: high}]}\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"numbers.0.values.0.value: 'high' is not allowed"):
        load_published(path)
    assert PUBLISHED.is_file()
