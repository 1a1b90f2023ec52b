"""params.yaml as typed, frozen models: every knob of the pipeline, read strictly.

An unknown key, a wrong type or a value outside its range is an error of one line that names the key, the value,
what is allowed and, for an unknown key, the nearest known one. Which stage reads which key stands in `dvc.yaml`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from replication.errors import UserError, nearest

PARAMS = Path("params.yaml")

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Fraction = Annotated[float, Field(ge=0, lt=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """A frozen model that refuses unknown keys and converts nothing."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Preparation(Strict):
    """Sizes of the splits, in items, and how near-duplicates are found."""

    labelled: PositiveInt
    pool: PositiveInt
    validation: PositiveInt
    test: PositiveInt
    similarity: Annotated[float, Field(gt=0, le=1)]
    """Jaccard similarity of character 3-grams above which two texts are near-duplicates (estimated by MinHash)."""
    seed: int


class Training(Strict):
    """One network's optimisation. An iteration is one optimiser step."""

    iterations: PositiveInt
    batch_size: PositiveInt
    """Items in a batch, at the most."""
    batch_tokens: PositiveInt
    """Padded tokens in a batch, at the most; long texts come in smaller batches."""
    learning_rate: Positive
    weight_decay: Weight
    warmup: Fraction
    """Share of the iterations in which the learning rate rises linearly from 0; it falls linearly to 0 afterwards."""
    clip_norm: Positive
    evaluations: PositiveInt
    """How many times the validation set is scored, evenly over the iterations; the best scored state is kept."""
    patience: PositiveInt | None = None
    """Stop after this many evaluations without gain; null trains every arm for the same number of iterations."""


class Teacher(Strict):
    """The BERT that teaches: where its weights come from and how it is fine-tuned."""

    checkpoint: str
    """`packaged`, `hub:OWNER/NAME@REVISION` (40 hex digits) or `folder:PATH` (a folder that transformers wrote)."""
    layers: PositiveInt
    """How many of the encoder's layers to keep, evenly spaced and ending with the last."""
    frozen_layers: Annotated[int, Field(ge=0)]
    """How many of the kept layers, from the bottom, stay as they were pre-trained; the embeddings always do."""
    max_tokens: Annotated[int, Field(ge=8, le=512)]
    dropout: Fraction
    route_points: Annotated[int, Field(ge=8)]
    """How many intermediate states of the fine-tuning are stored as the route (RCO), besides the end."""
    training: Training


class Student(Strict):
    """The TextCNN (Kim 2014) on characters."""

    max_characters: Annotated[int, Field(ge=8)]
    min_count: PositiveInt
    """A character rarer than this in the training text is unknown."""
    embedding: PositiveInt
    filters: PositiveInt
    widths: Annotated[list[PositiveInt], Field(min_length=1)]
    dropout: Fraction
    training: Training


class Parallel(Strict):
    """The fan-out over seeds."""

    backend: Literal["loky", "dask"]
    workers: PositiveInt | Literal["auto"]
    """Processes; `auto` is the number of processors over `threads`. Results do not depend on it."""
    threads: PositiveInt
    """Threads of one process. Part of a run's identity, because the order of floating-point sums depends on it."""
    address: str | None = None
    """A Dask scheduler's address; null starts a cluster on this machine."""


class Statistics(Strict):
    """The two-level bootstrap behind every interval."""

    draws: Annotated[int, Field(ge=100)]
    confidence: Annotated[float, Field(gt=0.5, lt=1)]
    seed: int


class Parameters(Strict):
    """All of params.yaml."""

    profile: Name
    temperature: Positive
    seeds: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]
    datasets: Annotated[list[Name], Field(min_length=1)]
    methods: Annotated[list[Name], Field(min_length=1)]
    yardsticks: list[Name]
    precision: Literal["auto", "bfloat16", "float32"]
    """Of the teacher's matrix products. `auto` is bfloat16 where the processor multiplies it natively."""
    preparation: Preparation
    teacher: Teacher
    student: Student
    method_settings: dict[Name, dict[str, Any]]
    parallel: Parallel
    statistics: Statistics


def load(path: Path = PARAMS) -> Parameters:
    """Read and check a parameter file, names of sets, methods and yardsticks included.

    Raises:
        UserError: the file is missing, is not YAML, or has a key or value that is not allowed.
    """
    parameters = validate(Parameters, read_yaml(path), str(path))
    for key, folder in (("datasets", "data/sources"), ("methods", "methods"), ("yardsticks", None)):
        known = available(folder)
        names: list[Any] = getattr(parameters, key)
        for name in names:
            if name not in known:
                hint = nearest(name, known)
                raise UserError(f"{path}: {key}: unknown name {name!r}{hint}; known: {', '.join(known)}")
    for key in ("seeds", "datasets", "methods", "yardsticks"):
        values: list[Any] = getattr(parameters, key)
        repeated = sorted({str(value) for value in values if values.count(value) > 1})
        if repeated:
            raise UserError(f"{path}: {key}: {repeated[0]!r} stands there twice; name each one once")
    for name in parameters.method_settings:
        known = available("methods")
        if name not in known:
            raise UserError(
                f"{path}: method_settings.{name}: unknown method{nearest(name, known)}; known: {', '.join(known)}"
            )
    return parameters


def available(folder: str | None) -> list[str]:
    """The names that a folder of the package offers: its public modules (None: the yardsticks in `baselines/`)."""
    package = Path(__file__).parent
    root = package / folder if folder else package.parent / "baselines"
    return sorted(path.stem for path in root.glob("*.py") if not path.stem.startswith("_"))


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML 1.2 mapping (the dialect that DVC writes).

    Raises:
        UserError: the file is missing, unreadable or not a mapping.
    """
    try:
        data: object = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run from the project's top folder") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read: {error}") from None
    except YAMLError as error:
        raise UserError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(data, dict):
        raise UserError(f"{path}: expected a mapping of keys to values, found {type(data).__name__}")
    return data


def validate(model: type[Model], data: Mapping[str, Any], where: str) -> Model:
    """Build `model` from `data`, with errors of one line.

    Raises:
        UserError: names the place, the key, the value and what is allowed.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise UserError(f"{where}: {_explain(model, error.errors()[0])}") from None


def _explain(model: type[BaseModel], detail: ErrorDetails) -> str:
    location = [str(part) for part in detail["loc"]]
    key = ".".join(location)
    if detail["type"] == "extra_forbidden":
        known = _fields_at(model, detail["loc"][:-1])
        return f"{key}: unknown key{nearest(location[-1], known)}; known here: {', '.join(known)}"
    if detail["type"] == "missing":
        return f"{key}: missing; add it (the committed params.yaml shows every key)"
    return f"{key}: {detail['input']!r} is not allowed: {detail['msg'][0].lower()}{detail['msg'][1:]}"


def _fields_at(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    for part in location:
        field = model.model_fields.get(str(part))
        if field is None or not isinstance(field.annotation, type) or not issubclass(field.annotation, BaseModel):
            return []
        model = field.annotation
    return sorted(model.model_fields)


def scratch() -> Path:
    """The folder of work in progress and downloads (`REPLICATION_SCRATCH`, else `.scratch` here)."""
    return Path(os.environ.get("REPLICATION_SCRATCH", ".scratch"))
