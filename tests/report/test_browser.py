"""The report in a real browser: it loads nothing, logs no error, is accessible, fits a telephone, needs no script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from replication.report.languages import LANGUAGES
from tests.browser import opened

GRAVE = ("serious", "critical")
PAGES = [language.page for language in LANGUAGES]
PATIENCE = 120_000
"""Milliseconds that a page may take to open on a busy machine."""
Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened() as found:
        yield found


@pytest.fixture(scope="module")
def axe() -> str:
    return files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def violations(page: Page, axe: str) -> list[tuple[str, str, list[str]]]:
    """What axe finds to be serious or critical: rule, what it asks for, and the first elements that break it."""
    page.evaluate(axe)
    run = "axe.run({resultTypes: ['violations']}).then(found => JSON.stringify(found.violations))"
    found = [one for one in json.loads(page.evaluate(run)) if one["impact"] in GRAVE]
    return [(one["id"], one["help"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_loads_nothing_logs_nothing_and_is_accessible(
    browser: Browser, built: Path, axe: str, name: str, scheme: Scheme
) -> None:
    page = browser.new_page(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    requests: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    address = (built / name).as_uri()
    page.goto(address, timeout=PATIENCE)
    unfold(page)
    assert violations(page, axe) == []
    assert requests == [address]
    assert errors == []
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_the_page_does_not_scroll_sideways_on_a_telephone(browser: Browser, built: Path, name: str) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 700})
    page.goto((built / name).as_uri(), timeout=PATIENCE)
    for unfolded in (False, True):
        if unfolded:
            unfold(page)
        widest = page.evaluate("[document.documentElement.scrollWidth, document.body.scrollWidth]")
        assert max(widest) <= 375
    page.mouse.wheel(0, 4000)
    page.wait_for_function("window.scrollY > 1000", timeout=PATIENCE)
    contents = page.locator("nav.contents").bounding_box()
    assert contents is not None and contents["y"] == 0
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_lost_without_scripts(browser: Browser, built: Path, name: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((built / name).as_uri(), timeout=PATIENCE)
    sections = page.locator("main section")
    assert sections.count() == page.locator("nav.contents a").count() >= 7
    assert all(page.locator("main h2").nth(at).is_visible() for at in range(sections.count()))
    assert page.locator("main figure svg[role=img]").first.is_visible()
    folded = page.locator("main details").filter(has=page.locator("table")).first
    assert not folded.locator("table").first.is_visible()
    folded.locator("summary").first.click()
    assert folded.locator("table").first.is_visible()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_the_keyboard_reaches_the_report_and_shows_where_it_is(browser: Browser, built: Path, name: str) -> None:
    page = browser.new_page()
    page.goto((built / name).as_uri(), timeout=PATIENCE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#report"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.close()
