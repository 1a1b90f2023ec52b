"""How numbers are written."""

from __future__ import annotations

import pytest

from replication.report import numbers
from replication.report.figures.style import LOOKS, OKABE_ITO, look


def test_percent_and_count() -> None:
    assert numbers.percent(0.72163) == "72.2"
    assert numbers.percent(1.0) == "100.0"
    assert numbers.count(12_000_000) == "12,000,000"
    assert numbers.short_hash("0123456789abcdef") == "0123456789ab"
    assert numbers.span([800, 12_000, 900]) == "800–12,000"
    assert numbers.span([800, 800]) == "800"


@pytest.mark.parametrize(
    ("difference", "text"),
    [(0.0216, "+2.2"), (-0.0216, "−2.2"), (0.0001, "+0.01"), (-0.0004, "−0.04"), (-0.00004, "0.0"), (0.1, "+10.0")],
)
def test_points(difference: float, text: str) -> None:
    assert numbers.points(difference) == text


@pytest.mark.parametrize(("value", "text"), [(12.4, "12 s"), (754.0, "12 min 34 s"), (7300.0, "2 h 1 min")])
def test_duration(value: float, text: str) -> None:
    assert numbers.duration(value) == text


def test_settings_are_written_as_their_keys_are_set() -> None:
    values = {"student": {"widths": [2, 3], "patience": None, "training": {"rate": 0.003}}, "method": {}, "kind": "all"}
    written = "kind: all, student.patience: null, student.training.rate: 0.003, student.widths: [2, 3]"
    assert numbers.settings(values) == written


def test_looks_are_fixed_by_name() -> None:
    assert look("soft_label") == LOOKS["soft_label"]
    assert look("some_new_method") == look("some_new_method")
    assert look("some_new_method").colour in OKABE_ITO.values()
    assert len(set(LOOKS.values())) == len(LOOKS)


def test_variants_of_a_scheme_share_its_colour() -> None:
    for name, appearance in LOOKS.items():
        family = name[: len("scheme1")]
        if family in LOOKS:
            assert appearance.colour == LOOKS[family].colour
