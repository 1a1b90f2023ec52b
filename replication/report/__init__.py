"""The report: one HTML page a language, made from the files of `reports/<profile>/` alone, without torch, data or runs."""

from __future__ import annotations

from pathlib import Path


def build(profile_folder: Path) -> Path:
    """Write `index.html`, and `index.zh.html` in Chinese, into the folder; returns the path of the first.

    Raises:
        UserError: a file of the folder is missing or damaged.
    """
    # Matplotlib takes a second to import, which the table for the terminal does without.
    from replication.report import page

    return page.build(profile_folder)
