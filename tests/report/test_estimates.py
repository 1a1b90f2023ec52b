"""How the estimates of claims are written."""

from __future__ import annotations

import pytest

from replication.report import estimates
from replication.report.page import templates
from replication.report.words import Words
from replication.results.verdicts import PartEstimate


@pytest.mark.parametrize(
    ("value", "unit", "bound", "text"),
    [
        (0.0216, "share", "exact", "+2.2"),
        (-0.0004, "share", "exact", "−0.04"),
        (0.20222, "ratio", "at most", "≤ 0.202"),
        (4.0, "ratio", "at least", "≥ 4"),
        (0.5, "ratio", "unknown", "? 0.5"),
        (51.06, "ratio", "exact", "51.1"),
        (153.3, "ratio", "exact", "153"),
        (999.7, "ratio", "exact", "1,000"),
        (-0.0178, "cosine", "exact", "−0.018"),
        (-0.0004, "cosine", "exact", "0.000"),
        (1.2869, "nats", "exact", "+1.287"),
    ],
)
def test_a_number_in_its_unit(value: float, unit: str, bound: str, text: str) -> None:
    assert estimates.number(value, unit, bound) == text


def test_an_interval_without_width_is_left_out() -> None:
    one = PartEstimate(part="", unit="share", estimate=0.02, low=0.01, high=0.03, p_supported=0.1, p_contradicted=0.9)
    assert estimates.written(one) == "+2.0 [+1.0, +3.0]"
    assert estimates.written(one.model_copy(update={"low": 0.02, "high": 0.02, "bound": "at most"})) == "≤ +2.0"


@pytest.mark.parametrize(
    ("value", "text"), [(0.11599, "0.1160"), (1.0, "1.0000"), (0.0001, "0.0001"), (9e-5, "< 0.0001"), (0.0, "< 0.0001")]
)
def test_no_p_value_is_nothing(value: float, text: str) -> None:
    assert estimates.p_value(value) == text


def test_the_units_are_those_of_the_page() -> None:
    words = Words(templates())
    assert {unit: words.text("board_unit", unit=unit) for unit in estimates.UNITS} == estimates.UNITS
