"""The sections of the sweeps: true to their records, with table and data behind each figure."""

from __future__ import annotations

import base64
import json
import re
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from replication.files import write_json
from replication.report import build, sections
from replication.report.downloads import data_link
from replication.report.figures.places import spread
from replication.report.figures.style import styled
from replication.report.inputs import read_inputs
from replication.report.page import templates
from replication.report.sections import samples, temperature_sweep
from replication.report.sections.samples import outcome, speed
from replication.report.sections.temperature_sweep import standing
from replication.report.words import Words
from replication.results.efficiency import EfficiencyResult
from replication.results.files import read_json
from replication.results.temperature_sweep import TemperatureSweepResult
from tests import made_runs
from tests.made_runs import evaluated
from tests.made_sweeps import DATASET, MEASURED, make_sweeps


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("report")
    made_runs.make_tree(root)
    make_sweeps(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        return root / evaluated(MEASURED)


@pytest.fixture
def folder(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "made"))


MODULES = {"temperature-sweep": temperature_sweep, "efficiency": samples}


def section(folder: Path, name: str) -> str:
    """The markup of a section; no other part of the page is made."""
    environment, inputs = templates(), read_inputs(folder)
    words = Words(environment)
    with styled():
        shown = MODULES[name].context(folder, inputs, words)
    own = MODULES[name].__name__.rsplit(".", 1)[-1]
    page = f'{{% import "parts.html.j2" as parts with context %}}{{% include "sections/{own}.html.j2" %}}'
    return environment.from_string(page).render(section=shown, words=words, results=inputs.results, cards=inputs.cards)


def plain(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


def changed(folder: Path, file: str, **values: object) -> None:
    """Set values of the one dataset of a sweep."""
    data = json.loads((folder / file).read_text(encoding="utf-8"))
    data["sets"][DATASET] |= values
    write_json(folder / file, data)


def needed(folder: Path, **values: object) -> None:
    """Set values of the labels needed."""
    data = json.loads((folder / "efficiency.json").read_text(encoding="utf-8"))
    changed(folder, "efficiency.json", needed=data["sets"][DATASET]["needed"] | values)


@pytest.mark.parametrize(
    ("name", "file"), [("temperature-sweep", "temperature_sweep.json"), ("efficiency", "efficiency.json")]
)
def test_the_data_of_a_figure_can_be_taken_along(folder: Path, name: str, file: str) -> None:
    found = re.search(rf'<a download="{file}" href="data:application/json;base64,([^"]+)"', section(folder, name))
    assert found is not None
    assert json.loads(base64.b64decode(found[1])) == json.loads((folder / file).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["temperature-sweep", "efficiency"])
def test_figures_and_tables_are_for_everyone(folder: Path, name: str) -> None:
    markup = section(folder, name)
    drawings = re.findall(r"<svg viewBox.*?</svg>", markup, flags=re.DOTALL)
    assert len(drawings) == 1
    for drawing in drawings:
        ElementTree.fromstring(drawing)
        assert "<title" in drawing and "<desc" in drawing and not re.search(r"#[0-9a-f]{6}\b", drawing)
    assert markup.count("<table") == markup.count("<caption") and '<th scope="col"' in markup
    assert "<figcaption>" in markup and "<details>" in markup
    assert "<b>stocks" not in markup


def test_the_table_of_temperatures_is_that_of_the_records(folder: Path) -> None:
    found = read_json(folder / "temperature_sweep.json", TemperatureSweepResult).sets[DATASET]
    text = plain(section(folder, "temperature-sweep"))
    for point in found.points:
        assert f"Soft labels, T = {point.temperature:g} {100 * point.macro_f1.mean:.1f}" in text
    assert found.logit_mse is not None
    assert f"Logit regression {100 * found.logit_mse.macro_f1.mean:.1f}" in text
    assert "T = 2, this profile’s" in text


def test_the_title_says_which_temperatures_differ(folder: Path) -> None:
    text = plain(section(folder, "temperature-sweep"))
    assert "At 2 of 2 other temperatures soft labels end elsewhere than at this profile’s T = 2" in text
    assert "Titles: below T = 2 at T = 0.5, 8, not told apart elsewhere" in text
    data = json.loads((folder / "temperature_sweep.json").read_text(encoding="utf-8"))["sets"][DATASET]["points"]
    for point, low, high in zip(data, (-0.1, 0.0, 0.01), (0.1, 0.0, 0.1), strict=True):
        if point["difference"]:
            point["difference"] |= {"low": low, "high": high}
    changed(folder, "temperature_sweep.json", points=data)
    text = plain(section(folder, "temperature-sweep"))
    assert "At 1 of 2 other temperatures" in text and "Titles: above T = 2 at T = 8, not told apart elsewhere" in text
    data[2]["difference"]["low"] = -0.01
    changed(folder, "temperature_sweep.json", points=data)
    assert "At no other temperature can soft labels be told apart" in plain(section(folder, "temperature-sweep"))


def test_standings_go_by_the_intervals(folder: Path) -> None:
    found = standing(read_json(folder / "temperature_sweep.json", TemperatureSweepResult).sets[DATASET])
    assert (found.higher, found.lower, found.compared, found.clear) == ([], [0.5, 8.0], 2, 2)


def test_the_marked_temperature_is_the_profiles(folder: Path) -> None:
    data = json.loads((folder / "temperature_sweep.json").read_text(encoding="utf-8"))
    write_json(folder / "temperature_sweep.json", data | {"temperature": 8.0})
    drawing = re.search(r"<svg viewBox.*?</svg>", section(folder, "temperature-sweep"), flags=re.DOTALL)
    assert drawing is not None and "T = 8, this profile’s" in drawing[0]


def test_labels_needed_are_told_with_their_bound(folder: Path) -> None:
    found = read_json(folder / "efficiency.json", EfficiencyResult).sets[DATASET]
    assert found.needed is not None and outcome(found) == "fewer"
    text = plain(section(folder, "efficiency"))
    score = f"{100 * found.needed.macro_f1:.1f}%"
    assert "With a teacher that saw all labels, fewer labels give the student the same macro-F1 on every set" in text
    assert f"Titles: {score} takes {found.needed.taught:.0f} labels with a teacher, 30 without" in text
    assert f"{found.needed.taught:.0f}, not 30" in text
    needed(folder, taught=6.0, taught_bound="at most", bound="at most")
    text = plain(section(folder, "efficiency"))
    assert f"Titles: {score} takes at most 6 labels with a teacher, 30 without" in text and "at most 6, not 30" in text
    assert "its interval is that of the bound" in text
    needed(folder, alone=6.0, alone_bound="at most", bound="unknown")
    assert "Titles: with and without a teacher, at most 6 labels are enough" in plain(section(folder, "efficiency"))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (
            {"ratio": {"mean": 0.8, "low": 0.5, "high": 1.2}},
            "with and without a teacher that saw all labels are not told apart on any set",
        ),
        (
            {"ratio": {"mean": 2.0, "low": 1.5, "high": 3.0}, "alone": 15.0, "taught": 30.0, "bound": "exact"},
            "With a teacher that saw all labels, the student needs more labels for the same macro-F1 on every set",
        ),
        ({"bound": "unknown"}, "How many labels a teacher saves cannot be told from these sizes"),
    ],
)
def test_the_title_goes_by_the_interval_of_the_ratio(folder: Path, values: dict[str, Any], says: str) -> None:
    needed(folder, **values)
    assert says in plain(section(folder, "efficiency"))


