"""The report's languages: a whole catalogue, nothing left in English, and pages that lead to each other."""

from __future__ import annotations

import importlib
import pkgutil
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from replication.data import sources
from replication.errors import UserError
from replication.report import languages, page
from replication.report.contents import Entry, numbered
from replication.report.languages import CHINESE, ENGLISH, LANGUAGES
from replication.report.words import Words

ROOT = Path(__file__).parents[2]
LEFT_OUT = {"code", "pre", "style", "math", "q"}


def extracted() -> set[tuple[str | None, Any]]:
    """Context and id of every message of the templates, as `make messages` finds them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]["mappings"]
    options = {key: value for key, value in settings[0].items() if key not in ("method", "pattern")}
    pattern, method = settings[0]["pattern"], settings[0]["method"]
    found = extract_from_dir(ROOT / "replication/report", [(pattern, method)], {pattern: options})
    return {(context, message) for _, _, message, _, context in found}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with languages.catalogue(CHINESE).open("rb") as file:
        return read_po(file, locale=CHINESE.code)


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or [""])


def ids(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def test_the_catalogue_has_the_messages_of_the_templates_and_no_others(catalogue: Catalog) -> None:
    known = {(message.context, message.id) for message in messages(catalogue)}
    assert extracted() - known == set(), "run `make messages` and translate what is new"
    assert known - extracted() == set(), "run `make messages`"
    assert not catalogue.obsolete
    assert len(known) > 300


def test_every_message_is_translated_and_none_is_a_guess(catalogue: Catalog) -> None:
    assert [message.id for message in messages(catalogue) if not all(strings(message))] == []
    assert [message.id for message in messages(catalogue) if message.fuzzy] == []
    assert catalogue.num_plurals == 1


@pytest.mark.parametrize("pattern", [r"%\(\w+\)s", r"</?\w+>|&\w+;"], ids=["placeholders", "marks"])
def test_what_is_not_words_is_the_same_in_both_languages(catalogue: Catalog, pattern: str) -> None:
    for message in messages(catalogue):
        for string in strings(message):
            assert set(re.findall(pattern, string)) == set(re.findall(pattern, ids(message)[-1])), message.id


def test_every_message_can_be_filled_in(catalogue: Catalog) -> None:
    for message in messages(catalogue):
        for string in [*ids(message), *strings(message)]:
            filled = string % dict.fromkeys(re.findall(r"%\((\w+)\)s", string), "")
            assert "%(" not in filled and "%%" not in filled


def test_a_variable_is_escaped_within_a_translation() -> None:
    template = page.templates(CHINESE).from_string("{% trans title='<b>' %}Results on {{ title }}{% endtrans %}")
    assert template.render() == "&lt;b&gt;上的结果"


def test_a_missing_catalogue_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "LOCALE", tmp_path)
    with pytest.raises(UserError, match=r"zh/LC_MESSAGES/messages\.po: no messages for 中文"):
        languages.translations(CHINESE)


def test_sections_are_numbered_and_listed_in_their_order() -> None:
    body = '<h2 id="a">First <em>one</em> <a class="anchor" href="#a">#</a></h2>'
    body += '<h2 id="b">R&amp;D <a class="anchor" href="#b">#</a></h2>'
    contents = numbered(body)
    assert contents.entries == [Entry("a", 1, "First one"), Entry("b", 2, "R&D")]
    assert contents.body == body.replace("First", "1 First").replace("R&", "2 R&")


def test_each_page_says_its_language_and_leads_to_the_other(built: Path) -> None:
    for language, other in (LANGUAGES, LANGUAGES[::-1]):
        text = (built / language.page).read_text(encoding="utf-8")
        assert text.startswith(f'<!DOCTYPE html>\n<html lang="{language.code}">')
        link = f'<a href="{other.page}" hreflang="{other.code}" lang="{other.code}">{other.name}</a>'
        assert text.count(link) == 1


class Sentences(HTMLParser):
    """Texts and labels of a page outside code, formulas, quotations and what says that it is English."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.skipped: list[str] = []
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if not self.skipped and known.get("aria-label"):
            self.found.append(known["aria-label"] or "")
        starts = tag in LEFT_OUT or known.get("lang") == "en" or known.get("class") == "hash"
        if self.skipped[-1:] == [tag] or (starts and not self.skipped):
            self.skipped.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.skipped[-1:] == [tag]:
            self.skipped.pop()

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.found.append(data)


def sentences(text: str) -> list[str]:
    """Texts with three English words in a row."""
    row = re.compile(r"\b[a-z]+[ ,]+[a-z]{2,}[ ,]+[a-z]{2,}\b")
    return [found.strip() for found in Sentences(text).found if row.search(found)]


def test_the_chinese_page_has_no_english_sentence(built: Path) -> None:
    english = (built / ENGLISH.page).read_text(encoding="utf-8").replace('<html lang="en">', "<html>")
    assert len(sentences(english)) > 100
    assert sentences((built / CHINESE.page).read_text(encoding="utf-8")) == []


def test_both_pages_have_the_same_numbers(built: Path) -> None:
    counts = []
    for language in LANGUAGES:
        text = (built / language.page).read_text(encoding="utf-8")
        tables = re.findall(r'<span class="estimate">.*?</span></span>', text)
        counts.append([re.findall(r"[−+]?\d+\.\d", table) for table in tables])
    assert len(counts[0]) > 100
    assert counts[0] == counts[1]


def test_english_needs_no_catalogue() -> None:
    assert languages.translations(ENGLISH).gettext("Results") == "Results"


def test_every_text_of_a_source_that_the_page_shows_has_words(catalogue: Catalog) -> None:
    for module in pkgutil.iter_modules(sources.__path__):
        source = importlib.import_module(f"{sources.__name__}.{module.name}").SOURCE  # a module a source
        for text in (source.title, source.language, source.domain, source.kind, *source.classes.values()):
            same = text in ("ChnSentiCorp", "TNEWS (CLUE)", "IFLYTEK (CLUE)")  # names in either language
            assert same or text.startswith("category ") or catalogue.get(text) is not None, (module.name, text)


def test_a_part_of_a_claim_is_named_in_the_pages_language() -> None:
    words = Words(page.templates(CHINESE))
    for part in ("fall from 0 to 0.4", "rate 0.4", "latency onnxruntime", "transfer all", "bytes", "parameters"):
        assert re.search("[\u4e00-\u9fff]", words.text("board_part", part=part)), part
    assert words.text("board_part", part="a part of one's own") == "a part of one's own"
