"""The command line: one command a stage of the pipeline, each of which also runs without DVC."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from replication import config
from replication.errors import UserError

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
def fetch(dataset: Dataset) -> None:
    """Fetch a dataset's pinned files."""
    from replication.data import fetch as fetching

    fetching.fetch(_listed(dataset, config.load().datasets, "datasets"), BUILD / "raw" / dataset)


@app.command()
def prepare(dataset: Dataset) -> None:
    """Normalise, drop duplicates, split; write Parquet and the data card."""
    from replication.data import prepare as preparing

    parameters = config.load()
    raw = BUILD / "raw" / _listed(dataset, parameters.datasets, "datasets")
    preparing.prepare(dataset, raw, BUILD / "data" / dataset, parameters.preparation)


@app.command()
def checkpoint() -> None:
    """Get the pre-trained encoder and write it as a folder that transformers reads."""
    from replication.models.checkpoints import make_checkpoint

    make_checkpoint(config.load().teacher.checkpoint, BUILD / "checkpoint")


@app.command()
def teacher(dataset: Dataset) -> None:
    """Fine-tune BERT on the labels, for every seed."""
    from replication import cells, store
    from replication.network import resolve_precision
    from replication.runs import Cell

    parameters = config.load()
    cell = Cell(
        dataset=_listed(dataset, parameters.datasets, "datasets"),
        method="supervised",
        model="teacher",
        data=BUILD / "data" / dataset,
        settings={},
        network=parameters.teacher,
        threads=parameters.parallel.threads,
        precision=resolve_precision(parameters.precision),
        checkpoint=BUILD / "checkpoint",
    )
    scratch = store.Store(config.scratch())
    cells.run(cell, parameters.seeds, parameters.parallel, BUILD / "teacher" / dataset, scratch)


@app.command()
def student(dataset: Dataset, method: Annotated[str, typer.Argument(help="a method of params.yaml")]) -> None:
    """Train the TextCNN by one method, for every seed."""
    from replication import cells, methods, store
    from replication import settings as method_settings
    from replication.runs import Cell

    parameters = config.load()
    own = method_settings.read(BUILD / "settings", _listed(method, parameters.methods, "methods"))
    taught = bool(methods.load(method).settings.model_validate(own).targets())
    cell = Cell(
        dataset=_listed(dataset, parameters.datasets, "datasets"),
        method=method,
        model="student",
        data=BUILD / "data" / dataset,
        settings=own,
        network=parameters.student,
        threads=parameters.parallel.threads,
        precision="float32",
        teachers=BUILD / "teacher" / dataset if taught else None,
    )
    scratch = store.Store(config.scratch())
    cells.run(cell, parameters.seeds, parameters.parallel, BUILD / "student" / dataset / method, scratch)


def _listed(name: str, known: list[str], key: str) -> str:
    if name not in known:
        raise UserError(f"{name!r} is not listed under {key} in {config.PARAMS}; listed: {', '.join(known)}")
    return name


def main() -> None:
    """Run the command line; an error of the user's is one line and exit status 1, an interruption 130."""
    try:
        app(standalone_mode=True)
    except UserError as error:
        Console(stderr=True).print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        Console(stderr=True).print("interrupted; finished seeds and checkpoints are kept, the same command goes on")
        sys.exit(130)


if __name__ == "__main__":
    main()