def test_updates_are_told_at_all_labels(folder: Path) -> None:
    found = read_json(folder / "efficiency.json", EfficiencyResult).sets[DATASET]
    assert speed(DATASET, found) == {"name": DATASET, "labelled": 30, "alone": 100.0, "taught": 100.0}
    assert "Titles, 30 labels: after 100 updates alone, after 100 with a teacher" in plain(
        section(folder, "efficiency")
    )


def test_missing_points_are_shown_escaped(folder: Path) -> None:
    reason = {"method": "soft_label", "labelled": 6, "reason": "<i>gone</i>"}
    changed(folder, "efficiency.json", missing=[reason], needed=None, taught=[])
    markup = section(folder, "efficiency")
    assert "Soft labels: runs are missing: &lt;i&gt;gone&lt;/i&gt;" in markup
    assert "not enough results to tell how many labels are needed" in markup
    changed(folder, "temperature_sweep.json", missing={"8": "<i>gone</i>"}, points=[], textcnn=None)
    assert "runs are missing: &lt;i&gt;gone&lt;/i&gt;" in section(folder, "temperature-sweep")


def test_a_profile_without_sweeps_has_no_such_sections(folder: Path) -> None:
    data = json.loads((folder / "temperature_sweep.json").read_text(encoding="utf-8"))
    write_json(folder / "temperature_sweep.json", data | {"sets": {}})
    (folder / "efficiency.json").unlink()
    environment, inputs = templates(), read_inputs(folder)
    shown = sections.contexts(folder, inputs, Words(environment))
    assert not {"temperature_sweep", "samples"} & set(shown)


def test_the_page_has_both_in_the_order_of_the_sections(folder: Path) -> None:
    text = build(folder).read_text(encoding="utf-8")
    places = [text.index(f'aria-labelledby="{name}"') for name in ("temperature", "temperature-sweep", "efficiency")]
    assert places == sorted(places)
    assert {"temperature_sweep", "samples"} <= set(sections.ORDER)


@pytest.mark.parametrize("name", MODULES)
def test_the_same_records_give_the_same_markup(folder: Path, name: str) -> None:
    assert section(folder, name) == section(folder, name)


def test_a_link_holds_its_data() -> None:
    link = data_link({"b": 1, "a": "文"})
    assert json.loads(base64.b64decode(link.removeprefix("data:application/json;base64,"))) == {"a": "文", "b": 1}
    assert link == data_link({"a": "文", "b": 1})


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([0.0, 50.0], [0.0, 50.0]),
        ([10.0, 12.0], [3.5, 18.5]),
        ([12.0, 10.0], [18.5, 3.5]),
        ([10.0, 10.0, 10.0], [-5.0, 10.0, 25.0]),
        ([0.0, 16.0, 17.0], [-4.0, 11.0, 26.0]),
    ],
)
def test_names_move_apart_no_further_than_they_must(places: list[float], expected: list[float]) -> None:
    assert spread(places, 15.0) == pytest.approx(expected)
