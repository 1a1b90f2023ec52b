"""Strict models of what people write, and errors of one line that name the key, the value and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from replication.errors import UserError, nearest

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]


Fraction = Annotated[float, Field(ge=0, lt=1)]


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """A frozen model that refuses unknown keys and converts nothing."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


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
        return f"{key}: missing; add it (the committed file shows every key)"
    return f"{key}: {detail['input']!r} is not allowed: {detail['msg'][0].lower()}{detail['msg'][1:]}"


def _fields_at(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    for part in location:
        field = model.model_fields.get(str(part))
        if field is None or not isinstance(field.annotation, type) or not issubclass(field.annotation, BaseModel):
            return []
        model = field.annotation
    return sorted(model.model_fields)
