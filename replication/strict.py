"""Strict models of what people write, and errors of one line that name the key, the value and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from replication.errors import UserError, nearest

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]


Fraction = Annotated[float, Field(ge=0, lt=1)]


NAME = r"^[a-z][a-z0-9_]*$"
Name = Annotated[str, Field(pattern=NAME)]


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
        raise UserError(f"{where}: {_explain(model, error.errors())}") from None


def _explain(model: type[BaseModel], errors: list[ErrorDetails]) -> str:
    """An unknown key, which may be why another one is missing, else the first error; all that its value may be."""
    detail = next((error for error in errors if error["type"] == "extra_forbidden"), errors[0])
    location = detail["loc"]
    key, _ = _place(model, location)
    if detail["type"] == "extra_forbidden":
        known = sorted(name for kind in _place(model, location[:-1])[1] for name in _fields(kind))
        return f"{key}: unknown key{nearest(str(location[-1]), known)}; known here: {', '.join(known)}"
    if detail["type"] == "missing":
        return f"{key}: missing; add it (the committed file shows every key)"
    alike = dict.fromkeys(_reason(error) for error in errors if _place(model, error["loc"])[0] == key)
    first, *others = alike
    reason = " or ".join([first, *(other.removeprefix("input should be ") for other in others)])
    return f"{key}: {detail['input']!r:.80} is not allowed: {reason}"


def _reason(detail: ErrorDetails) -> str:
    if detail["type"] == "string_pattern_mismatch" and detail["ctx"]["pattern"] == NAME:
        return "input should be lower-case letters, digits and _, a letter first"
    return f"{detail['msg'][0].lower()}{detail['msg'][1:]}"


def _place(model: type[BaseModel], location: tuple[int | str, ...]) -> tuple[str, list[object]]:
    """The key as the file has it, and the kinds of value that may stand there.

    A location has more parts than the file: the kind that was tried, where there are several, and `[key]` where a
    name is at fault and not what stands under it.
    """
    parts: list[str] = []
    kinds: list[object] = [model]
    for part in location:
        if len(kinds) > 1:
            kinds = [kind for kind in kinds if getattr(kind, "__name__", None) == part]
        elif part != "[key]":
            parts.append(str(part))
            kinds = [below for kind in kinds for below in _below(kind, str(part))]
    return ".".join(parts), kinds


def _below(kind: object, part: str) -> list[object]:
    """The kinds of value of a model's field, or of what a list or a mapping holds."""
    fields = _fields(kind)
    if part in fields:
        return _kinds(fields[part].annotation)
    return _kinds(get_args(kind)[-1]) if get_origin(kind) in (list, dict) else []


def _kinds(annotation: object) -> list[object]:
    """What an annotation allows besides None, without the conditions on it."""
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [kind for branch in get_args(annotation) for kind in _kinds(branch)]
    return [] if annotation is NoneType else [annotation]


def _fields(kind: object) -> Mapping[str, FieldInfo]:
    return kind.model_fields if isinstance(kind, type) and issubclass(kind, BaseModel) else {}
