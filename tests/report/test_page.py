"""The page: whole, self-contained, escaped, the same bytes twice, and true to the records."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from replication.baselines.tfidf_logistic import STRENGTHS
from replication.config import available
from replication.errors import UserError
from replication.report import page as page_module
from replication.report.languages import ENGLISH
from tests import made_runs
from tests.made_runs import CLASSES, JOINT, METHODS, OPINION, PARAMETERS, SCHEMES, SEEDS, evaluated

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


def build(folder: Path) -> Path:
    """The English page alone."""
    return page_module.build(folder, [ENGLISH])


@pytest.fixture(scope="module")
def html(built: Path) -> str:
    return (built / "index.html").read_text(encoding="utf-8")


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
    assert page.elements["h2"] >= 7
    assert len(html.encode()) < 3_000_000


def test_ids_are_unique_and_every_inner_link_has_its_target(page: Page) -> None:
    assert [name for name, count in page.ids.items() if count > 1] == []
    targets = {value[1:] for _, name, value in page.attributes if name == "href" and value.startswith("#")}
    assert {"question", "results", "training", "temperature", "how", "threats", "provenance"} <= targets
    assert targets <= set(page.ids)
    for _, name, value in page.attributes:
        if name in ("aria-labelledby", "aria-describedby"):
            assert set(value.split()) <= set(page.ids)


def test_the_sections_that_answer_come_before_how_it_was_done(html: str) -> None:
    order = re.findall(r'<h2 id="([^"]+)"', html)
    assert order[0] == "question" and order[-4:] == ["how", "training", "threats", "provenance"]
    assert order.index("results") < order.index("temperature") < order.index("generalisation") < order.index("how")


def test_the_question_has_sentences_and_the_lists_are_folded_after_it(html: str) -> None:
    question = html[html.index('id="question"') : html.index('id="results"')]
    assert "<ul>" not in question
    text = " ".join(re.sub(r"<[^>]+>", "", question).split())
    assert re.search(
        r"Of \d+ trainings by the papers’ methods and the article’s schemes, .* controls are not counted", text
    )
    assert re.search(r"TF-IDF with logistic regression, .* has a higher mean than \d+ of these \d+ students", text)
    results = html[html.index('id="results"') :]
    folded = results[results.index("<details>") : results.index("</details>")]
    assert "What was found, set by set" in folded and "Held against that TextCNN, in points:" in folded


def test_loads_nothing(page: Page, html: str) -> None:
    assert not LOADING & set(page.elements)
    assert not re.search(r"@import|url\((?!#)", html)
    for tag, name, value in page.attributes:
        assert name not in ("src", "srcset", "onclick", "onload")
        if name in ("href", "xlink:href"):
            inside = value.startswith(("records/", "index.zh.html", "data:application/json;base64,"))
            assert value.startswith("#") or (tag == "a" and inside)
    assert "http" not in html
    assert "javascript:" not in html


def test_record_links_lead_to_files(page: Page, published: Path) -> None:
    links = [value for _, name, value in page.attributes if name == "href" and value.startswith("records/")]
    runs = len(CLASSES) * (len(SEEDS) * (len(METHODS) + 1) + 2) + len(SEEDS) * (1 + len(SCHEMES) + len(JOINT))
    assert len(links) == len(set(links)) == runs - 4
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
                for score in scores.values():
                    expected = f"{100 * score['mean']:.1f} {100 * score['low']:.1f} to {100 * score['high']:.1f}"
                    assert expected in text
    assert "c0ffee" in text
    assert "Taught by a frozen teacher, above it: RCO +" in text
    assert "Without a teacher, not told apart from it: Label smoothing" in text


def downloads(html: str) -> dict[str, list[Any]]:
    """What every link of a figure's data holds, by the name of its file."""
    found: dict[str, list[Any]] = {}
    for name, data in re.findall(r'download="([^"]+)" href="data:application/json;base64,([^"]+)"', html):
        found.setdefault(name, []).append(json.loads(base64.b64decode(data)))
    return found


