"""Profiles: what one changes, what it costs, and putting it on."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from replication.commands.application import REPORTS, TOOLS, app


@app.command(rich_help_panel=TOOLS)
def profile(
    name: Annotated[str, typer.Argument(help="a file of profiles/, without .yaml")],
    show: Annotated[bool, typer.Option("--show", help="say what it changes and costs, and change nothing")] = False,
) -> None:
    """Put a profile on: merge its overlay into params.yaml."""
    from replication import profiles

    if show:
        from replication import estimate

        lines, parameters = profiles.show(name)
        own = REPORTS / name / "records"
        records = own if own.is_dir() else REPORTS / profiles.BASE / "records"
        lines += ["", *estimate.summary(estimate.estimate(parameters, records), parameters, records)]
    else:
        lines = profiles.put_on(name) or [f"{name}: nothing to change; it is on"]
    for line in lines:
        Console().print(line, highlight=False, markup=False, soft_wrap=True)
