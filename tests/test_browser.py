"""Which browser the tests find, and what becomes of those that find none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from playwright.sync_api import Playwright

from tests import browser
from tests.readme import ROOT

SKIPPED = """
import pytest
@pytest.mark.parametrize("number", range(3))
def test_what_cannot_run(number):
    pytest.skip("no browser")
def test_what_can():
    pass
"""


def playwright(own: Path) -> Playwright:
    """A Playwright whose own browser would lie there."""
    return cast(Playwright, SimpleNamespace(chromium=SimpleNamespace(executable_path=str(own))))


def test_the_systems_browser_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "google-chrome").write_text("", encoding="utf-8")
    (tmp_path / "google-chrome").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.executable(playwright(tmp_path / "own")) == (tmp_path / "google-chrome", "")


@pytest.mark.parametrize("there", [True, False])
def test_then_playwrights_own_downloaded_if_need_be(
    there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "chrome"
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(browser, "DOWNLOAD", (sys.executable, "-c", f"open({str(own)!r}, 'w').close()"))
    if there:
        own.touch()
        monkeypatch.setattr(browser, "DOWNLOAD", ("no such command",))
    assert browser.executable(playwright(own)) == (own, "")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import sys; sys.exit('Error: getaddrinfo ENOTFOUND')", "Error: getaddrinfo ENOTFOUND"),
        ("import sys; sys.exit(3)", "exit status 3"),
        ("import time; time.sleep(60)", "no end after 0.5 s"),
    ],
)
def test_where_that_cannot_be_had_it_says_why(
    code: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(browser, "DOWNLOAD", (sys.executable, "-c", code))
    monkeypatch.setattr(browser, "PATIENCE", 0.5 if "sleep" in code else 60.0)
    assert browser.executable(playwright(tmp_path / "own")) == (None, why)


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("true", 1)])
def test_skipped_tests_are_one_line_and_fail_in_continuous_integration(ci: str, status: int, tmp_path: Path) -> None:
    (tmp_path / "test_made.py").write_text(SKIPPED, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.conftest",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
    ]
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, "-rs", str(tmp_path)], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stdout + done.stderr
    if ci:
        assert "3 failed, 1 passed" in done.stdout and "with CI=true nothing may be skipped" in done.stdout
    else:
        assert [line for line in done.stdout.splitlines() if line.startswith("SKIPPED [3]")]
        assert "1 passed, 3 skipped" in done.stdout
