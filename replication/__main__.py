"""The command line: one command a stage of the pipeline, each of which also runs without DVC."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import click
import typer
from rich.console import Console
from rich.markup import escape

from replication import config
from replication.errors import UserError

if TYPE_CHECKING:
    from replication.tasks import Cell

BUILD = Path("build")
REPORTS = Path("reports")

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
Dataset = Annotated[str, typer.Argument(help="a dataset of params.yaml")]


@app.command()
def settings() -> None:
    """Check params.yaml and write what each method reads of it."""
    from replication import settings as method_settings

    method_settings.write(config.load(), BUILD / "settings")


@app.command()
def sources() -> None:
    """Write what identifies each dataset's source, so that one that changes is fetched again, and no other."""
    from replication.data import identity

    identity.write(config.load(), BUILD / "sources")


@app.command()
def fetch(dataset: Dataset) -> None:
    """Fetch a dataset's pinned files."""
    from replication.data import fetch as fetching

    parameters = config.load()
    _listed(dataset, parameters.datasets, "datasets")
    fetching.fetch(dataset, BUILD / "raw" / dataset, parameters.own_datasets.get(dataset))


@app.command()
def prepare(dataset: Dataset) -> None:
    """Normalise, drop duplicates, split; write Parquet and the data card."""
    from replication.data import prepare as preparing

    parameters = config.load()
    raw = BUILD / "raw" / _listed(dataset, parameters.datasets, "datasets")
    own = parameters.own_datasets.get(dataset)
    preparing.prepare(dataset, raw, BUILD / "data" / dataset, parameters.preparation.on(dataset), own)


@app.command()
def checkpoint() -> None:
    """Get the pre-trained encoder and write it as a folder that transformers reads."""
    from replication.models.checkpoints import make_checkpoint

    make_checkpoint(config.load().teacher.checkpoint, BUILD / "checkpoint")


@app.command()
def teacher(dataset: Dataset) -> None:
    """Fine-tune BERT on the labels, for every seed."""
    parameters = config.load()
    _listed(dataset, parameters.datasets, "datasets")
    _train(parameters, dataset, "supervised", "teacher", {}, BUILD / "teacher" / dataset)


@app.command()
def historical(dataset: Dataset) -> None:
    """Train the historical TextCNN, on legacy items alone, for every seed."""
    parameters = config.load()
    _listed(dataset, parameters.opinion_datasets, "opinion_datasets")
    _train(parameters, dataset, "supervised", "historical", {}, BUILD / "historical" / dataset)


@app.command()
def student(dataset: Dataset, method: Annotated[str, typer.Argument(help="a method of params.yaml")]) -> None:
    """Train the TextCNN by one method, for every seed."""
    from replication import settings as method_settings

    parameters = config.load()
    _listed(dataset, parameters.datasets, "datasets")
    own = method_settings.read(BUILD / "settings", _listed(method, parameters.methods, "methods"))
    _train(parameters, dataset, method, "student", own, BUILD / "student" / dataset / method)


@app.command()
def scheme(dataset: Dataset, name: Annotated[str, typer.Argument(help="a scheme of params.yaml")]) -> None:
    """Train the TextCNN by one of the article's schemes, BERT beside it where the scheme says so, for every seed."""
    from replication import settings as method_settings

    parameters = config.load()
    _listed(dataset, parameters.opinion_datasets, "opinion_datasets")
    own = method_settings.read(BUILD / "settings", _listed(name, parameters.schemes, "schemes"))
    _train(parameters, dataset, name, "student", own, BUILD / "scheme" / dataset / name)


@app.command()
def temperatures(dataset: Dataset) -> None:
    """Train the TextCNN on soft labels at several temperatures, for every seed."""
    from replication.measurements import temperatures as sweep

    parameters = config.load()
    settings = parameters.measurements.temperature
    _listed(dataset, settings.datasets if settings else [], "measurements.temperature.datasets")
    assert settings is not None
    points = sweep.cells(_ordinary(parameters, dataset, sweep.METHOD), settings.points(parameters.temperature))
    for name, cell in points.items():
        _run(parameters, cell, BUILD / "temperatures" / dataset / name)


