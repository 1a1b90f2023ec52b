"""Reads params.yaml strictly: each key by itself, and what keys demand of each other and of the names there are.

An unknown key, a wrong type or a value outside its range is an error of one line that names the key, the value,
what is allowed and, for an unknown key, the nearest known one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from replication import measurement_settings
from replication.config import PARAMS, Parameters, available
from replication.errors import UserError, nearest
from replication.strict import read_yaml, validate

NAMED = (
    ("datasets", "data/sources"),
    ("opinion_datasets", "data/sources"),
    ("methods", "methods"),
    ("schemes", "methods"),
    ("yardsticks", None),
)
"""Keys whose names are files of a folder (None: of `baselines/`)."""


def load(path: Path = PARAMS) -> Parameters:
    """Read and check a parameter file, names of sets, methods and yardsticks included.

    Raises:
        UserError: the file is missing, is not YAML, or has a key or value that is not allowed.
    """
    parameters = validate(Parameters, read_yaml(path), str(path))
    for check in (_names, _training, _schemes, _own, _tables, _measurements):
        for fault in check(parameters):
            raise UserError(f"{path}: {fault}")
    return parameters


def _names(parameters: Parameters) -> Iterator[str]:
    for key, folder in NAMED:
        known = available(folder) + (sorted(parameters.own_datasets) if key == "datasets" else [])
        names: list[Any] = getattr(parameters, key)
        for name in names:
            if name not in known:
                yield f"{key}: unknown name {name!r}{nearest(name, known)}; known: {', '.join(known)}"
    for key in ("seeds", *dict(NAMED)):
        values: list[Any] = getattr(parameters, key)
        for value in sorted({str(value) for value in values if values.count(value) > 1}):
            yield f"{key}: {value!r} stands there twice; name each one once"


def _training(parameters: Parameters) -> Iterator[str]:
    fine_tuning, points = parameters.teacher.training, parameters.teacher.route_points
    if fine_tuning.patience is not None:
        yield "teacher.training.patience: must be null, so that the route has all of its points"
    if fine_tuning.iterations <= points:
        yield f"teacher.training.iterations: expected at least {points + 1}, one more than route_points"


def _schemes(parameters: Parameters) -> Iterator[str]:
    for name in parameters.opinion_datasets:
        if name not in parameters.datasets:
            yield f"opinion_datasets: {name!r} is not among datasets; add it there too"
    for name in parameters.schemes:
        if name in parameters.methods:
            yield f"schemes: {name!r} stands under methods too; name it once"


def _own(parameters: Parameters) -> Iterator[str]:
    for name, own in parameters.own_datasets.items():
        if name in available("data/sources"):
            yield f"own_datasets.{name}: there is a dataset of this name; choose another name"
        if Path(own.path).parts[:1] != ("own",) or ".." in Path(own.path).parts:
            yield f"own_datasets.{name}.path: {own.path!r} is not below own/; put the file or a link there"
        if len(own.classes) == 1:
            yield f"own_datasets.{name}.classes: at least 2 are needed, found 1; name them all"


def _tables(parameters: Parameters) -> Iterator[str]:
    """Of the tables whose keys are names."""
    sets = available("data/sources") + sorted(parameters.own_datasets)
    tables = {"student.budgets": [*parameters.student.budgets], "preparation.pools": [*parameters.preparation.pools]}
    for key, named in tables.items():
        for name in named:
            if name not in sets:
                yield f"{key}: unknown dataset {name!r}{nearest(name, sets)}; known: {', '.join(sets)}"
    known = available("methods")
    for name in parameters.method_settings:
        if name not in known:
            yield f"method_settings.{name}: unknown method{nearest(name, known)}; known: {', '.join(known)}"


def _measurements(parameters: Parameters) -> Iterator[str]:
    measurements, labelled = parameters.measurements, parameters.preparation.labelled
    for fault in measurement_settings.faults(measurements, parameters.datasets, parameters.methods, parameters.seeds):
        yield f"measurements.{fault}"
    for size in measurements.samples.sizes if measurements.samples else ():
        if size >= labelled:
            yield (
                f"measurements.samples.sizes: {size}: expected fewer than preparation.labelled, {labelled}, "
                "whose runs are always there; lower it or leave it out"
            )
