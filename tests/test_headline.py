from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from replication import headline
from replication.errors import UserError
from replication.files import write_json
from replication.results.cells import Interval
from replication.results.comparisons import Bound, Comparisons, Unit, compared
from replication.results.generalisation import ArmGeneralisation, DatasetGeneralisation, Generalisation
from replication.results.verdicts import BothLanguages, Judgement, PartEstimate, SetEstimate, Verdict
from replication.statistics import Spread

ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT / "reports"
SLOTS = [(path, slot) for path in headline.pages(ROOT) for slot in headline.slots(path)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the default profile's published results, without verdicts."""
    (tmp_path / "default").mkdir()
    for name in ("results.json", "cards.json"):
        shutil.copy(PUBLISHED / "default" / name, tmp_path / "default" / name)
    return tmp_path / "default"


@pytest.mark.parametrize(("path", "slot"), SLOTS, ids=lambda one: getattr(one, "name", "") or one.profile)
def test_a_page_says_what_the_records_say(publication: Path, path: Path, slot: headline.Slot) -> None:
    page = publication / path.relative_to(ROOT)
    (there,) = (one for one in headline.slots(page) if one.profile == slot.profile)
    between = page.read_text(encoding="utf-8")[there.start : there.end]
    block = headline.block(publication / "reports" / slot.profile)
    assert between == f"\n\n{block}\n", "run `python -m replication headline`"


def test_the_pages_are_the_readme_and_the_results() -> None:
    found = [(path.relative_to(ROOT).as_posix(), slot.profile) for path, slot in SLOTS]
    assert found == [("README.md", "public"), ("docs/results.md", "public"), ("docs/results.md", "default")]


def test_numbers_are_those_of_the_records(folder: Path) -> None:
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    dataset = results["datasets"][0]
    cells = {(cell["method"], cell["model"]): cell for cell in dataset["cells"]}
    cells["supervised", "student"]["metrics"]["macro_f1"] = {"mean": 0.5, "low": 0.4, "high": 0.6}
    cells["supervised", "teacher"]["metrics"]["macro_f1"]["mean"] = 0.75
    cells["supervised", "teacher"]["delta"]["macro_f1"] = {"mean": 0.25, "low": 0.2, "high": 0.304}
    cells["soft_label", "student"]["metrics"]["macro_f1"]["mean"] = 0.49
    cells["soft_label", "student"]["delta"]["macro_f1"] = {"mean": -0.01, "low": -0.02, "high": 0.001}
    cells["fitnets", "student"]["metrics"] = {}
    results["datasets"] = [dataset]
    (folder / "results.json").write_text(json.dumps(results), encoding="utf-8")
    lines = headline.block(folder).splitlines()
    assert f"| | `{dataset['name']}` |" in lines
    assert "| TextCNN, labels alone | 50.0 |" in lines
    assert "| BERT, the teacher | 75.0 (**+25.0 [+20.0, +30.4]**) |" in lines
    assert "| TextCNN, soft labels | 49.0 (−1.0 [−2.0, +0.1]) |" in lines
    assert "| TextCNN, FitNets | missing |" in lines
    assert not any("scheme 3" in line for line in lines)


def test_a_set_that_was_made_in_part_is_called_so(folder: Path) -> None:
    assert "`spam_opinion_made` (semi-synthetic)" in headline.block(folder)


def part(
    name: str, estimate: float, low: float, high: float, unit: Unit = "share", bound: Bound = "exact"
) -> PartEstimate:
    return PartEstimate(
        part=name, unit=unit, estimate=estimate, low=low, high=high, p_supported=0.1, p_contradicted=0.9, bound=bound
    )


def verdict(claim: str, judgement: Judgement, parts: Sequence[PartEstimate], sets: dict[str, str]) -> Verdict:
    """Of a claim above 0 that its first part decides; `sets`: the part of each set."""
    text = BothLanguages(en=f"The {claim}.", zh="")
    deciding = parts[0].model_dump(include={"part", "unit", "estimate", "low", "high", "bound"}) if parts else {}
    found = {
        "claim": claim, "text": text, "where": text, "comparison": text, "metric": "", "section": "", "margin": 0.0,
        "rule": "above", "verdict": judgement, "unit": "share", "parts": parts, **deciding,
    }  # fmt: skip
    own = {one.part: one for one in parts}
    rows = [
        SetEstimate(**own[name].model_dump(include=set(SetEstimate.model_fields)), dataset=dataset, seeds=4, items=9)
        for dataset, name in sets.items()
    ]
    return Verdict.model_validate({**found, "sets": rows})


def rows(folder: Path, *verdicts: Verdict) -> list[str]:
    """The rows of the board that the verdicts make, and the sentence above it as the first."""
    write_json(folder / "verdicts.json", [one.model_dump() for one in verdicts])
    lines = headline.block(folder).splitlines()
    at = lines.index("| claim | claimed | verdict | estimate | sets |")
    return [lines[at - 2], *lines[at + 2 :]]


def test_the_verdicts_follow_where_there_are_any(folder: Path) -> None:
    route = verdict("route", "inconclusive", [part("", 0.004, -0.012, 0.02)], {"reviews": "", "titles": ""})
    unmeasured = verdict("feedback", "not measured", [], {})
    assert rows(folder, route, unmeasured) == [
        "Each interval stands alone, while the verdicts are corrected for being several (Holm, over 1 measured "
        "claims): an interval may be clear of the claimed margin and the verdict still be inconclusive.",
        "| route: The route. | above 0 | inconclusive | +0.4 [−1.2, +2.0] points | reviews, titles |",
        "| feedback: The feedback. | above 0 | not measured |  |  |",
    ]


def test_a_bound_is_called_so_and_units_stand_there(folder: Path) -> None:
    few = verdict("few-samples", "supported", [part("", 0.2022, 0.08, 0.4876, "ratio", "at most")], {"titles": ""})
    gradient = verdict("noise", "supported", [part("rate 0.4", 0.0056, -0.01, 0.02, "cosine")], {"titles": "rate 0.4"})
    softmax = verdict("temperature", "supported", [part("", 1.29, 1.28, 1.3, "nats")], {"titles": ""})
    found = [row.split(" | ")[3] for row in rows(folder, few, gradient, softmax)[1:]]
    assert found == [
        "≤ 0.202 [0.08, 0.488] times",
        "+0.006 [−0.010, +0.020] in cosine",
        "+1.290 [+1.280, +1.300] nats",
    ]


def test_the_other_parts_are_named_and_the_sets_are_those_of_the_part_that_decides(folder: Path) -> None:
    parts = [part("transfer labelled", 0.007, -0.002, 0.017), part("transfer all", 0.019, 0.012, 0.026)]
    soft = verdict("soft-label", "inconclusive", parts, {"reviews": "transfer all", "spam": "transfer labelled"})
    sized = [part("latency pytorch", 51.1, 48, 54, "ratio"), part("bytes", 153.2, 153.2, 153.2, "ratio")]
    unlike = [part("rate 0.4", 0.01, -0.1, 0.1, "cosine"), part("fall from 0 to 0.4", 0.038, 0.002, 0.073)]
    found = rows(folder, soft, verdict("small-fast", "supported", sized, {}), verdict("noise", "supported", unlike, {}))
    assert [row.split(" | ")[3] for row in found[1:]] == [
        "+0.7 [−0.2, +1.7] points (transfer on labelled items, which decides; transfer on all items +1.9 [+1.2, +2.6])",
        "51.1 [48, 54] times (latency, PyTorch, which decides; bytes of the weights 153)",
        "+0.010 [−0.100, +0.100] in cosine (40% flipped, which decides; fall avoided, 0 to 40% flipped "
        "+3.8 [+0.2, +7.3] points)",
    ]
    assert found[1].endswith("| spam |")


def test_a_verdict_comes_with_what_it_is_to_be_read_with(folder: Path) -> None:
    one = part("", -0.05, -0.06, -0.04)
    claims = ("temperature", "few-samples", "generalisation", "hints", "route")
    _write_gaps(
        folder, {"reviews": (-0.03, 0.01), "titles": (-0.001, 0.05), "wider": (0.02, -0.01), "lower": (-0.04, -0.01)}
    )
    hints = compared("hints", "reviews", "without hints", "share", Spread(0.009, 1e-6, 1e-6, 0.0, 4, 1500), 0.95)
    write_json(folder / "comparisons.json", Comparisons(comparisons=[], further=[hints]).model_dump())
    found = [
        row.split(" | ")[2] for row in rows(folder, *(verdict(name, "supported", [one], {}) for name in claims))[1:]
    ]
    assert found[:2] == [
        "supported. It follows from the definition of the softmax, whatever the teacher.",
        "supported. The teacher saw all 800 labels, and 400 labelled validation items chose among the states of every "
        "run.",
    ]
    assert found[2] == (
        "supported. The gap shrinks more by lower training scores than by higher test scores on reviews "
        "(training −3.0, test +1.0). The gap shrinks more by higher test scores on titles (training −0.1, test +5.0). "
        "It shrinks although the test score falls too on lower (training −4.0, test −1.0)."
    )
    assert re.fullmatch(
        r"supported\. FitNets against its control without hints: \+0\.9 \[\+0\.\d, \+1\.\d\] points, not judged\.",
        found[3],
    )
    assert found[4] == "supported"


def _write_gaps(folder: Path, changes: dict[str, tuple[float, float]]) -> None:
    """A generalisation file in which soft labels change the training and the test score of each set by so much."""
    still = Interval(mean=0.5, low=0.4, high=0.6)

    def arm(method: str, train: float, test: float) -> ArmGeneralisation:
        return ArmGeneralisation(
            method=method, model="student", seeds=[0], train=still.model_copy(update={"mean": 0.9 + train}),
            test=still.model_copy(update={"mean": test}), gap=still, gap_by_seed={}, calibration_error=still,
            calibration_error_by_chance=0.01, origin="none", fidelity=None, own_fidelity=None, reliability=[],
        )  # fmt: skip

    sets = {
        name: DatasetGeneralisation(
            test_items=9, labelled_items=9, classes=2, teachers=None,
            arms=[arm("supervised", 0.0, 0.7), arm("soft_label", train, 0.7 + test)],
        )
        for name, (train, test) in changes.items()
    }  # fmt: skip
    comparisons = [
        compared("generalisation", name, "", "share", Spread(train - test, 1e-6, 1e-6, 0.0, 4, 9), 0.95)
        for name, (train, test) in changes.items()
    ]
    found = Generalisation(bins=10, temperature=2.0, datasets=sets, comparisons=comparisons)
    write_json(folder / "generalisation.json", found.model_dump())


def test_the_commits_of_the_runs_are_named_most_runs_first(folder: Path) -> None:
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    one = results["environments"][0]
    results["environments"] = [
        {**one, "commit": "a" * 40, "runs": 3}, {**one, "commit": "b" * 40 + "+", "runs": 5},
        {**one, "commit": "a" * 40, "runs": 4, "processor": "another"},
    ]  # fmt: skip
    (folder / "results.json").write_text(json.dumps(results), encoding="utf-8")
    said = "The runs are of the code of these commits: 7 of commit `aaaaaaa`, 5 of commit `bbbbbbb+`."
    assert said in headline.block(folder).splitlines()


def test_writing_replaces_what_stands_between_the_markers_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    begin, end = "<!-- results:default:begin -->", "<!-- results:default:end -->"
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{begin}\nstale words\n{end}\nbetween\n{begin}{end}\nafter\n", encoding="utf-8")
    assert headline.write(tmp_path, tmp_path) == [readme]
    first = readme.read_text(encoding="utf-8")
    block = f"{begin}\n\n{headline.block(folder)}\n{end}"
    assert first == f"before\n{block}\nbetween\n{block}\nafter\n"
    headline.write(tmp_path, tmp_path)
    assert readme.read_text(encoding="utf-8") == first


@pytest.mark.parametrize(
    "text",
    [
        "none",
        "<!-- results:default:begin -->",
        "<!-- results:default:end --> <!-- results:default:begin -->",
        "<!-- results:default:begin --> <!-- results:smoke:end -->",
    ],
)
def test_a_page_without_its_markers_is_refused(folder: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"README\.md: expected <!-- results:PROFILE:begin -->"):
        headline.write(folder.parent, tmp_path)
