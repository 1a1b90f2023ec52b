"""Verdicts: every word, by hand-made comparisons; what is missing; what would settle; and the files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from replication.claims import Claim, load_claims
from replication.errors import UserError
from replication.evaluation.measured import unmeasured
from replication.evaluation.verdicts import judge, rise_of_entropy, write_verdicts
from replication.files import write_json
from replication.results.cells import Results
from replication.results.comparisons import Comparison, VarianceParts, compared, spread_of
from replication.results.softmax import TemperatureResult
from replication.results.verdicts import Verdict
from replication.statistics import Spread
from tests.made_runs import PARAMETERS

CLAIMS = load_claims()


def claim(name: str) -> Claim:
    return next(one for one in CLAIMS if one.id == name)


def comparison(name: str, estimate: float, error: float, dataset: str = "a", part: str = "") -> Comparison:
    """Normal: of items alone, many of them."""
    spread = Spread(estimate, 0.0, error**2, 0.0, 4, 100_000)
    return compared(name, dataset, part, "share", spread, 0.95)


def verdict(name: str, *found: Comparison, source: str = "comparisons") -> Verdict:
    return judge([claim(name)], {source: found}, 0.95)[0]


@pytest.mark.parametrize(
    ("name", "estimate", "expected"),
    [
        ("route", 0.03, "supported"),
        ("route", -0.03, "contradicted"),
        ("route", 0.01, "inconclusive"),
        ("sum-student", -0.04, "supported"),
        ("sum-student", -0.02, "inconclusive"),
        ("sum-student", 0.02, "contradicted"),
        ("history-coverage", 0.08, "supported"),
        ("history-coverage", 0.06, "inconclusive"),
        ("history-coverage", 0.0, "contradicted"),
        ("history-recall", -0.05, "supported"),
    ],
)
def test_the_interval_against_the_margin_decides(name: str, estimate: float, expected: str) -> None:
    found = verdict(name, comparison(name, estimate, 0.01))
    assert found.verdict == expected
    assert (found.estimate, found.unit) == (estimate, "share")
    assert found.low == pytest.approx(estimate - 0.0196, abs=1e-4)


@pytest.mark.parametrize(
    ("estimate", "error", "expected"),
    [(0.001, 0.002, "supported"), (0.03, 0.002, "contradicted"), (0.001, 0.02, "inconclusive")],
)
def test_equivalence(estimate: float, error: float, expected: str) -> None:
    assert verdict("sum-teacher", comparison("sum-teacher", estimate, error)).verdict == expected


def test_a_claim_without_numbers_is_not_measured() -> None:
    found = judge(CLAIMS, {}, 0.95)
    assert [one.claim for one in found] == [one.id for one in CLAIMS]
    assert {one.verdict for one in found} == {"not measured"}
    assert found[3].missing == ["noise", "gradients"]


def test_sets_are_pooled_as_their_mean() -> None:
    found = verdict("route", comparison("route", 0.02, 0.03, "a"), comparison("route", 0.06, 0.04, "b"))
    assert found.estimate == pytest.approx(0.04)
    assert found.high is not None and (found.high - 0.04) == pytest.approx(1.96 * 0.025, rel=1e-3)
    assert [one.dataset for one in found.sets] == ["a", "b"]


def test_all_parts_must_hold() -> None:
    good, weak = comparison("soft-label", 0.05, 0.01, part="transfer all"), 0.001
    both = verdict("soft-label", good, comparison("soft-label", weak, 0.01, part="transfer labelled"))
    assert (both.verdict, both.part, both.estimate) == ("inconclusive", "transfer labelled", weak)
    wrong = verdict("soft-label", good, comparison("soft-label", -0.05, 0.01, part="transfer labelled"))
    assert (wrong.verdict, wrong.part) == ("contradicted", "transfer labelled")


def test_with_a_part_missing_a_claim_cannot_be_supported() -> None:
    found = verdict("soft-label", comparison("soft-label", 0.05, 0.01, part="transfer all"))
    assert (found.verdict, found.missing) == ("inconclusive", ["transfer labelled"])
    assert (found.settling_seeds, found.settling_items) == (None, None)


def test_with_a_rate_missing_the_claim_of_every_rate_cannot_be_supported() -> None:
    fall = comparison("noise", 0.05, 0.001, part="fall from 0 to 0.4")
    gains = [comparison("noise", 0.05, 0.001, part=f"rate {rate:g}") for rate in (0.2, 0.4)]
    found = {"noise": [fall], "gradients": gains}
    (whole,) = judge([claim("noise")], found, 0.95, {"noise": [], "gradients": []})
    (part,) = judge([claim("noise")], found, 0.95, {"noise": [], "gradients": ["rate 0.1"]})
    assert (whole.verdict, whole.missing) == ("supported", [])
    assert (part.verdict, part.missing) == ("inconclusive", ["rate 0.1"])


def test_a_part_is_unmeasured_where_one_set_lacks_it() -> None:
    measured = [comparison("noise", 0.1, 0.1, dataset, "rate 0.1") for dataset in "ab"]
    measured.append(comparison("noise", 0.1, 0.1, "a", "rate 0.2"))
    assert unmeasured(["rate 0.1", "rate 0.2", "rate 0.3"], ["a", "b"], measured) == ["rate 0.2", "rate 0.3"]


def test_ratios_are_judged_on_the_logarithm() -> None:
    spread = Spread(2.995732, 0.01, 0.0, 0.0, 10, 0)
    found = verdict("small-fast", compared("small-fast", "a", "latency", "ratio", spread, 0.95), source="cost")
    assert found.verdict == "supported"
    assert found.estimate == pytest.approx(20, rel=1e-4)
    assert found.low is not None and found.high is not None
    assert found.low * found.high == pytest.approx(400, rel=1e-3)


def test_holm_over_the_claims() -> None:
    # |z| = 2.1 is a two-sided p of 0.036: enough for one claim, not for two.
    one = {"comparisons": [comparison("route", 0.021, 0.01)]}
    assert judge([claim("route")], one, 0.95)[0].verdict == "supported"
    two = {"comparisons": [*one["comparisons"], comparison("hints", 0.021, 0.01)]}
    found = judge([claim("route"), claim("hints")], two, 0.95)
    assert [verdict.verdict for verdict in found] == ["inconclusive", "inconclusive"]
    p_value, adjusted = found[0].p_value, found[0].adjusted_p_value
    assert p_value == pytest.approx(0.0357, abs=1e-3)
    assert adjusted is not None and adjusted == pytest.approx(2 * 0.0357, abs=2e-3)


def test_what_would_settle_by_hand() -> None:
    # Items alone: the interval is clear of 0 once 1.96 · 0.01 · sqrt(m/m') < 0.01, at m' = 3.84 m.
    found = verdict("route", comparison("route", 0.01, 0.01))
    assert found.settling_seeds is None
    assert found.settling_items == pytest.approx(384_146, rel=1e-3)
    # Seeds alone, 4 with a standard error of 0.01: t(0.975, n - 1) · 0.02 / sqrt(n) < 0.01 first at n = 18.
    seeds = compared("route", "a", "", "share", Spread(0.01, 0.0001, 0.0, 0.0, 4, 0), 0.95)
    found = verdict("route", seeds)
    assert (found.settling_seeds, found.settling_items) == (18, None)


def test_a_comparison_is_judged_with_the_variance_that_stands_in_its_file() -> None:
    spread = Spread(0.02, 0.0001, 0.0002, 0.00005, 4, 1500)
    written = compared("route", "a", "", "share", spread, 0.95).model_dump_json()
    read = Comparison.model_validate_json(written)
    assert read.variance == VarianceParts(seeds=0.0001, items=0.0002, both=0.00005)
    effect, expected = spread_of(read).effect, spread.effect
    assert (effect.degrees, effect.above(0.0)) == pytest.approx((expected.degrees, expected.above(0.0)))
    assert effect.interval(0.95) == pytest.approx((read.low, read.high), rel=1e-5)
    assert expected.degrees < 100, "the seeds' part keeps the tails wide"


def test_four_seeds_alone_cannot_decide_among_fourteen_claims_at_a_ratio_that_items_could() -> None:
    """Five standard errors: enough for items, not for the variance of four seeds, corrected for fourteen claims."""
    others = [comparison(one.id, 0.0, 0.01) for one in CLAIMS if one.source == "comparisons" and one.id != "route"]

    def route(spread: Spread) -> str:
        found = {"comparisons": [*others, compared("route", "a", "", "share", spread, 0.95)]}
        return next(one.verdict for one in judge(CLAIMS, found, 0.95) if one.claim == "route")

    assert route(Spread(0.05, 0.0, 0.0001, 0.0, 4, 1500)) == "supported"
    assert route(Spread(0.05, 0.0001, 0.0, 0.0, 4, 1500)) == "inconclusive"


def test_items_that_would_settle_count_on_the_largest_set_and_in_proportion_on_the_others() -> None:
    found = verdict("route", sized("a", 1000), sized("b", 50))
    # The mean of two normal estimates of 0.01 ± 0.01 has an error of 0.00707: clear of 0 at 1.92 times the items.
    assert found.settling_items is not None and found.settling_items == pytest.approx(1921, rel=0.02)


def sized(dataset: str, items: int) -> Comparison:
    return compared("route", dataset, "", "share", Spread(0.01, 0.0, 0.0001, 0.0, 4, items), 0.95)


def test_a_mean_of_bounds_is_a_bound() -> None:
    below = Spread(-3.0, 0.0, 0.01, 0.0, 4, 1500)
    sets = [compared("few-samples", one, "", "ratio", below, 0.95) for one in "ab"]
    exact = verdict("few-samples", *sets, source="efficiency")
    assert (exact.bound, exact.parts[0].bound) == ("exact", "exact")
    at_most = verdict("few-samples", sets[0].model_copy(update={"bound": "at most"}), sets[1], source="efficiency")
    assert (at_most.bound, at_most.parts[0].bound) == ("at most", "at most")
    assert [one.bound for one in at_most.sets] == ["at most", "exact"]
    both = [one.model_copy(update={"bound": kind}) for one, kind in zip(sets, ("at most", "at least"), strict=True)]
    assert verdict("few-samples", *both, source="efficiency").bound == "unknown"


def softmax(curves: dict[int, list[float]], rises: bool) -> TemperatureResult:
    return TemperatureResult(
        classes=["a", "b"],
        temperature=2.0,
        grid=[1.0, 2.0, 4.0],
        entropy=curves,
        rises=rises,
        log_classes=0.69,
        items=[],
    )


def test_entropy_rises_or_the_deepest_fall_stands_instead() -> None:
    rising = rise_of_entropy("a", softmax({0: [0.1, 0.2, 0.5], 1: [0.1, 0.3, 0.51]}, rises=True), 0.95)
    assert (rising.unit, rising.values) == ("nats", [0.4, 0.41])
    assert rising.estimate == pytest.approx(0.405)
    assert verdict("temperature", rising, source="temperature").verdict == "supported"
    falling = rise_of_entropy("a", softmax({0: [0.1, 0.2, 0.5], 1: [0.1, 0.3, 0.25]}, rises=False), 0.95)
    assert falling.estimate == pytest.approx(-0.05)
    assert verdict("temperature", falling, source="temperature").verdict == "contradicted"


def test_entropy_that_falls_on_one_set_decides_whatever_the_others_do(folder: Path) -> None:
    curves = {"a": softmax({0: [0.1, 0.2, 2.5]}, rises=True), "b": softmax({0: [0.1, 0.2, 0.15]}, rises=False)}
    write_json(folder / "temperature.json", {name: one.model_dump() for name, one in curves.items()})
    write_verdicts(folder)
    verdicts = json.loads((folder / "verdicts.json").read_text(encoding="utf-8"))
    found = next(one for one in verdicts if one["claim"] == "temperature")
    assert (found["verdict"], found["estimate"]) == ("contradicted", pytest.approx(-0.05))
    assert [one["dataset"] for one in found["sets"]] == ["b"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    results = Results(profile="made", parameters=PARAMETERS.model_dump(), environments=[], checkpoint=None, datasets=[])
    write_json(tmp_path / "results.json", results.model_dump())
    write_json(tmp_path / "temperature.json", {})
    write_json(tmp_path / "comparisons.json", {"comparisons": [comparison("route", 0.03, 0.01).model_dump()]})
    return tmp_path


def test_files_in_and_files_out(folder: Path) -> None:
    ratio = compared("few-samples", "a", "", "ratio", Spread(-0.7, 0.01, 0.0, 0.0, 8, 0), 0.95)
    write_json(folder / "efficiency.json", {"curves": [1, 2], "comparisons": [ratio.model_dump()]})
    write_verdicts(folder)
    text = (folder / "verdicts.json").read_bytes()
    verdicts = {one["claim"]: one for one in json.loads(text)}
    assert len(verdicts) == 14
    assert verdicts["route"]["verdict"] == verdicts["few-samples"]["verdict"] == "supported"
    assert verdicts["noise"]["verdict"] == "not measured"
    write_verdicts(folder)
    assert (folder / "verdicts.json").read_bytes() == text
    assert json.loads((folder / "published.json").read_text())[0]["values"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"claim": "rout"}, "'rout' is no claim of baselines/claims.yaml .did you mean 'route'."),
        ({"unit": "ratio"}, "route: unit 'ratio', where baselines/claims.yaml has 'share'"),
    ],
)
def test_a_comparison_that_fits_no_claim(folder: Path, changed: dict[str, str], message: str) -> None:
    odd = comparison("route", 0.03, 0.01).model_copy(update=changed)
    write_json(folder / "comparisons.json", {"comparisons": [odd.model_dump()]})
    with pytest.raises(UserError, match=message):
        write_verdicts(folder)
