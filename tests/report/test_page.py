"""The page: whole, self-contained, escaped, the same bytes twice, and true to the records."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from replication.errors import UserError
from replication.report import build
from tests import made_runs
from tests.made_runs import CLASSES, PARAMETERS, evaluated

VOID = {"meta", "br", "line", "link", "img", "input", "hr", "mspace"}
LOADING = {
    "script",
    "link",
    "img",
    "iframe",
    "object",
    "embed",
    "image",
    "audio",
    "video",
    "source",
    "base",
    "foreignobject",
}


class Page(HTMLParser):
    """Elements, ids and links of a page; fails where an element is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        for name, value in attrs:
            self.attributes.append((tag, name, value or ""))
            if name == "id":
                self.ids[value or ""] += 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("report")
    made_runs.make_tree(root)
    shutil.rmtree(root / "build/student/reviews/soft_label/seed1")
    shutil.rmtree(root / "build/student/reviews/logit_mse")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        return root / evaluated()


@pytest.fixture(scope="module")
def html(published: Path) -> str:
    return build(published).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


@pytest.fixture
def folder(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "made"))


def plain(page: Page) -> str:
    return " ".join(" ".join(page.texts).split())


def test_is_one_well_formed_page(page: Page, html: str) -> None:
    assert html.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert page.elements["h1"] == 1
    assert page.elements["h2"] == 7
    assert len(html.encode()) < 3_000_000


def test_ids_are_unique_and_every_inner_link_has_its_target(page: Page) -> None:
    assert [name for name, count in page.ids.items() if count > 1] == []
    targets = {value[1:] for _, name, value in page.attributes if name == "href" and value.startswith("#")}
    assert {"question", "results", "training", "temperature", "how", "threats", "provenance"} <= targets
    assert targets <= set(page.ids)
    for _, name, value in page.attributes:
        if name in ("aria-labelledby", "aria-describedby"):
            assert set(value.split()) <= set(page.ids)


def test_loads_nothing(page: Page, html: str) -> None:
    assert not LOADING & set(page.elements)
    assert not re.search(r"@import|url\((?!#)", html)
    for tag, name, value in page.attributes:
        assert name not in ("src", "srcset", "onclick", "onload")
        if name in ("href", "xlink:href"):
            assert value.startswith("#") or (tag == "a" and value.startswith("records/"))
    assert "http" not in html


def test_record_links_lead_to_files(page: Page, published: Path) -> None:
    links = [value for _, name, value in page.attributes if name == "href" and value.startswith("records/")]
    assert len(links) == len(set(links)) == 2 * (3 * 4 + 2) - 4
    assert all((published / link).is_file() for link in links)


def test_texts_are_escaped_and_masked(html: str) -> None:
    assert "<script" not in html
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; &amp; 电话•••••••••••" in html
    assert "13800138000" not in html
    assert "<b>stocks" not in html
    assert "nobody &lt;2020&gt;" in html


def test_both_colour_schemes_print_and_narrow_screens(html: str) -> None:
    assert "prefers-color-scheme: dark" in html
    assert "color-scheme: light dark" in html
    assert "@media print" in html
    assert 'name="viewport"' in html


def test_no_figure_has_a_colour_of_its_own(html: str) -> None:
    drawings = re.findall(r"<svg viewBox.*?</svg>", html, flags=re.DOTALL)
    assert len(drawings) > 8
    for drawing in drawings:
        assert not re.search(r"#[0-9a-f]{6}\b", drawing)
        assert "font-family" not in drawing


def test_every_figure_has_a_title_and_a_description(html: str) -> None:
    for drawing in re.findall(r'<svg viewBox[^>]*role="img".*?</svg>', html, flags=re.DOTALL):
        assert re.search(r"<title[^>]*>[^<]+</title><desc[^>]*>[^<]+</desc>", drawing)
        assert "<text" in drawing


