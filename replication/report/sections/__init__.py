"""Sections of the report that stand on a record of their own: one module and one template each.

A module `<name>.py` has `context(folder, inputs, words)`, which returns what `templates/sections/<name>.html.j2` shows
(there as `section`), or None where the profile's folder has no such record. What a figure says stands in
`templates/words/<name>.html.j2`.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from replication.report.inputs import Inputs
from replication.report.words import Words

ORDER: tuple[str, ...] = (
    "verdicts",
    "noise",
    "gradients",
    "temperature_sweep",
    "samples",
    "hints",
    "route",
    "joint",
    "coverage",
    "generalisation",
    "cost",
    "time",
)
"""The sections in the order in which they are read."""
MODULES = [importlib.import_module(f"{__name__}.{name}") for name in ORDER]


def contexts(folder: Path, inputs: Inputs, words: Words) -> dict[str, dict[str, Any]]:
    """What each section shows, by name; sections without a record are left out."""
    found: dict[str, dict[str, Any]] = {}
    for name, module in zip(ORDER, MODULES, strict=True):
        shown = module.context(folder, inputs, words)
        if shown is not None:
            found[name] = shown
    return found
