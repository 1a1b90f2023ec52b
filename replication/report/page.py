"""Puts facts, tables and figures into the templates of a language and writes the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from replication.records import write_text
from replication.report import findings, numbers, panels
from replication.report.figures.style import VARIABLES, look, styled
from replication.report.inputs import Inputs, read_inputs
from replication.report.words import Words

TEMPLATES = Path(__file__).parent / "templates"
SPLITS = ("labelled", "pool", "validation", "test")


def build(folder: Path, language: str = "en") -> Path:
    """Render `index.html` into a profile's folder from the files that are there.

    Raises:
        UserError: a file is missing or damaged.
    """
    inputs = read_inputs(folder)
    environment = _environment()
    words = Words(environment, language)
    with styled():
        context = {**_facts(inputs, words), **_figures(inputs, words)}
    template = environment.get_template(f"{language}/index.html.j2")
    _write_figures(folder / "figures", context["result_panels"], environment)
    page = folder / "index.html"
    write_text(page, template.render(language=language, words=words, **context))
    return page


def _write_figures(folder: Path, shown: list[panels.Panel], environment: Environment) -> None:
    """Write drawings as files of their own, for a page elsewhere; they carry the palette along."""
    style = environment.get_template("figure.css.j2").render()
    for panel in shown:
        opening, rest = panel.svg.split(">", 1)
        opening = opening.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
        write_text(folder / f"{panel.name}.svg", f"{opening}>\n<style>\n{style}</style>{rest}")
    for path in folder.glob("*.svg"):
        if path.stem not in {panel.name for panel in shown}:
            path.unlink()


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for name in ("percent", "points", "count", "seconds", "duration", "short_hash"):
        environment.filters[name] = getattr(numbers, name)
    environment.filters["json"] = lambda data: json.dumps(data, ensure_ascii=False, indent=2)
    environment.filters["settings"] = lambda data: ", ".join(f"{key}: {value}" for key, value in sorted(data.items()))
    environment.globals["colour"] = lambda method: VARIABLES[look(method).colour]
    return environment


def _facts(inputs: Inputs, words: Words) -> dict[str, Any]:
    datasets = inputs.results.datasets
    found = [findings.dataset_finding(dataset) for dataset in datasets]
    present = [seed for dataset in datasets for cell in dataset.cells for seed in cell.present]
    return {
        "results": inputs.results,
        "cards": inputs.cards,
        "findings": found,
        "tally": findings.tally(found),
        "methods": list(dict.fromkeys(cell.method for dataset in datasets for cell in dataset.cells)),
        "splits": SPLITS,
        "semi_synthetic": [card.title for card in inputs.cards.values() if card.kind == "semi-synthetic"],
        "total_runs": len(present),
        "total_seconds": sum(seed.seconds for seed in present),
        "peak_memory": max((seed.peak_memory_mib for seed in present), default=0.0),
        "teacher_digests": [
            {"title": words.dataset(inputs.cards[dataset.name]), "sha256": digest}
            for dataset in datasets
            for digest in sorted({cell.teacher for cell in dataset.cells if cell.teacher})
        ],
    }


def _figures(inputs: Inputs, words: Words) -> dict[str, Any]:
    return {
        "result_panels": panels.result_panels(inputs, words),
        "curve_panels": panels.curve_panels(inputs, words),
        "curves_title": panels.curves_title(inputs, words),
        "entropy_panels": panels.entropy_panels(inputs, words),
        "entropy_title": panels.entropy_title(inputs, words),
        "bar_panels": panels.bar_panels(inputs, words),
    }
