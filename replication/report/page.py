"""Puts facts, tables and figures into the templates and writes the page, once a language."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from joblib import Parallel, delayed

from replication.files import write_text
from replication.report import answer, estimates, findings, numbers, panels, sections
from replication.report.budgets import TRIALS, budgets, ran
from replication.report.contents import numbered
from replication.report.course import levelling
from replication.report.figure_data import downloads
from replication.report.figures.style import VARIABLES, look, styled
from replication.report.inputs import Inputs, read_inputs
from replication.report.languages import ENGLISH, LANGUAGES, Language, translations
from replication.report.limits import limits, measured_stages
from replication.report.schemes import JUNK_METRICS, family_rows, scheme_rows
from replication.report.shared_styles import share_styles
from replication.report.words import Words
from replication.results.cells import DatasetResult

TEMPLATES = Path(__file__).parent / "templates"
SPLITS = ("labelled", "pool", "validation", "test", "history", "history_validation", "history_test")
"""Splits of a card in the order in which they are shown; only an opinion set has the last three."""


def build(folder: Path, languages: Sequence[Language] = LANGUAGES) -> Path:
    """Render the page of each language into a profile's folder from the files that are there; returns the English one.

    Raises:
        UserError: a file is missing or damaged.
    """
    inputs = read_inputs(folder)
    # Drawing takes most of the time, and every figure speaks its page's language: a process a page, forked where the
    # system can do that, since importing takes seconds too.
    Parallel(n_jobs=len(languages), backend="multiprocessing")(
        delayed(_build)(folder, inputs, language) for language in languages
    )
    return folder / ENGLISH.page


def _build(folder: Path, inputs: Inputs, language: Language) -> None:
    environment = templates(language)
    words = Words(environment)
    with styled(), _few_collections():
        context = {**_facts(inputs, words), **_figures(inputs, words)}
        context["sections"] = sections.contexts(folder, inputs, words)
    if language == ENGLISH:
        shown = [*context["result_panels"], *context["scheme_panels"].values()]
        _write_figures(folder / "figures", shown, environment)
    page = environment.get_template("index.html.j2")
    text = page.render(language=language, languages=LANGUAGES, words=words, **context)
    write_text(folder / language.page, share_styles(text))


@contextmanager
def _few_collections() -> Iterator[None]:
    """Have the garbage collector look seldom: going through matplotlib's cycles takes it an eighth of the time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _write_figures(folder: Path, shown: list[panels.Panel], environment: Environment) -> None:
    """Write drawings as files of their own, for a page elsewhere; they carry the palette along."""
    style = environment.get_template("figure.css.j2").render()
    for panel in shown:
        opening, rest = panel.svg.split(">", 1)
        opening = opening.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
        write_text(folder / f"{panel.name}.svg", f"{opening}>\n<style>\n{style}</style>{rest}")
    names = {f"{panel.name}.svg" for panel in shown}
    for path in folder.glob("*.svg*"):  # those of an earlier report, and what one that was killed was writing
        if path.name not in names:
            path.unlink()


def templates(language: Language = ENGLISH) -> Environment:
    """The templates, which speak `language`, with the filters that write numbers."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    install: Callable[..., None] = vars(environment)["install_gettext_translations"]
    install(translations(language), newstyle=True)
    for name in ("percent", "points", "count", "span", "seconds", "duration", "short_hash", "settings"):
        environment.filters[name] = getattr(numbers, name)
    for name, function in (("in_unit", "number"), ("written", "written"), ("p_value", "p_value")):
        environment.filters[name] = getattr(estimates, function)
    environment.filters["ran"] = ran
    environment.filters["numbered"] = numbered
    environment.filters["json"] = lambda data: json.dumps(data, ensure_ascii=False, indent=2)
    environment.globals["colour"] = lambda method: VARIABLES[look(method).colour]
    return environment


def _facts(inputs: Inputs, words: Words) -> dict[str, Any]:
    datasets = inputs.results.datasets
    found = [findings.dataset_finding(dataset) for dataset in datasets]
    trained = [cell for dataset in datasets for cell in dataset.cells if not cell.joint_teacher]
    present = [seed for cell in trained for seed in cell.present]
    return {
        "results": inputs.results,
        "cards": inputs.cards,
        "findings": found,
        "tally": findings.tally(found),
        "training_tally": findings.training_tally(found),
        "teacher_gains": answer.teacher_gains(found),
        "exceeded": answer.exceeded(found),
        "exceeded_cut": answer.exceeded(found, answer.TFIDF_CUT),
        "set_names": {dataset.name: words.dataset(inputs.cards[dataset.name]) for dataset in datasets},
        "repeats": {one.dataset.name: one.repeats for one in found},
        "limits": limits(inputs),
        "half_widths": findings.half_widths(found),
        "methods": _methods(datasets),
        "splits": SPLITS,
        "sizes": {split: [inputs.cards[dataset.name].size(split) for dataset in datasets] for split in SPLITS},
        "semi_synthetic": [
            words.text("card_text", text=card.title) for card in inputs.cards.values() if card.kind == "semi-synthetic"
        ],
        "budgets": [budgets(dataset, inputs.curves) for dataset in datasets],
        "trials": TRIALS,
        "downloads": downloads(inputs),
        "scheme_rows": {dataset.name: scheme_rows(dataset) for dataset in datasets},
        "family_rows": {dataset.name: family_rows(dataset) for dataset in datasets},
        "junk_metrics": JUNK_METRICS,
        "junk_sets": [words.dataset(inputs.cards[dataset.name]) for dataset in datasets if dataset.junk],
        "measured_stages": measured_stages(inputs.results.parameters),
        "total_runs": len(present),
        "changed_runs": sum(seed.commit.endswith("+") for seed in present),
        "total_seconds": sum(seed.seconds for seed in present),
        "peak_memory": max((seed.peak_memory_mib for seed in present), default=0.0),
        "teacher_digests": [
            {"title": words.dataset(inputs.cards[dataset.name]), "sha256": digests}
            for dataset in datasets
            if (digests := _teacher_digests(dataset))
        ],
    }


def _teacher_digests(dataset: DatasetResult) -> list[str]:
    """The outputs of every frozen teacher that a run learned from, each once, in the order of the rows and seeds."""
    return list(dict.fromkeys(seed.teacher for cell in dataset.cells for seed in cell.present if seed.teacher))


def _methods(datasets: list[DatasetResult]) -> dict[str, str]:
    """Every method of the tables, once, with the model that it is named by."""
    models: dict[str, str] = {}
    for cell in (cell for dataset in datasets for cell in dataset.cells):
        models.setdefault(cell.method, cell.model)
    return models


def _figures(inputs: Inputs, words: Words) -> dict[str, Any]:
    return {
        "result_panels": panels.result_panels(inputs, words),
        "scheme_panels": panels.scheme_panels(inputs, words),
        "curve_panels": panels.curve_panels(inputs, words),
        "curves_title": words.text("curves_title", levelling=levelling(inputs.curves)),
        "levelling": levelling(inputs.curves),
        "entropy_panels": panels.entropy_panels(inputs, words),
        "entropy_title": words.text("entropy_title", softness=findings.softness(inputs.temperatures.values())),
        "bar_panels": panels.bar_panels(inputs, words),
    }
