from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from replication import headline
from replication.errors import UserError

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


def test_the_verdicts_follow_where_there_are_any(folder: Path) -> None:
    verdicts = [
        {"claim": "route", "verdict": "inconclusive", "estimate": 0.004, "low": -0.012, "high": 0.02, "unit": "share",
         "part": "transfer all", "sets": ["reviews", "news_titles"], "more": 1},
        {"claim": "small-fast", "verdict": "supported", "estimate": 41.26, "low": 39.0, "high": 43.0, "unit": "ratio",
         "sets": [{"dataset": "reviews", "part": "a"}, {"dataset": "reviews", "part": "b"}],
         "text": {"en": "A TextCNN is small.", "zh": "小"}},
        {"claim": "noise", "verdict": "missing", "estimate": None, "unit": "cosine", "sets": []},
        {"claim": "soft-label", "verdict": "supported", "estimate": 0.02, "low": 0.01, "high": 0.03, "unit": "share",
         "part": "b", "sets": [{"dataset": name, "part": part} for name, part in (("reviews", "a"), ("titles", "b"))]},
    ]  # fmt: skip
    (folder / "verdicts.json").write_text(json.dumps(verdicts), encoding="utf-8")
    assert headline.block(folder).splitlines()[-4:] == [
        "| route | inconclusive | +0.4 [−1.2, +2.0] points (transfer all) | reviews, news_titles |",
        "| small-fast: A TextCNN is small. | supported | 41.3 [39, 43] | reviews |",
        "| noise | missing |  |  |",
        "| soft-label | supported | +2.0 [+1.0, +3.0] points (b) | titles |",
    ]


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