def test_every_figure_has_a_download_of_its_data(html: str, published: Path) -> None:
    for part in re.split(r"<section\b", html)[1:]:
        assert "download=" in part or "<figure" not in part, part[:200]
    found = downloads(html)
    metrics = json.loads((published / "metrics.json").read_text())
    for dataset in CLASSES:
        own = found["results.json"][0][dataset]["supervised/student"]
        assert own["macro_f1"]["mean"] == pytest.approx(metrics[dataset]["supervised"]["student"]["macro_f1"]["mean"])
        assert len(own["seeds"]) == len(SEEDS)
        assert found["curves.json"][0][dataset]["supervised/student"]["0"]
        result = json.loads((published / "temperature.json").read_text())[dataset]
        assert found["entropy.json"][0][dataset] == {
            key: result[of] for key, of in (("temperatures", "grid"), ("entropy",) * 2)
        }
        assert found["softmax.json"][0][dataset]["items"] == result["items"]
    assert {f"{method}/student" for method in SCHEMES} <= set(found["schemes.json"][0])


def test_missing_cells_and_seeds_are_shown(page: Page) -> None:
    text = plain(page)
    assert "no result: no run in build/student/reviews/logit_mse/seed0" in text
    assert "2 of 3 seeds" in text
    assert "No result: Logit regression." in text
    assert "1 method without a result" in text
    assert "Every taught student" not in text


def test_commands_stand_there(page: Page) -> None:
    text = plain(page)
    for stage in ("student@titles-soft_label", "teacher@reviews", "yardstick@titles-majority"):
        assert f"dvc repro {stage}" in text


def test_the_same_records_give_the_same_bytes(folder: Path, html: str) -> None:
    assert build(folder).read_bytes() == html.encode()


def test_neither_page_nor_figures_depend_on_the_order_of_hashes(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from replication.report.languages import ENGLISH;"
        "from replication.report.page import build; build(Path(sys.argv[1]), [ENGLISH])"
    )
    found = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", code, str(folder)], env=environment, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        files = [folder / "index.html", *sorted((folder / "figures").glob("*.svg"))]
        found.append({path.name: path.read_bytes() for path in files})
    assert len(found[0]) == 1 + len(CLASSES) + 1
    assert found[0] == found[1]


def test_mathematics_in_a_name_stays_as_it_is(folder: Path) -> None:
    path = folder / "temperature.json"
    softmax = json.loads(path.read_text())
    softmax["titles"]["classes"] = [r"$\frac$ x", "$5 and $6", "c"]
    path.write_text(json.dumps(softmax))
    page = build(folder).read_text(encoding="utf-8")
    drawing = page[page.index('"bars-titles-1-title') :].split("</svg>")[0]
    for name in (r"$\frac$ x", "$5 and $6"):
        assert re.search(rf"<text[^>]*>{re.escape(name)} ", drawing)


@pytest.mark.parametrize(("points", "title"), [(2, "Validation scores during training"), (0, "No training curve has")])
def test_no_finding_is_told_from_too_few_points(folder: Path, points: int, title: str) -> None:
    path = folder / "curves.csv"
    header, *rows = path.read_text().splitlines(keepends=True)
    kept = [row for row in rows if int(row.split(",")[5]) <= 25 * points]
    path.write_text("".join([header, *kept]))
    text = plain(Page(build(folder).read_text()))
    assert title in text
    assert "levelled off by" not in text and "in the last quarter" not in text
    assert ("There are too few evaluations to tell" in text) is (points > 0)
    assert "The learning rate falls to 0" not in text


def test_what_the_curves_tell_comes_with_its_caveat(page: Page) -> None:
    text = plain(page)
    assert re.search(r"In (all|\d+ of) \d+ mean curves the validation score still gains more than a point", text)
    assert "The learning rate falls to 0 by the end, which has its part in that" in text


def test_sets_come_in_one_order_throughout(page: Page) -> None:
    panels = [name for name in page.ids if re.fullmatch(r"(entropy|results)-[a-z]+-title", name)]
    assert panels == [f"{figure}-{name}-title" for figure in ("results", "entropy") for name in CLASSES]


