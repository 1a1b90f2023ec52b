"""The report: an HTML page a language, made from the files of `reports/<profile>/` alone, without torch or runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from replication.report.languages import LANGUAGES, Language


def build(profile_folder: Path, languages: Sequence[Language] = LANGUAGES) -> Path:
    """Write `index.html`, and `index.zh.html` in Chinese, into the folder; returns the path of the first.

    Raises:
        UserError: a file of the folder is missing or damaged.
    """
    # Matplotlib takes a second to import, which the table for the terminal does without.
    from replication.report import page

    return page.build(profile_folder, languages)