@app.command()
def samples(dataset: Dataset) -> None:
    """Train the TextCNN with fewer labels, alone and taught, for every seed."""
    from replication.measurements import samples as sweep

    parameters = config.load()
    settings = parameters.measurements.samples
    _listed(dataset, settings.datasets if settings else [], "measurements.samples.datasets")
    assert settings is not None
    ordinary = {method: _ordinary(parameters, dataset, method) for method in sweep.METHODS}
    for size in settings.sizes:
        folder = BUILD.absolute() / "samples" / dataset / str(size)
        for destination, cell in sweep.cells(ordinary, size, folder).items():
            _run(parameters, cell, destination)


def _ordinary(parameters: config.Parameters, dataset: str, method: str) -> Cell:
    from replication import settings as method_settings

    return _cell(parameters, dataset, method, "student", method_settings.read(BUILD / "settings", method))


def _train(
    parameters: config.Parameters,
    dataset: str,
    method: str,
    role: Literal["student", "teacher", "historical"],
    own: dict[str, Any],
    destination: Path,
) -> None:
    _run(parameters, _cell(parameters, dataset, method, role, own), destination)


def _run(parameters: config.Parameters, cell: Cell, destination: Path) -> None:
    from replication import cells, store

    cells.run(cell, parameters.parallel, destination, store.Store(config.scratch().absolute()))


def _cell(
    parameters: config.Parameters,
    dataset: str,
    method: str,
    role: Literal["student", "teacher", "historical"],
    own: dict[str, Any],
) -> Cell:
    from replication.network import resolve_precision
    from replication.tasks import Cell

    build = BUILD.absolute()  # a worker of a cluster may stand in another folder
    return Cell(
        dataset=dataset,
        method=method,
        role=role,
        data=build / "data" / dataset,
        settings=own,
        seeds=tuple(parameters.seeds),
        student=None if role == "teacher" else parameters.student.on(dataset),
        teacher=parameters.teacher,
        threads=parameters.parallel.threads,
        precision=resolve_precision(parameters.precision),
        checkpoint_seconds=parameters.parallel.checkpoint_seconds,
        checkpoint=build / "checkpoint",
        teachers=build / "teacher" / dataset,
        historical=build / "historical" / dataset,
    )


@app.command()
def yardstick(dataset: Dataset, name: Annotated[str, typer.Argument(help="a yardstick of params.yaml")]) -> None:
    """Fit a simple classifier that results are held against."""
    from replication import yardsticks

    parameters = config.load()
    _listed(dataset, parameters.datasets, "datasets")
    _listed(name, parameters.yardsticks, "yardsticks")
    yardsticks.run(name, dataset, BUILD / "data" / dataset, BUILD / "yardstick" / dataset / name)


@app.command()
def noise(dataset: Dataset) -> None:
    """Train the arms of the noise measurement, for every rate and seed."""
    from replication import store
    from replication.measurements import noise as measuring

    parameters = _measuring_noise(dataset)
    measuring.run(parameters, dataset, BUILD.absolute(), store.Store(config.scratch().absolute()))


@app.command()
def gradients(dataset: Dataset) -> None:
    """Measure how the gradients of soft_label align with those of clean labels, for every rate and seed."""
    from replication import store
    from replication.measurements import gradients as measuring

    parameters = _measuring_noise(dataset)
    measuring.run(parameters, dataset, BUILD.absolute(), store.Store(config.scratch().absolute()))


def _measuring_noise(dataset: str) -> config.Parameters:
    parameters = config.load()
    listed = parameters.measurements.noise.datasets if parameters.measurements.noise else []
    _listed(dataset, listed, "measurements.noise.datasets")
    return parameters


@app.command()
def cost() -> None:
    """Measure latency, size and operations of the teacher and the student."""
    from replication.measurements import cost as measuring

    parameters = config.load()
    measuring.run(parameters, BUILD, REPORTS / parameters.profile / "cost.json")


@app.command()
def export(
    dataset: Dataset,
    method: Annotated[str, typer.Argument(help="a method or scheme whose student is taken")],
    to: Annotated[Path, typer.Option(help="the folder to write")],
    seed: Annotated[int | None, typer.Option(help="of the run; else the one that validates best")] = None,
) -> None:
    """Write a trained student for serving: safetensors, ONNX, vocabulary, settings and a model card."""
    from replication.serving import package

    parameters = config.load()
    _listed(dataset, parameters.datasets, "datasets")
    kind = "scheme" if method in parameters.schemes else "student"
    _listed(method, [*parameters.methods, *parameters.schemes], "methods and schemes")
    run = package.choose_run(BUILD / kind / dataset / method, seed)
    package.export(run, BUILD / "data" / dataset, REPORTS / parameters.profile, to)
    Console(stderr=True).print(f"exported {run} to {to}", highlight=False, soft_wrap=True)


