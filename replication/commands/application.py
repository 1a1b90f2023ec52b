"""The application that the commands register with, and what they share."""

from __future__ import annotations

import importlib.metadata
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from replication import config
from replication.errors import UserError

BUILD = Path("build")
REPORTS = Path("reports")

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
STAGES, TOOLS = "Stages of the pipeline", "For its user"
"""The two kinds of commands, as the help tells them apart."""
ending = ExitStack()
"""What to do when the command has ended, well or not."""
Dataset = Annotated[str, typer.Argument(help="a dataset of params.yaml")]


def show_version(asked: bool) -> None:
    """Print the version of the installed package and end.

    Raises:
        UserError: the code runs where it is not installed.
    """
    if not asked:
        return
    try:
        typer.echo(f"replication {importlib.metadata.version('replication')}")
    except importlib.metadata.PackageNotFoundError:
        raise UserError("the version is known where the package is installed: `make env` does that") from None
    raise typer.Exit


@app.callback()
def replication(
    version: Annotated[
        bool, typer.Option("--version", help="print the version and end", is_eager=True, callback=show_version)
    ] = False,
) -> None:
    """Teaching a TextCNN from BERT: the pipeline's stages, each of which also runs alone, and tools for its user."""


def listed(name: str, known: list[str], key: str) -> str:
    """The name, which stands in a list of the parameter file.

    Raises:
        UserError: it does not.
    """
    if name not in known:
        raise UserError(f"{name!r} is not listed under {key} in {config.PARAMS}; listed: {', '.join(known)}")
    return name
