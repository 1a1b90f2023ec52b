"""The command line: one command a stage of the pipeline, each of which also runs without DVC."""

from __future__ import annotations

import sys

import click
from rich.console import Console
from rich.markup import escape

from replication.commands import app
from replication.errors import UserError


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