@app.command()
def evaluate() -> None:
    """Score every run on the test labels; write records, metrics and what the report needs."""
    from replication import evaluation

    parameters = config.load()
    evaluation.evaluate(parameters, BUILD, REPORTS / parameters.profile)


@app.command()
def verdicts() -> None:
    """Judge every claim of baselines/claims.yaml from the published comparisons."""
    from replication.evaluation.verdicts import write_verdicts

    write_verdicts(REPORTS / config.load().profile)


@app.command()
def report() -> None:
    """Render the page from the records alone."""
    from replication.report import build

    page = build(REPORTS / config.load().profile)
    Console(stderr=True).print(f"report: {page}", highlight=False, soft_wrap=True)


@app.command()
def table() -> None:
    """Print the results table and where the report is."""
    from replication.report import console

    folder = REPORTS / config.load().profile
    Console().print(console.results_table(folder))
    Console().print(f"report: {folder / 'index.html'}", highlight=False, soft_wrap=True)


@app.command()
def check(
    against: Annotated[str, typer.Option(help="`accepted`, or a file of accepted results")] = "accepted",
    markdown: Annotated[Path | None, typer.Option(help="write the check here as Markdown")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="write the check here as JSON")] = None,
) -> None:
    """Hold the published results against accepted ones; exit with 1 where one is worse, missing or implausible."""
    from replication import regression
    from replication.files import write_json, write_text
    from replication.regression import words

    name = config.load().profile
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


@app.command()
def accept(
    reason: Annotated[str, typer.Option(help="why; it goes into the file")],
    knowing: Annotated[list[str] | None, typer.Option(help="a cell whose implausible improvement is accepted")] = None,
) -> None:
    """Make the published results the accepted ones of their profile."""
    from replication import regression

    name = config.load().profile
    target = regression.accepted_file(name)
    regression.accept(REPORTS / name, BUILD / "data", target, reason, knowing or ())
    Console(stderr=True).print(f"accepted: {target}; commit it", highlight=False, soft_wrap=True)


@app.command()
def stale(
    allow_missing: Annotated[bool, typer.Option(help="look past files of build/ that a fresh clone lacks")] = False,
) -> None:
    """Exit with 1 where a stage's results are not those of the code, data and parameters as they stand."""
    from replication import staleness

    staleness.refuse(staleness.status(), allow_missing)


@app.command()
def headline() -> None:
    """Write the headline table and the verdicts between their markers in the README and the docs."""
    from replication.headline import PROFILE, write

    for path in write(REPORTS / PROFILE):
        Console(stderr=True).print(f"headline: {path}", highlight=False, soft_wrap=True)


@app.command()
def profile(
    name: Annotated[str, typer.Argument(help="a file of profiles/, without .yaml")],
    show: Annotated[bool, typer.Option("--show", help="say what it changes and costs, and change nothing")] = False,
) -> None:
    """Put a profile on: merge its overlay into params.yaml."""
    from replication import estimate, profiles

    if show:
        lines, parameters = profiles.show(name)
        records = REPORTS / profiles.BASE / "records"
        lines += ["", *estimate.summary(estimate.estimate(parameters, records), parameters, records)]
    else:
        lines = profiles.put_on(name)
    for line in lines:
        Console().print(line, highlight=False, markup=False, soft_wrap=True)


def _listed(name: str, known: list[str], key: str) -> str:
    if name not in known:
        raise UserError(f"{name!r} is not listed under {key} in {config.PARAMS}; listed: {', '.join(known)}")
    return name


def main() -> None:
    """Run the command line; an error of the user's is one line and exit status 1, an interruption 130."""
    try:
        sys.exit(app(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except UserError as error:
        Console(stderr=True).print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        Console(stderr=True).print("interrupted; finished seeds and checkpoints are kept, the same command goes on")
        sys.exit(130)


if __name__ == "__main__":
    main()