def test_tables_are_scoped_captioned_and_reachable_by_keyboard(page: Page) -> None:
    assert page.elements["caption"] == page.elements["table"]
    cells = [value for tag, name, value in page.attributes if tag == "th" and name == "scope"]
    assert len(cells) == page.elements["th"]
    regions = [name for _, name, value in page.attributes if (name, value) in (("role", "region"), ("tabindex", "0"))]
    assert regions.count("role") == regions.count("tabindex") >= 5


def test_numbers_come_from_the_records(page: Page, published: Path) -> None:
    metrics = json.loads((published / "metrics.json").read_text())
    text = plain(page)
    for dataset in CLASSES:
        for models in metrics[dataset].values():
            for scores in models.values():
                score = scores["macro_f1"]
                expected = f"{100 * score['mean']:.1f} {100 * score['low']:.1f} to {100 * score['high']:.1f}"
                assert expected in text
    assert "c0ffee" in text
    assert "Soft labels: +" in text
    assert "clearly above" in text


def test_missing_cells_and_seeds_are_shown(page: Page) -> None:
    text = plain(page)
    assert "no result: no run in build/student/reviews/logit_mse/seed0" in text
    assert "2 of 3 seeds" in text
    assert "Logit regression: no result." in text
    assert "1 without a result" in text
    assert "Every taught student ends" not in text


def test_commands_stand_there(page: Page) -> None:
    text = plain(page)
    for stage in ("student@titles-soft_label", "teacher@reviews", "yardstick@titles-majority"):
        assert f"dvc repro {stage}" in text


def test_the_same_records_give_the_same_bytes(folder: Path, html: str) -> None:
    assert build(folder).read_bytes() == html.encode()


@pytest.mark.parametrize("name", ["results.json", "cards.json", "temperature.json", "curves.csv"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(UserError, match=name):
        build(folder)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("results.json", "{", "not readable as JSON"),
        ("results.json", "{}", "results.json: profile: Field required"),
        ("cards.json", "{}", "titles: no data card"),
        ("temperature.json", '{"titles": {}}', "temperature.json: titles.classes"),
        ("curves.csv", "a,b\n", "expected the columns dataset, method"),
        ("curves.csv", "dataset,method,model,seed,phase,iteration,series,value\na,b\n", "row 2"),
    ],
)
def test_a_damaged_file_is_named(folder: Path, name: str, content: str, message: str) -> None:
    (folder / name).write_text(content)
    with pytest.raises(UserError, match=re.escape(message)) as caught:
        build(folder)
    assert "\n" not in str(caught.value)
    assert "dvc repro evaluate" in str(caught.value)


def test_builds_with_no_result_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_runs.make_tree(tmp_path)
    for name in ("student", "teacher", "yardstick"):
        shutil.rmtree(tmp_path / "build" / name)
    monkeypatch.chdir(tmp_path)
    text = plain(Page(build(evaluated()).read_text()))
    assert "has no result, so nothing can be held against it" in text
    assert "No teacher has been trained yet" in text


def test_an_unknown_method_has_a_name_and_a_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_runs.make_tree(tmp_path)
    monkeypatch.setitem(made_runs.SKILL, "new_way", 0.7)
    for dataset in CLASSES:
        made_runs.make_run(tmp_path, dataset, "new_way", "student", 0)
    monkeypatch.chdir(tmp_path)
    page = Page(build(evaluated(PARAMETERS.model_copy(update={"methods": ["supervised", "new_way"]}))).read_text())
    assert "new way" in plain(page)
    assert "method-new_way" in page.ids


def test_rebuilds_without_torch_data_or_runs(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from replication.report import build; build(Path(sys.argv[1]));"
        "bad = {'torch', 'datasets', 'transformers', 'sklearn'} & set(sys.modules); print(*bad); sys.exit(bool(bad))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_the_result_figures_stand_alone_too(folder: Path) -> None:
    (folder / "figures").mkdir(exist_ok=True)
    (folder / "figures/results-left-over.svg").touch()
    build(folder)
    for dataset in CLASSES:
        text = (folder / f"figures/results-{dataset}.svg").read_text(encoding="utf-8")
        root = ElementTree.fromstring(text)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "prefers-color-scheme: dark" in text and "--vermillion: #" in text
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert not (folder / "figures/results-left-over.svg").exists()