def test_the_title_of_the_entropies_is_their_share_and_the_text_says_what_is_definition(page: Page) -> None:
    text = plain(page)
    assert re.search(r"At T = 2 the teachers’ softmax has \d+ to \d+% of the largest entropy", text)
    assert "That entropy rises with T follows from the definition of the softmax" in text


def test_an_entropy_that_falls_is_told_as_an_error(folder: Path) -> None:
    path = folder / "temperature.json"
    softmax = json.loads(path.read_text())
    softmax["titles"]["rises"] = False
    path.write_text(json.dumps(softmax))
    text = plain(Page(build(folder).read_text()))
    assert "Entropy falls at a step of T on 1 of 3 sets, which no softmax does" in text


def test_the_outputs_of_every_teacher_are_named(page: Page, folder: Path) -> None:
    cells = json.loads((folder / "results.json").read_text())["datasets"][0]["cells"]
    digests = [seed["teacher"] for cell in cells if cell["method"] == "soft_label" for seed in cell["seeds"]]
    assert len(set(digests)) == len(SEEDS)
    assert f"Teacher outputs, Titles {', '.join(digests)}" in plain(page)


def test_a_row_of_changed_code_is_said_to_be_in_no_clone(folder: Path, page: Page) -> None:
    assert "no clone has exactly that code" not in plain(page)
    results = json.loads((folder / "results.json").read_text())
    results["datasets"][0]["cells"][0]["seeds"][0]["commit"] += "+"
    (folder / "results.json").write_text(json.dumps(results))
    text = plain(Page(build(folder).read_text()))
    assert re.search(r"1 of \d+ runs were made by code that differed from its commit, so no clone", text)


def test_intervals_of_shares_stay_within_them(folder: Path) -> None:
    for methods in json.loads((folder / "metrics.json").read_text()).values():
        for scores in (scores for models in methods.values() for scores in models.values()):
            assert all(0 <= score["low"] <= score["high"] <= 1 for score in scores.values())


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
    for name in ("student", "teacher", "yardstick", "historical", "scheme"):
        shutil.rmtree(tmp_path / "build" / name)
    monkeypatch.chdir(tmp_path)
    text = plain(Page(build(evaluated()).read_text()))
    assert "has no result, so nothing can be held against it" in text
    assert "No teacher has been trained yet" in text
    assert "No student of a scheme can be held against the TextCNN yet" in text
    assert "There is no share of negative flips" in text


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
    left_over = [folder / "figures" / name for name in ("results-left-over.svg", ".results-titles.svg.4711")]
    for path in left_over:
        path.touch()
    build(folder)
    for dataset in CLASSES:
        text = (folder / f"figures/results-{dataset}.svg").read_text(encoding="utf-8")
        root = ElementTree.fromstring(text)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "prefers-color-scheme: dark" in text and "--vermillion: #" in text
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert not any(path.exists() for path in left_over)


def test_schemes_stand_beside_their_teachers(page: Page, folder: Path) -> None:
    text = plain(page)
    metrics = json.loads((folder / "metrics.json").read_text())[OPINION]
    for scheme in JOINT:
        student, teacher = (metrics[scheme][model]["macro_f1"] for model in ("student", "teacher"))
        row = text[text.index("Schemes 1 to 5 on") :]
        row = row[row.index({"scheme2": "Scheme 2, isolated", "scheme4": "Scheme 4, losses added"}[scheme]) :][:200]
        assert f"{100 * student['mean']:.1f} {100 * student['low']:.1f} to" in row
        assert f"{100 * teacher['mean']:.1f} {100 * teacher['low']:.1f} to" in row
    for words in ("Historical TextCNN", "Negative flips", "0 by definition", "frozen", "its own teacher: "):
        assert words in text
    assert f"schemes-{OPINION}-figure" in page.ids
    assert (folder / f"figures/schemes-{OPINION}.svg").is_file()


def test_the_made_set_is_called_semi_synthetic_wherever_its_numbers_stand(html: str) -> None:
    text = plain(Page(re.sub(r"<(style|desc)\b.*?</\1>", "", html, flags=re.DOTALL)))
    named = [found.start() for found in re.finditer(r"\bSpam\b", text)]
    assert len(named) > 8
    said = ("Spam (semi-synthetic)", "Spam: semi-synthetic")
    assert [text[at : at + 40] for at in named if not text[at:].startswith(said)] == []
    for caption in re.findall(r"<caption>(.*?)</caption>", html, flags=re.DOTALL):
        if f"<code>{OPINION}</code>" in caption or "each family’s" in caption.lower():
            assert "semi-synthetic" in caption


