"""The application that the commands register with, and what they share."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from replication import config
from replication.errors import UserError

BUILD = Path("build")
REPORTS = Path("reports")

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
STAGES, TOOLS = "Stages of the pipeline", "For its user"
"""The two kinds of commands, as the help tells them apart."""
ending = ExitStack()
"""What to do when the command has ended, well or not."""
Dataset = Annotated[str, typer.Argument(help="a dataset of params.yaml")]


def listed(name: str, known: list[str], key: str) -> str:
    """The name, which stands in a list of the parameter file.

    Raises:
        UserError: it does not.
    """
    if name not in known:
        raise UserError(f"{name!r} is not listed under {key} in {config.PARAMS}; listed: {', '.join(known)}")
    return name
