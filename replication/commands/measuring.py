"""What is measured beside the tables: noise, gradients, temperature, samples, cost."""

from __future__ import annotations

from typing import TypeVar

from replication import config, params
from replication.commands.application import BUILD, REPORTS, STAGES, Dataset, app, listed
from replication.commands.arms import BERT, TRAINING, cell, run, with_workers
from replication.measurement_settings import Noise, SampleSweep, TemperatureSweep

Measured = TypeVar("Measured", Noise, SampleSweep, TemperatureSweep)


@app.command(rich_help_panel=STAGES)
def noise(dataset: Dataset) -> None:
    """Train the arms of the noise measurement, for every rate and seed."""
    parameters = params.load()
    _of(parameters.measurements.noise, dataset, "noise")
    with_workers(parameters, TRAINING, BERT)
    from replication import store
    from replication.measurements import noise as measuring

    measuring.run(parameters, dataset, BUILD.absolute(), store.Store(config.scratch().absolute()))


@app.command(rich_help_panel=STAGES)
def gradients(dataset: Dataset) -> None:
    """Measure how the gradients of soft_label align with those of clean labels, for every rate and seed."""
    parameters = params.load()
    _of(parameters.measurements.noise, dataset, "noise")
    with_workers(parameters, "replication.measurements.gradients")
    from replication import store
    from replication.measurements import gradients as measuring

    measuring.run(parameters, dataset, BUILD.absolute(), store.Store(config.scratch().absolute()))


@app.command(rich_help_panel=STAGES)
def temperatures(dataset: Dataset) -> None:
    """Train the TextCNN on soft labels at several temperatures, for every seed."""
    parameters = params.load()
    points = _of(parameters.measurements.temperature, dataset, "temperature").points(parameters.temperature)
    with_workers(parameters, TRAINING)
    from replication.measurements import temperatures as sweep

    for name, point in sweep.cells(cell(parameters, dataset, sweep.METHOD), points).items():
        run(parameters, point, BUILD / "temperatures" / dataset / name)


@app.command(rich_help_panel=STAGES)
def samples(dataset: Dataset) -> None:
    """Train the TextCNN with fewer labels, alone and taught, for every seed."""
    parameters = params.load()
    sizes = _of(parameters.measurements.samples, dataset, "samples").sizes
    with_workers(parameters, TRAINING)
    from replication.measurements import samples as sweep

    ordinary = {method: cell(parameters, dataset, method) for method in sweep.METHODS}
    for size in sizes:
        folder = BUILD.absolute() / "samples" / dataset / str(size)
        for destination, one in sweep.cells(ordinary, size, folder).items():
            run(parameters, one, destination)


@app.command(rich_help_panel=STAGES)
def cost() -> None:
    """Measure latency, size and operations of the teacher and the student."""
    from replication.measurements import cost as measuring

    parameters = params.load()
    measuring.run(parameters, BUILD, REPORTS / parameters.profile / "cost.json")


def _of(settings: Measured | None, dataset: str, name: str) -> Measured:
    """A measurement's settings, which have the set among theirs."""
    listed(dataset, settings.datasets if settings else [], f"measurements.{name}.datasets")
    assert settings is not None
    return settings
