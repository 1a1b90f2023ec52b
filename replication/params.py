"""Reads params.yaml strictly: each key by itself, and what keys demand of each other and of the names there are.

An unknown key, a wrong type or a value outside its range is an error of one line that names the key, the value,
what is allowed and, for an unknown key, the nearest known one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    ("yardsticks", "baselines"),
)
"""Keys whose names are files of a folder of the package."""


CONTROLS: dict[tuple[str, str], dict[str, Any]] = {
    ("fitnets", "fitnets_control"): {"transfer": "all", "tau": 3.0, "lambda_first": 4.0, "lambda_last": 1.0},
    ("scheme5", "scheme5_control"): {"transfer": "all", "hard_weight": 1.0, "soft_weight": 1.0},
}
"""A method and its control: what both read of their own, `temperature` aside, and what it is where nothing says so."""
HINT_LAYER = 10
"""FitNets' hint layer where nothing says so."""


def load(path: Path = PARAMS) -> Parameters:
    """Read and check a parameter file, names of sets, methods and yardsticks included.

    Raises:
        UserError: the file is missing, is not YAML, or has a key or value that is not allowed.
    """
    return checked(read_yaml(path), str(path))


def checked(data: Mapping[str, Any], where: str) -> Parameters:
    """The parameters that a file holds, checked.

    Raises:
        UserError: a key or value that is not allowed; begins with `where`.
    """
    parameters = validate(Parameters, data, where)
    for check in (_names, _teacher, _methods, _controls, _schemes, _own, _tables, _measurements):
        for fault in check(parameters):
            raise UserError(f"{where}: {fault}")
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


def _teacher(parameters: Parameters) -> Iterator[str]:
    teacher = parameters.teacher
    points = teacher.route_points
    if teacher.training.patience is not None:
        yield "teacher.training.patience: must be null, so that the route has all of its points"
    budgets = {"training": teacher.training} | {f"budgets.{name}": own for name, own in teacher.budgets.items()}
    for key, budget in budgets.items():
        if budget.iterations <= points:
            yield f"teacher.{key}.iterations: expected at least {points + 1}, one more than route_points"
    if teacher.frozen_layers >= teacher.layers:
        yield (
            f"teacher.frozen_layers: {teacher.frozen_layers}: expected 0 to {teacher.layers - 1}, so that a layer of "
            "teacher.layers is left to train; lower it"
        )
    lowest = max(1, teacher.frozen_layers)
    for layer in teacher.hidden_layers:
        if not lowest <= layer <= teacher.layers:
            yield (
                f"teacher.hidden_layers: {layer}: expected {lowest} to {teacher.layers}, from teacher.frozen_layers to "
                "teacher.layers; name one of these layers"
            )


def _methods(parameters: Parameters) -> Iterator[str]:
    """What methods demand of the teachers."""
    listed = {name: key for key in ("methods", "schemes") for name in getattr(parameters, key)}
    if "other_teacher" in listed and len(parameters.seeds) < 2:
        yield (
            f"{listed['other_teacher']}: 'other_teacher' learns from the teacher of another seed, and seeds has "
            f"{parameters.seeds} alone; take other_teacher out of {listed['other_teacher']}, or add a seed"
        )
    hint = parameters.method_settings.get("fitnets", {}).get("hint_layer", HINT_LAYER)
    stored = parameters.teacher.hidden_layers
    if "fitnets" in listed and hint not in stored:
        yield (
            f"method_settings.fitnets.hint_layer: {hint!r}: expected one of teacher.hidden_layers, {stored}; "
            "name one of these, or add it there"
        )


def _controls(parameters: Parameters) -> Iterator[str]:
    """Where a method differs from its control in more than what the control is for."""
    listed = {*parameters.methods, *parameters.schemes}
    for (method, control), defaults in CONTROLS.items():
        if not {method, control} <= listed:
            continue
        for key, default in ({"temperature": parameters.temperature} | defaults).items():
            own, other = (parameters.method_settings.get(name, {}).get(key, default) for name in (method, control))
            if own != other:
                yield (
                    f"method_settings.{method}.{key}: {own!r}, where its control {control} has {other!r}; "
                    "give both the same, for else the control is none"
                )


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
    tables = {
        "preparation.sizes": [*parameters.preparation.sizes],
        "teacher.budgets": [*parameters.teacher.budgets],
        "student.budgets": [*parameters.student.budgets],
    }
    for key, named in tables.items():
        for name in named:
            if name not in sets:
                yield f"{key}: unknown dataset {name!r}{nearest(name, sets)}; known: {', '.join(sets)}"
    known = available("methods")
    for name in parameters.method_settings:
        if name not in known:
            yield f"method_settings.{name}: unknown method{nearest(name, known)}; known: {', '.join(known)}"


def _measurements(parameters: Parameters) -> Iterator[str]:
    measurements = parameters.measurements
    for fault in measurement_settings.faults(measurements, parameters.datasets, parameters.methods, parameters.seeds):
        yield f"measurements.{fault}"
    if measurements.samples is None or not measurements.samples.datasets:
        return
    labelled = min(parameters.preparation.on(dataset).labelled for dataset in measurements.samples.datasets)
    for size in measurements.samples.sizes:
        if size >= labelled:
            yield (
                f"measurements.samples.sizes: {size}: expected fewer than preparation.labelled, {labelled}, "
                "whose runs are always there; lower it or leave it out"
            )
