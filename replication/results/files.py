"""Reading of published JSON into its shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from replication.errors import UserError

Shape = TypeVar("Shape")


class Frozen(BaseModel):
    """A frozen model that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


WRITTEN_BY = {
    "cost.json": "cost",
    "verdicts.json": "verdicts",
    "published.json": "verdicts",
}
"""By file of a profile's folder, the stage that writes it, where that is not `evaluate`."""


def read_json(path: Path, shape: type[Shape], remedy: str | None = None) -> Shape:
    """Read a JSON file into `shape`.

    Args:
        path: the file.
        shape: what it holds.
        remedy: what to do about a missing or damaged one; None: to run the stage that writes it.

    Raises:
        UserError: the file is missing or does not have that shape.
    """
    remedy = remedy or f"run `dvc repro {_writer(path)}`"
    try:
        return TypeAdapter(shape).validate_python(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; {remedy}") from None
    except ValidationError as error:
        detail = error.errors()[0]
        key = ".".join(str(part) for part in detail["loc"])
        raise UserError(f"{path}: {key}: {detail['msg']}; {remedy}") from None
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: not readable as JSON: {error}; {remedy}") from None


def _writer(path: Path) -> str:
    """The stage that writes a file, below `build/` or in a profile's folder."""
    match path.parts:
        case [*_, "gradients", dataset, _, _, "gradients.json"]:  # by kind and rate of the flips, and by seed
            return f"gradients@{dataset}"
        case [*_, "checkpoint", "source.json"]:
            return "checkpoint"
        case _:
            return WRITTEN_BY.get(path.name, "evaluate")
