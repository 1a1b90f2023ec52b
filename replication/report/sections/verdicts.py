"""The verdict board: each claim, what the numbers say of it and what would settle it; published numbers beside ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from replication.published import PublishedNumbers
from replication.report.discussion import discussion
from replication.report.downloads import data_link
from replication.report.figures.verdicts import shared_limits, strip
from replication.report.findings import dataset_finding
from replication.report.inputs import Inputs
from replication.report.readings import read_readings
from replication.report.settling import settling
from replication.report.words import Words
from replication.results.files import read_json
from replication.results.verdicts import PartEstimate, Verdict

BESIDE = (("supervised", "student"), ("soft_label", "student"), ("supervised", "teacher"))
"""Our cells that stand beside published numbers."""
ANSWERING = "soft-label"
"""The claim that answers the report's question."""


def context(folder: Path, inputs: Inputs, words: Words) -> dict[str, Any] | None:
    """The board's rows with their drawings, the count of verdicts, and the published numbers with ours."""
    path = folder / "verdicts.json"
    if not path.is_file():
        return None
    verdicts = read_json(path, list[Verdict])
    names = {dataset.name: words.dataset(inputs.cards[dataset.name]) for dataset in inputs.results.datasets}
    limits = shared_limits(verdicts)
    drawings = {}
    for verdict in verdicts:
        if verdict.estimate is not None:
            title = words.text("board_strip_title", verdict=verdict)
            drawings[verdict.claim] = strip(verdict, limits, names, title, words)
    counts = Counter(verdict.verdict for verdict in verdicts)
    return {
        "title": words.text("board_title", counts=counts, claims=len(verdicts)),
        "verdicts": verdicts,
        "measured": len(verdicts) - counts["not measured"],
        "readings": read_readings(folder, inputs.results, inputs.cards),
        "settling": {verdict.claim: settling(verdict) for verdict in verdicts},
        "answer": _answer(verdicts),
        "discussion": discussion(verdicts, [dataset_finding(dataset) for dataset in inputs.results.datasets]),
        "drawings": drawings,
        "names": names,
        "download": data_link([verdict.model_dump() for verdict in verdicts]),
        "published": _published(folder, inputs, names),
    }


def _answer(verdicts: Sequence[Verdict]) -> dict[str, tuple[PartEstimate, int]]:
    """What being taught is worth: by part of the claim, pooled, and over how many sets; empty where not measured."""
    return {
        part.part: (part, sum(one.part == part.part for one in verdict.sets))
        for verdict in verdicts
        if verdict.claim == ANSWERING
        for part in verdict.parts
    }


def _published(folder: Path, inputs: Inputs, names: dict[str, str]) -> list[dict[str, Any]]:
    path = folder / "published.json"
    if not path.is_file():
        return []
    rows = []
    for numbers in read_json(path, list[PublishedNumbers]):
        ours = []
        for dataset in inputs.results.datasets:
            cells = [dataset.find(*key) for key in BESIDE] if dataset.name in numbers.beside else []
            found = [cell for cell in cells if cell is not None]
            if found:
                ours.append({"title": names[dataset.name], "cells": found})
        rows.append({"numbers": numbers, "ours": ours})
    return rows
