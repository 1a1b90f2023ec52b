"""The verdict board: a row a claim, what it says of each verdict, its drawing, its data, and published numbers."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from replication.claims import load_claims
from replication.evaluation.verdicts import judge
from replication.files import write_json
from replication.published import load_published
from replication.report.downloads import data_link
from replication.report.figures.style import OKABE_ITO, styled
from replication.report.figures.verdicts import FAR, shared_limits
from replication.report.inputs import Inputs
from replication.report.languages import CHINESE, ENGLISH, Language
from replication.report.page import templates
from replication.report.sections.verdicts import context
from replication.report.words import Words
from replication.results.cards import DataCard
from replication.results.cells import CellResult, DatasetResult, Interval, Results
from replication.results.comparisons import Comparison, compared
from replication.results.verdicts import Verdict
from replication.statistics import Spread

CARD = DataCard.model_validate(
    {
        "title": "News <titles>", "language": "zh", "domain": "news", "kind": "real", "licence": "", "citation": "",
        "classes": ["a", "b"], "glosses": {}, "files": [], "raw_items": 1, "empties_dropped": 0,
        "conflicts_dropped": 0, "duplicates_dropped": 0, "items": 1, "counts": {}, "lengths": {}, "data": "",
    }
)  # fmt: skip


def made(claim: str, estimate: float, error: float, dataset: str = "news_titles", part: str = "") -> Comparison:
    unit = "ratio" if claim in ("small-fast", "few-samples") else "share"
    spread = Spread(estimate, error**2 / 2, error**2 / 2, 0.0, 4, 1500)
    return compared(claim, dataset, part, "ratio" if unit == "ratio" else "share", spread, 0.95)


def verdicts() -> list[Verdict]:
    comparisons = [
        made("route", 0.05, 0.005), made("route", 0.07, 0.005, "other"), made("hints", -0.05, 0.005),
        made("feedback", 0.01, 0.01), made("sum-student", -0.30, 0.01), made("sum-teacher", -0.0001, 0.001),
        made("soft-label", 0.05, 0.005, part="transfer all"),
    ]  # fmt: skip
    cost = [made("small-fast", 4.0, 0.01, part="latency"), made("small-fast", 3.5, 0.01, part="size")]
    return judge(load_claims(), {"comparisons": comparisons, "cost": cost}, 0.95)


def inputs() -> Inputs:
    interval = Interval(mean=0.7, low=0.6, high=0.8)
    cell = CellResult(
        method="supervised", model="student", group="reference", stage="", command="", seeds=[],
        metrics={"accuracy": interval, "macro_f1": interval},
    )  # fmt: skip
    dataset = DatasetResult(name="news_titles", classes=["a", "b"], test_items=1500, data=[], cells=[cell])
    results = Results(
        profile="made", parameters={"statistics": {"confidence": 0.95}}, environments=[], checkpoint=None,
        datasets=[dataset],
    )  # fmt: skip
    return Inputs(results=results, cards={"news_titles": CARD}, temperatures={}, curves=[])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("board")
    write_json(path / "verdicts.json", [verdict.model_dump() for verdict in verdicts()])
    write_json(path / "published.json", [numbers.model_dump() for numbers in load_published()])
    return path


def render(folder: Path, language: Language = ENGLISH) -> str:
    environment = templates()
    words = Words(environment)
    given = inputs()
    with styled():
        section = context(folder, given, words)
    assert section is not None
    parts = environment.get_template("parts.html.j2").make_module({"colour": environment.globals["colour"]})
    return environment.get_template("sections/verdicts.html.j2").render(
        section=section, words=words, parts=parts, results=given.results, cards=given.cards, language=language,
        sections={"verdicts": section},
    )  # fmt: skip


@pytest.fixture(scope="module")
def html(folder: Path) -> str:
    return render(folder)


def test_without_verdicts_there_is_no_board(tmp_path: Path) -> None:
    assert context(tmp_path, inputs(), Words(templates())) is None


def test_the_title_counts_the_verdicts_and_every_claim_has_its_row(html: str) -> None:
    assert "Of 14 claims, 4 supported, 1 contradicted, 2 inconclusive, 7 not measured" in html
    for claim in load_claims():
        assert html.count(f'id="claim-{claim.id}"') == 1
        assert Markup.escape(claim.claim.en) in html
    ElementTree.fromstring(html.replace("&nbsp;", " "))


def test_the_board_in_chinese_has_the_claims_in_chinese(folder: Path) -> None:
    text = render(folder, CHINESE)
    assert all(claim.claim.zh in text and claim.where.zh in text for claim in load_claims())


def test_rows_say_what_is_claimed_what_is_missing_and_what_would_settle(html: str) -> None:
    assert "claimed: above 0<" in html
    assert "claimed: below −1.0" in html
    assert "claimed: within ±1.0" in html
    assert "claimed: above 10 · decided by: size" in html
    assert "It waits for what has no result yet: transfer on labelled items." in html
    feedback = html[html.index('id="claim-feedback"') : html.index('id="claim-feedback-teacher"')]
    assert "would settle it" in feedback or "both would" in feedback


def test_no_verdict_has_a_colour_of_its_own(html: str) -> None:
    strips = html[html.index("<svg") : html.index("<figcaption")]
    assert not [name for name in OKABE_ITO if f"var(--{name})" in strips]


def test_a_strip_has_a_title_and_its_numbers_in_words(html: str) -> None:
    assert '<title id="verdict-route-title">Claim route: supported</title>' in html
    assert "pooled: +6.0, interval" in html
    assert "News &lt;titles&gt;: +5.0, interval" in html


def test_a_number_that_rounds_to_nothing_has_no_sign(html: str) -> None:
    strip = html[html.index('id="claim-sum-teacher"') : html.index('id="claim-history-recall"')]
    assert ">0.0<" in strip and ">−0.0<" not in strip


def test_claims_of_a_unit_share_an_axis_and_far_ones_do_not_stretch_it() -> None:
    limits = shared_limits(verdicts())
    assert set(limits) == {"share", "ratio"}
    assert limits["share"][0] == -FAR and 7 < limits["share"][1] < FAR
    assert limits["ratio"][0] < 1 < 55 < limits["ratio"][1]


def test_the_data_of_the_board_can_be_downloaded(folder: Path, html: str) -> None:
    link = data_link(json.loads((folder / "verdicts.json").read_text(encoding="utf-8")))
    assert f'download="verdicts.json" href="{link}"' in html
    data = json.loads(base64.b64decode(link.partition(",")[2]))
    assert [one["claim"] for one in data] == [claim.id for claim in load_claims()]


def test_published_numbers_stand_beside_ours_and_are_called_not_comparable(html: str) -> None:
    table = html[html.index('id="published"') :]
    assert "TextCNN 91.22" in table
    assert "TextCNN 70.0" in table
    assert table.count("not comparable:") == len(load_published())
    assert "read in a summary" in table


def test_the_same_records_give_the_same_bytes(folder: Path, html: str) -> None:
    assert render(folder) == html
