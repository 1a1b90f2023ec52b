"""A browser for the tests that open the report: the system's, else Playwright's own, downloaded where it can be had."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 600.0
"""Seconds that the download may take."""
DOWNLOAD = (sys.executable, "-m", "playwright", "install", "chromium")
REMEDY = "install one (`apt-get install chromium`, or Google Chrome) and run the tests again"


@contextmanager
def opened() -> Iterator[Browser]:
    """A running browser.

    Where there is none, the test that asks is skipped, which continuous integration counts as a failure.
    """
    with sync_playwright() as playwright:
        path, why = executable(playwright)
        if path is None:
            pytest.skip(f"no Chromium or Chrome, and Playwright's own cannot be downloaded ({why}): {REMEDY}")
        try:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        except Error as error:  # Playwright's own asks for libraries of the system
            pytest.skip(f"{path} does not start ({error.message.splitlines()[0]}): {REMEDY}")
        yield browser
        browser.close()


def executable(playwright: Playwright) -> tuple[Path | None, str]:
    """The system's browser, else Playwright's own; None with the reason where there is neither."""
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found), ""
    own = Path(playwright.chromium.executable_path)
    return (own, "") if own.is_file() else download(own)


def download(own: Path) -> tuple[Path | None, str]:
    """Playwright's own browser, after its own download of it."""
    try:
        done = subprocess.run(
            DOWNLOAD, env=dict(os.environ), capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return None, f"no end after {PATIENCE:g} s"
    if own.is_file():
        return own, ""
    said = [line.strip() for line in (done.stderr + done.stdout).splitlines() if "rror" in line]
    return None, said[0] if said else f"exit status {done.returncode}"