def test_recall_by_family_says_which_families_training_never_saw(page: Page) -> None:
    text = plain(page)
    start = text.index("recall by kind of junk")
    assert re.search(r"gambling 20 items loans 20 items replicas 20 items, test only", text[start:])


def test_the_data_card_of_the_made_set_has_families_and_masked_examples(page: Page, html: str) -> None:
    text = plain(page)
    assert "Items by family and split of Spam (semi-synthetic)" in text
    assert "loans: 10 examples, names and long runs of digits masked" in text
    assert "replicas: no example outside the test set" in text
    assert html.count("loans &lt;b&gt;3&lt;/b&gt; 电话•••••••••••") == 1
    assert "1f" * 32 in text and "2e" * 32 in text
    assert "800 of 13,686 messages of fake base stations; 7 of 20 forum; the rest are near-duplicates" in text


def test_a_scheme_and_its_teacher_are_one_run(page: Page, folder: Path) -> None:
    environments = json.loads((folder / "results.json").read_text())["environments"]
    runs = len(CLASSES) * (len(SEEDS) * (len(METHODS) + 1) + 2) + len(SEEDS) * (1 + len(SCHEMES)) - 4
    assert sum(one["runs"] for one in environments) == runs
    minutes, seconds = divmod(round(12.5 * runs), 60)
    assert f"Runs {runs}, {minutes} min {seconds} s of training and fitting in sum" in plain(page)


def test_sizes_are_told_as_the_data_cards_have_them(page: Page, folder: Path) -> None:
    assert "cut into 30 labelled items, a transfer pool of 18–20, whose labels no training sees, 39–40" in plain(page)
    path = folder / "cards.json"
    cards = json.loads(path.read_text(encoding="utf-8"))
    for split, counts in {"labelled": [3, 4, 5], "pool": [900, 100, 234], "test": [50, 49, 1]}.items():
        classes = cards["titles"]["counts"][split]
        cards["titles"]["counts"][split] = dict(zip(classes, counts, strict=True))
    path.write_text(json.dumps(cards), encoding="utf-8")
    text = plain(Page(build(folder).read_text(encoding="utf-8")))
    assert "cut into 12–30 labelled items, a transfer pool of 20–1,234, whose labels no training sees, 39–40" in text
    assert "Small test sets. 100–120 items a set." in text


def test_budgets_are_told_from_the_records(page: Page) -> None:
    text = plain(page)
    assert (
        "Titles: all 5 arms had the same number of updates of the student, 100, on batches of at most 16 items." in text
    )
    assert "Reviews: all 4 arms had the same" in text
    assert "anchor-0: 25, anchor-1: 25, anchor-2: 25, anchor-3: 25" in text


def test_budgets_say_among_how_many_states_validation_chose(page: Page) -> None:
    text = plain(page)
    assert "States to choose from" in text
    assert re.search(r"RCO 100 anchor-0: 25, anchor-1: 25, anchor-2: 25, anchor-3: 25 16 50 4 3 ", text)


def test_the_protocol_says_what_each_reads_and_who_was_tuned(page: Page) -> None:
    text = plain(page)
    assert "The TextCNN reads the first 16 characters of a text" in text
    assert "the teacher the first 16 of its tokeniser’s pieces" in text
    assert len(STRENGTHS) == 5 and "validation chose among five strengths of its regularisation" in text
    assert "The teacher’s embeddings stay as pre-trained; fine-tuning changes all its 2 layers." in text
    assert "That does not hold of the project’s history" in text


def test_frozen_layers_are_told(folder: Path) -> None:
    results = json.loads((folder / "results.json").read_text())
    results["parameters"]["teacher"]["frozen_layers"] = 1
    results["parameters"]["yardsticks"].append("tfidf_logistic_cut")
    results["profile"] = "public"
    (folder / "results.json").write_text(json.dumps(results))
    text = plain(Page(build(folder).read_text()))
    assert "Of the teacher’s 2 layers the lower 1 and the embeddings stay as pre-trained" in text
    assert "Its second row, cut, reads what the TextCNN reads." in text
    assert "This profile’s budgets were changed three times" in text


