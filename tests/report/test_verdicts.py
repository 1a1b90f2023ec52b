"""The verdict board: a row a claim, what it says of each verdict, its drawing, its data, and published numbers."""

from __future__ import annotations

import base64
import dataclasses
import json
import math
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from replication.claims import load_claims
from replication.evaluation.judging import MOST_ITEMS, MOST_SEEDS, MOST_TIMES
from replication.evaluation.verdicts import judge
from replication.files import write_json
from replication.published import load_published
from replication.report.discussion import discussion
from replication.report.downloads import data_link
from replication.report.figures.style import OKABE_ITO, styled
from replication.report.figures.verdicts import FAR, shared_limits
from replication.report.inputs import Inputs
from replication.report.languages import CHINESE, ENGLISH, Language
from replication.report.page import templates
from replication.report.sections.verdicts import context
from replication.report.settling import FEASIBLE, settling
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
        "conflicts_dropped": 0, "duplicates_dropped": 0, "items": 1,
        "counts": {"labelled": {"a": 300, "b": 500}, "validation": {"a": 100, "b": 300}}, "lengths": {}, "data": "",
    }
)  # fmt: skip


def made(claim: str, estimate: float, error: float, dataset: str = "news_titles", part: str = "") -> Comparison:
    unit = "ratio" if claim in ("small-fast", "few-samples") else "share"
    spread = Spread(estimate, error**2 / 2, error**2 / 2, 0.0, 4, 1500)
    return compared(claim, dataset, part, "ratio" if unit == "ratio" else "share", spread, 0.95)


def verdicts() -> list[Verdict]:
    comparisons = [
        made("route", 0.05, 0.005), made("route", 0.07, 0.005, "other"), made("hints", -0.05, 0.005),
        made("feedback", 0.01, 0.01), made("sum-student", -0.30, 0.01), made("sum-teacher", -0.00001, 0.001),
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
        profile="made",
        parameters={"statistics": {"confidence": 0.95}, "measurements": {"samples": {"datasets": ["news_titles"]}}},
        environments=[], checkpoint=None, datasets=[dataset],
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
    assert "claimed: above 0 ·" in html
    assert "claimed: below −1.0" in html
    assert "claimed: within ±1.0" in html
    assert re.search(r"claimed: above 10 · 33\.1 \[\d+\.?\d*, [\d.]+\] times \(size, which decides; latency 54", html)
    assert re.search(r"claimed: above 0 · \+5\.0 \[[^]]+\] points</p>", html), "the one part of the soft labels' claim"
    assert "It waits for what has no result yet: transfer on labelled items." in html
    feedback = html[html.index('id="claim-feedback"') : html.index('id="claim-feedback-teacher"')]
    assert "would settle it" in feedback
    start = html.index("Each interval stands alone, while the verdicts are corrected for being several (Holm, over 7")
    assert start < html.index('class="board"')


def settled(**found: int) -> str:
    """What is said of an inconclusive claim on a set of 1,500 items, by four seeds."""
    one = next(one for one in verdicts() if one.claim == "route")
    asked = one.model_copy(update={"verdict": "inconclusive", "sets": one.sets[:1], **found})
    return Words(templates()).text("board_settling", verdict=asked, found=settling(asked))


SAME = "If the estimates stay where they are, "


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"settling_seeds": 25, "settling_items": 4783},
         "25 seeds or 4,783 test items on every set would settle it."),
        ({"settling_seeds": 80}, "80 seeds on every set would settle it; no number of test items up to a million would "
         "do so alone."),
        ({"settling_seeds": 81, "settling_items": 30_000},
         "81 seeds or 30,000 test items on every set would settle it."),
        ({"settling_seeds": 81, "settling_items": 30_001},
         "81 seeds or 30,001 test items on every set would settle it. That is more than 20 times what was run."),
        ({"settling_items": 30_000}, "30,000 test items on every set would settle it; no number of seeds up to a "
         "thousand would do so alone."),
        ({"settling_factor": 9}, "9 times as many seeds and test items together would settle it; alone, no number of "
         "seeds up to a thousand would, and no number of test items up to a million."),
        ({"settling_seeds": 469, "settling_factor": 21}, "469 seeds on every set would settle it; no number of test "
         "items up to a million would do so alone. That is more than 20 times what was run."),
        ({"settling_factor": 21}, "21 times as many seeds and test items together would settle it; alone, no number of "
         "seeds up to a thousand would, and no number of test items up to a million. That is more than 20 times what "
         "was run."),
        ({}, "no number of seeds and test items up to a thousand times as many would settle it."),
    ],
)  # fmt: skip
def test_what_would_settle_a_claim_is_said_and_how_far_off_it_is(found: dict[str, int], said: str) -> None:
    assert settled(**found) == SAME + said
    assert (MOST_SEEDS, MOST_ITEMS, MOST_TIMES) == (1000, 1_000_000, 1000), "as the words have it"
    assert MOST_TIMES >= FEASIBLE


