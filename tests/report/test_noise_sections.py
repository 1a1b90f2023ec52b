"""The sections on noise and gradients: true to the records, escaped, whole without a result, with their data."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest

from replication.files import write_json
from replication.report import sections
from replication.report.downloads import data_link
from replication.report.figures.places import spread
from replication.report.figures.simplex import place
from replication.report.figures.style import styled
from replication.report.inputs import Inputs
from replication.report.page import templates
from replication.report.words import Words
from replication.results.cards import DataCard
from replication.results.cells import CellResult, DatasetResult, Results
from replication.results.gradients import GradientResult
from replication.results.noise import NoiseResult
from tests.made_data import CLASSES, make_data
from tests.made_measurements import SETS, made_gradients, made_noise
from tests.report.test_page import Page

PAGE = """{% import "parts.html.j2" as parts with context %}
{% for name, section in sections.items() %}{% include "sections/" ~ name ~ ".html.j2" %}{% endfor %}"""


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    """What these sections read besides their own records: the data cards."""
    cards = {}
    for dataset in SETS:
        folder = tmp_path_factory.mktemp("data") / dataset
        make_data(folder, dataset, CLASSES[dataset])
        cards[dataset] = DataCard.model_validate_json((folder / "card.json").read_text(encoding="utf-8"))
    results = Results(profile="made", parameters={}, environments=[], checkpoint=None, datasets=[])
    return Inputs(results, cards, {}, [])


def render(inputs: Inputs, folder: Path, noise: NoiseResult | None, gradients: GradientResult | None) -> str:
    """The two sections as the page has them."""
    for name, found in (("noise", noise), ("gradients", gradients)):
        if found is not None:
            write_json(folder / f"{name}.json", found.model_dump())
    environment = templates()
    words = Words(environment)
    with styled():
        shown = sections.contexts(folder, inputs, words)
    return environment.from_string(PAGE).render(sections=shown, cards=inputs.cards, words=words)


@pytest.fixture(scope="module")
def html(inputs: Inputs, tmp_path_factory: pytest.TempPathFactory) -> str:
    return render(inputs, tmp_path_factory.mktemp("made"), made_noise(), made_gradients())


def plain(html: str) -> str:
    return " ".join(" ".join(Page(html).texts).split())


def test_the_sections_are_well_formed_and_their_ids_unique(html: str) -> None:
    page = Page(html)
    assert [name for name, count in page.ids.items() if count > 1] == []
    assert {"noise", "noise-figure", "gradients", "gradients-figure", "corrections-figure", "simplex-figure"} <= set(
        page.ids
    )
    assert len(html.encode()) < 3_000_000


def test_a_profile_without_the_measurement_has_no_such_section(inputs: Inputs, tmp_path: Path) -> None:
    assert render(inputs, tmp_path, None, None).strip() == ""


def test_findings_are_the_records(html: str) -> None:
    text = plain(html)
    assert "With 40% of the labels flipped, soft labels lose less than the TextCNN on every set measured" in text
    assert (
        "Over all items, the teacher turns the student’s gradient towards the clean one at every rate on every" in text
    )
    assert "On 40 to 70% of the flipped items the teacher pushes the true class up" in text
    assert "On 1 of 2 flipped items shown, the teacher pulls the student towards the true class" in text
    assert "Soft labels: 65.0 to 53.0 at 40% (−12.0 points)" in text
    assert "After the last update: 0.40 without and 0.50 with the teacher at 40%" in text


@pytest.mark.parametrize(
    ("gains", "title"),
    [
        ((-0.08, -0.08), "soft labels lose more than the TextCNN on every set measured"),
        ((0.0, 0.01), "the losses of soft labels and of the TextCNN cannot be told apart"),
        ((0.08, -0.08), "soft labels lose less than the TextCNN on 1 of 2 sets and more on 1"),
    ],
)
def test_other_records_give_other_findings(
    inputs: Inputs, tmp_path: Path, gains: tuple[float, float], title: str
) -> None:
    text = plain(render(inputs, tmp_path, made_noise(gains), made_gradients(-0.1)))
    assert title in text
    assert "away from the clean one at every rate on every set measured" in text
    assert "with the teacher the gradient is farther from the clean one, by 0.100 in cosine (0.080 to 0.120)" in text


def one_rate(found: NoiseResult) -> NoiseResult:
    """The same with the last rate alone beside none."""
    sets = [
        one.model_copy(
            update={
                "arms": [arm.model_copy(update={"points": [arm.points[0], arm.points[-1]]}) for arm in one.arms],
                "flipped": {"0": 0, "0.4": 12},
            }
        )
        for one in found.sets
    ]
    return found.model_copy(update={"rates": [0.0, 0.4], "sets": sets})


def one_rate_of(found: GradientResult) -> GradientResult:
    """Likewise."""
    sets = [
        one.model_copy(
            update={
                "cosines": [row for row in one.cosines if row.rate != 0.2],
                "corrections": [row for row in one.corrections if row.rate != 0.2],
            }
        )
        for one in found.sets
    ]
    kept = [one for one in found.comparisons if one.part != "rate 0.2"]
    return found.model_copy(update={"rates": [0.0, 0.4], "sets": sets, "comparisons": kept})


def test_with_several_rates_a_slope_is_shown(html: str) -> None:
    text = plain(html)
    assert "least squares over the rates" in text and "Slope points for 10%" in text
    assert "as more labels are flipped" in text


def test_with_one_rate_there_is_no_slope_and_no_talk_of_rates(inputs: Inputs, tmp_path: Path) -> None:
    text = plain(render(inputs, tmp_path, one_rate(made_noise()), one_rate_of(made_gradients())))
    assert "Slope" not in text and "least squares" not in text and "Fall points" in text
    assert (
        "Over all items, with 40% of the labels flipped, the teacher turns the student’s gradient towards the" in text
    )
    assert "with labels flipped, the gradient of the noisy labels turns away" in text
    assert not re.search(r"at (every|any) rate|as more labels are flipped", text)


@pytest.mark.parametrize(
    ("tally", "text"),
    [
        ({"nearer": 0, "farther": 2, "compared": 2}, "away from the clean one on every set measured"),
        ({"nearer": 0, "farther": 0, "compared": 2}, "with 40% of the labels flipped, it cannot be told on any set"),
        ({"nearer": 1, "farther": 0, "compared": 2}, "towards the clean one on 1 of 2 sets, and away from it on 0"),
    ],
)
def test_the_title_of_one_rate_goes_by_the_sets(tally: dict[str, int], text: str) -> None:
    title = Words(templates()).text("gradients_title", tally=tally, rates=[0.4])
    assert text in title and "rate" not in title


def logit_runs(weight: float) -> DatasetResult:
    """What the runs of logit regression recorded of their weight of labels."""
    cell = CellResult(
        method="logit_mse", model="student", group="method", stage="s", command="c", seeds=[],
        settings={"method": {"hard_weight": weight}},
    )  # fmt: skip
    return DatasetResult(name="titles", classes=["a", "b"], test_items=10, data=[], cells=[cell])


def test_an_arm_that_sees_no_flipped_label_is_level_by_construction(inputs: Inputs, tmp_path: Path) -> None:
    says = "with a teacher on clean labels it sees no flipped label at all"
    for weight, said in ((0.0, True), (1.0, False)):
        results = inputs.results.model_copy(update={"datasets": [logit_runs(weight)]})
        own = Inputs(results, inputs.cards, {}, [])
        folder = tmp_path / f"{weight:g}"
        folder.mkdir()
        text = plain(render(own, folder, made_noise(), None))
        assert (says in text) is said
    assert says not in plain(render(inputs, tmp_path, made_noise(), None))


def test_the_missing_picture_is_accounted_for(inputs: Inputs, tmp_path: Path, html: str) -> None:
    says = "No flipped item is drawn in the simplex of three classes here: every set of this measurement has two."
    gradients = made_gradients()
    pairs = [one for one in gradients.sets if len(one.classes) == 2]
    own = gradients.model_copy(update={"sets": pairs})
    text = plain(render(inputs, tmp_path, None, own))
    assert pairs and says in text
    assert says not in plain(html)


def test_missing_results_are_said(inputs: Inputs, tmp_path: Path) -> None:
    noise, gradients = made_noise(), made_gradients()
    (one, other) = noise.sets
    soft = one.arms[2]
    gone = soft.points[2].model_copy(update={"macro_f1": None, "seeds": {}, "missing": ["the stage has not finished"]})
    hurt = soft.model_copy(update={"points": [*soft.points[:2], gone], "slope": None, "fall": None})
    noise = noise.model_copy(
        update={
            "sets": [one.model_copy(update={"arms": [*one.arms[:2], hurt, *one.arms[3:]]}), other],
            "comparisons": noise.comparisons[1:],
        }
    )
    bare = gradients.sets[1].model_copy(update={"cosines": [], "corrections": [], "missing": ["no look"]})
    gradients = gradients.model_copy(update={"sets": [gradients.sets[0], bare]})
    text = plain(render(inputs, tmp_path, noise, gradients))
    assert "no result : the stage has not finished" in text or "no result: the stage has not finished" in text
    assert "Soft labels: not all rates have a result" in text
    assert "the falls cannot be compared yet, because a rate has no result" in text
    assert "Missing: no look" in text


def test_without_any_result(inputs: Inputs, tmp_path: Path) -> None:
    noise, gradients = made_noise(), made_gradients()
    empty = [one.model_copy(update={"arms": []}) for one in noise.sets]
    bare = [one.model_copy(update={"cosines": [], "corrections": [], "simplex": None}) for one in gradients.sets]
    text = plain(
        render(
            inputs,
            tmp_path,
            noise.model_copy(update={"sets": empty, "comparisons": []}),
            gradients.model_copy(update={"sets": bare, "comparisons": []}),
        )
    )
    assert "No fall under label noise can be compared yet" in text
    assert "No gradient has been measured yet" in text


def test_texts_of_items_are_escaped(html: str) -> None:
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_the_data_can_be_saved_and_is_the_records(html: str) -> None:
    links = dict(re.findall(r'<a download="([^"]+)" href="data:application/json;base64,([^"]+)">', html))
    assert set(links) == {"noise.json", "gradients.json", "corrections.json", "simplex.json"}
    saved = json.loads(base64.b64decode(links["noise.json"]))
    assert saved == json.loads(json.dumps(made_noise().model_dump()))


def test_the_same_records_give_the_same_bytes(inputs: Inputs, tmp_path: Path, html: str) -> None:
    assert render(inputs, tmp_path, made_noise(), made_gradients()) == html


def test_a_data_link_holds_the_text() -> None:
    head, content = data_link({"b": 1, "a": "字"}).split(",")
    assert head == "data:application/json;base64"
    assert base64.b64decode(content).decode() == '{"a":"字","b":1}'


def test_labels_are_spread_by_hand() -> None:
    assert spread([0.0, 1.0], 0.5) == [0.0, 1.0]
    assert spread([1.0, 1.0, 5.0], 1.0) == [0.5, 1.5, 5.0]
    assert spread([1.2, 1.0], 1.0) == pytest.approx([1.6, 0.6])
    assert spread([], 1.0) == []


def test_corners_of_the_simplex() -> None:
    assert place([1, 0, 0]) == (0, 0)
    assert place([0, 1, 0]) == (1, 0)
    assert place([0, 0, 1]) == pytest.approx((0.5, 0.866025))
    assert place([0.5, -0.5, 0]) == (-0.5, 0)
