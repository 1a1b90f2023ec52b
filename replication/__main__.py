"""The command line: one command a stage of the pipeline, each of which also runs without DVC."""

from __future__ import annotations

import gc
import sys

from rich.console import Console
from rich.markup import escape

from replication.commands import app
from replication.commands.application import ending
from replication.errors import UserError

INTERRUPTED = 130
"""The exit status with which typer answers an interruption."""


def lacking(module: str) -> str:
    """What to do where a module of another package is not installed."""
    return (
        f"the module {module!r} is not installed; in a checkout of the project, `pip install '.[train]'` brings all "
        "that the pipeline needs, `pip install '.[report]'` what evaluation and report need"
    )


def main() -> None:
    """Run the command line.

    An error of the user's, and a package that is not installed, is one line and exit status 1; wrong usage is 2, an
    interruption 130.
    """
    try:
        app()
    except UserError as error:
        Console(stderr=True).print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(1)
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        if name in ("", "replication"):
            raise
        Console(stderr=True).print(f"[bold red]error:[/] {escape(lacking(name))}", highlight=False, soft_wrap=True)
        sys.exit(1)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            Console(stderr=True).print("interrupted; finished seeds and checkpoints are kept, the same command goes on")
        raise
    finally:
        ending.close()
        gc.freeze()  # else the interpreter searches all of torch for cycles as it ends: a third of a second a stage


if __name__ == "__main__":
    main()