def test_a_row_of_an_earlier_training_says_so_and_shows_the_settings_that_ran(folder: Path) -> None:
    results = json.loads((folder / "results.json").read_text())
    dataset = next(one for one in results["datasets"] if one["name"] == OPINION)
    cells = {(cell["method"], cell["model"]): cell for cell in dataset["cells"]}
    soft, first, joint = (cells[name, "student"] for name in ("soft_label", "scheme1", "scheme2"))
    first |= {key: soft[key] for key in ("settings", "metrics", "delta")}
    for own, other in zip(first["seeds"], soft["seeds"], strict=True):
        own |= {key: other[key] for key in ("metrics", "validation_macro_f1", "teacher")}
    joint["settings"] = {"teacher": {"layers": 2, "training": {"iterations": 320, "learning_rate": 0.1}}}
    (folder / "results.json").write_text(json.dumps(results))
    text = plain(Page(build(folder).read_text()))
    assert text.count("Scheme 1, logits same training as Soft labels") == 2
    assert "(same training as Soft labels)" in text
    assert "teacher.training.learning_rate: 0.1" in text and "teacher.training.iterations" not in text


def test_a_profile_is_to_be_put_on_first(page: Page, folder: Path) -> None:
    assert "python -m replication profile made ; git checkout params.yaml dvc.lock takes it off" in plain(page)
    results = json.loads((folder / "results.json").read_text())
    results["profile"] = "default"
    (folder / "results.json").write_text(json.dumps(results))
    assert "python -m replication profile" not in plain(Page(build(folder).read_text()))


def test_an_odd_budget_is_told(folder: Path) -> None:
    results = json.loads((folder / "results.json").read_text())
    cell = next(cell for cell in results["datasets"][0]["cells"] if cell["method"] == "soft_label")
    cell["seeds"][1]["iterations"] = 80
    (folder / "results.json").write_text(json.dumps(results))
    text = plain(Page(build(folder).read_text()))
    assert "not all 5 arms had the same budget" in text
    assert "Soft labels had 100 or 80 on batches of 16" in text


def test_the_route_has_its_anchors_seed_by_seed(page: Page) -> None:
    anchors = "Anchor 1 Anchor 2 Anchor 3 Anchor 4 0 25: 50.0 50: 60.0 75: 70.0 kept state (100): 80.0"
    assert f"RCO on Titles Seed {anchors}" in plain(page)


DESCRIBED = sorted({*available("methods"), *made_runs.SCHEMES, "historical", "scheme1_labelled", "scheme4_own_rate"})


@pytest.mark.parametrize("method", DESCRIBED)
def test_every_method_is_described_with_its_loss(method: str) -> None:
    environment = page_module.templates()
    text = environment.get_template(f"methods/{method}.html.j2").render()
    ElementTree.fromstring(f"<div>{text}</div>")
    assert "<p>" in text and "<math" in text
    assert "<script" not in text


def test_no_method_goes_undescribed(page: Page, html: str) -> None:
    assert {f"method-{method}" for method in [*METHODS, *SCHEMES, "historical"]} <= set(page.ids)
    assert "Its file in the package describes it" not in html


def test_every_network_has_its_training_curve_and_other_scores_have_none(page: Page, html: str) -> None:
    panels = [name for name in page.ids if name.startswith("curves-") and name.endswith("-title")]
    expected = {f"curves-{dataset}-{method}-title" for dataset in CLASSES for method in METHODS}
    expected |= {f"curves-{OPINION}-{method}-title" for method in [*SCHEMES, "historical"]}
    assert set(panels) == expected - {"curves-reviews-logit_mse-title"}
    assert "Scheme 2, isolated: 76.9, teacher 86.2" in html
    assert "−100" not in re.sub(
        r"<desc.*?</desc>", "", html[html.index('id="training"') : html.index('id="threats"')], flags=re.DOTALL
    )