def test_items_that_would_settle_a_claim_are_those_of_the_largest_set() -> None:
    one = next(one for one in verdicts() if one.claim == "route")
    sets = [one.sets[0].model_copy(update={"items": items}) for items in (1000, 1500)]
    asked = one.model_copy(update={"verdict": "inconclusive", "sets": sets, "settling_items": 2000})
    said = Words(templates()).text("board_settling", verdict=asked, found=settling(asked))
    assert "2,000 test items on the largest set and in proportion on the others would settle it" in said


def bounded() -> list[Verdict]:
    """The claim of few samples by an estimate that is a bound."""
    one = made("few-samples", math.log(0.2), 0.01).model_copy(update={"bound": "at most"})
    return judge(load_claims(), {"efficiency": [one]}, 0.95)


def test_a_bound_has_its_sign_in_text_drawing_and_table(tmp_path: Path) -> None:
    write_json(tmp_path / "verdicts.json", [verdict.model_dump() for verdict in bounded()])
    html = render(tmp_path)
    row = html[html.index('id="claim-few-samples"') : html.index('id="claim-noise"')]
    assert "claimed: below 1 · ≤ 0.2 [0.196, 0.204] times" in row
    assert "The teacher saw all 800 labels, and 400 labelled validation items" in row
    assert ">≤ 0.2</text>" in row
    assert html.count('<td class="number">≤ 0.2</td>') == 2


def test_p_values_are_of_the_part_and_once_of_the_claim_and_none_is_nothing(html: str) -> None:
    table = html[html.index("The numbers behind the board") : html.index("How each claim is compared")]
    assert "0.0000" not in table and "&lt; 0.0001" in table
    own = [row for row in re.findall(r"<tr>.*?</tr>", table, flags=re.DOTALL) if ">small-fast<" in row]
    filled = [[cell for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)[-3:] if cell] for row in own]
    assert [len(cells) for cells in filled] == [3, 0, 1, 0]
    assert ">Items<" in table and "Test items" not in table


def test_the_discussion_is_chosen_by_the_records(folder: Path, html: str) -> None:
    said = html[html.index('id="discussion"') : html.index('id="published"')]
    assert "Of the article’s claims these held: route, sum-student, sum-teacher, small-fast." in said
    assert "These were contradicted: hints." in said
    assert "here the two are not told apart (+1.0 [" in said
    words, seen = Words(templates()), discussion(verdicts(), [])
    for verdict, sentence in (("supported", "feedback makes the better student"), ("contradicted", "so does this")):
        decided = dataclasses.replace(
            seen, feedback=seen.feedback and seen.feedback.model_copy(update={"verdict": verdict})
        )
        assert sentence in words.text("board_on_feedback", found=decided)
    better = dataclasses.replace(seen, better_teachers=5, taught_better=3, both=5, logits_ahead=2)
    assert "a better network need not be a better teacher" in words.text("board_on_teachers", found=better)
    all_better = dataclasses.replace(better, taught_better=5)
    assert "Wherever the teacher is clearly above" in words.text("board_on_teachers", found=all_better)
    assert "higher mean on 2 of 5 sets" in words.text("board_on_logits", found=better)
    assert words.text("board_on_logits", found=seen) == ""


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
