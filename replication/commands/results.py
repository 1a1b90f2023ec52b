"""What comes of the runs: scores, verdicts, the report, the accepted results, a student to serve."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from replication import params
from replication.commands.application import BUILD, REPORTS, STAGES, TOOLS, Dataset, app, listed
from replication.errors import UserError


@app.command(rich_help_panel=STAGES)
def evaluate() -> None:
    """Score every run on the test labels; write records, metrics and what the report needs."""
    from replication import evaluation

    parameters = params.load()
    evaluation.evaluate(parameters, BUILD, REPORTS / parameters.profile)


@app.command(rich_help_panel=STAGES)
def verdicts() -> None:
    """Judge every claim of baselines/claims.yaml from the published comparisons."""
    from replication.evaluation.verdicts import write_verdicts

    write_verdicts(REPORTS / params.load().profile)


@app.command(rich_help_panel=STAGES)
def report() -> None:
    """Render the page from the records alone."""
    from replication.report import build

    page = build(REPORTS / params.load().profile)
    Console(stderr=True).print(f"report: {page}", highlight=False, soft_wrap=True)


@app.command(rich_help_panel=TOOLS)
def table() -> None:
    """Print the results table, the verdicts and where the report is."""
    from replication.report import console

    folder = REPORTS / params.load().profile
    Console().print(console.results_table(folder))
    Console().print(f"report: {folder / 'index.html'}", highlight=False, soft_wrap=True)


@app.command(rich_help_panel=TOOLS)
def headline() -> None:
    """Write the tables and the verdicts between their markers in the README and the docs."""
    from replication.headline import write

    for path in write(REPORTS):
        Console(stderr=True).print(f"headline: {path}", highlight=False, soft_wrap=True)


@app.command(rich_help_panel=TOOLS)
def check(
    against: Annotated[str, typer.Option(help="`accepted`, or a file of accepted results")] = "accepted",
    markdown: Annotated[Path | None, typer.Option(help="write the check here as Markdown")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="write the check here as JSON")] = None,
) -> None:
    """Hold the published results against accepted ones; exit with 1 where one is worse, missing or implausible."""
    from replication import regression
    from replication.files import write_json, write_text
    from replication.regression import words

    name = params.load().profile
    path = regression.accepted_file(name) if against == "accepted" else Path(against)
    found = regression.check(REPORTS / name, path)
    if markdown is not None:
        write_text(markdown, words.markdown(found))
    if as_json is not None:
        write_json(as_json, found.model_dump())
    for cell in found.having("better", "new", "cannot tell"):
        Console(stderr=True).print(words.line(cell), highlight=False, markup=False, soft_wrap=True)
    Console(stderr=True).print(words.summary(found), highlight=False, markup=False, soft_wrap=True)
    if not found.passed:
        raise UserError("\n".join(words.failures(found)))


@app.command(rich_help_panel=TOOLS)
def accept(
    reason: Annotated[str, typer.Option(help="why; it goes into the file")],
    knowing: Annotated[list[str] | None, typer.Option(help="a cell whose implausible improvement is accepted")] = None,
) -> None:
    """Make the published results the accepted ones of their profile."""
    from replication import regression

    name = params.load().profile
    target = regression.FOLDER / f"{name}.json"
    regression.accept(REPORTS / name, BUILD / "data", target, reason, knowing or ())
    Console(stderr=True).print(f"accepted: {target}; commit it", highlight=False, soft_wrap=True)


@app.command(rich_help_panel=TOOLS)
def stale(
    allow_missing: Annotated[bool, typer.Option(help="look past files of build/ that a fresh clone lacks")] = False,
) -> None:
    """Exit with 1 where a stage's results are not those of the code, data and parameters as they stand."""
    from replication import staleness

    staleness.refuse(staleness.status(), allow_missing)


@app.command(rich_help_panel=TOOLS)
def export(
    dataset: Dataset,
    method: Annotated[str, typer.Argument(help="a method or scheme whose student is taken")],
    to: Annotated[Path, typer.Option(help="the folder to write")],
    seed: Annotated[int | None, typer.Option(help="of the run; else the one that validates best")] = None,
) -> None:
    """Write a trained student for serving: safetensors, ONNX, vocabulary, settings and a model card."""
    from replication.serving import package

    parameters = params.load()
    listed(dataset, parameters.datasets, "datasets")
    kind = "scheme" if method in parameters.schemes else "student"
    listed(method, [*parameters.methods, *parameters.schemes], "methods and schemes")
    run = package.choose_run(BUILD / kind / dataset / method, seed)
    package.export(run, BUILD / "data" / dataset, REPORTS / parameters.profile, to)
    Console(stderr=True).print(f"exported {run} to {to}", highlight=False, soft_wrap=True)
