"""What trains the cells of the tables: teachers, students, schemes, yardsticks."""

from __future__ import annotations

from typing import Annotated

import typer

from replication import params
from replication.commands.application import BUILD, STAGES, Dataset, app, listed
from replication.commands.arms import cell, run


@app.command(rich_help_panel=STAGES)
def teacher(dataset: Dataset) -> None:
    """Fine-tune BERT on the labels, for every seed."""
    parameters = params.load()
    listed(dataset, parameters.datasets, "datasets")
    run(parameters, cell(parameters, dataset, "supervised", "teacher", own={}), BUILD / "teacher" / dataset)


@app.command(rich_help_panel=STAGES)
def historical(dataset: Dataset) -> None:
    """Train the historical TextCNN, on legacy items alone, for every seed."""
    parameters = params.load()
    listed(dataset, parameters.opinion_datasets, "opinion_datasets")
    run(parameters, cell(parameters, dataset, "supervised", "historical", own={}), BUILD / "historical" / dataset)


@app.command(rich_help_panel=STAGES)
def student(dataset: Dataset, method: Annotated[str, typer.Argument(help="a method of params.yaml")]) -> None:
    """Train the TextCNN by one method, for every seed."""
    parameters = params.load()
    listed(dataset, parameters.datasets, "datasets")
    listed(method, parameters.methods, "methods")
    run(parameters, cell(parameters, dataset, method), BUILD / "student" / dataset / method)


@app.command(rich_help_panel=STAGES)
def scheme(dataset: Dataset, name: Annotated[str, typer.Argument(help="a scheme of params.yaml")]) -> None:
    """Train the TextCNN by one of the article's schemes, BERT beside it where the scheme says so, for every seed."""
    parameters = params.load()
    listed(dataset, parameters.opinion_datasets, "opinion_datasets")
    listed(name, parameters.schemes, "schemes")
    run(parameters, cell(parameters, dataset, name), BUILD / "scheme" / dataset / name)


@app.command(rich_help_panel=STAGES)
def yardstick(dataset: Dataset, name: Annotated[str, typer.Argument(help="a yardstick of params.yaml")]) -> None:
    """Fit a simple classifier that results are held against."""
    from replication import yardsticks

    parameters = params.load()
    listed(dataset, parameters.datasets, "datasets")
    listed(name, parameters.yardsticks, "yardsticks")
    characters = parameters.student.on(dataset).max_characters
    yardsticks.run(name, dataset, BUILD / "data" / dataset, BUILD / "yardstick" / dataset / name, characters)
