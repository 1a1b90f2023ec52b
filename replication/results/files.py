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


def read_json(path: Path, shape: type[Shape]) -> Shape:
    """Read a JSON file into `shape`.

    Raises:
        UserError: the file is missing or does not have that shape.
    """
    try:
        return TypeAdapter(shape).validate_python(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run `dvc repro evaluate`") from None
    except ValidationError as error:
        detail = error.errors()[0]
        key = ".".join(str(part) for part in detail["loc"])
        raise UserError(f"{path}: {key}: {detail['msg']}; run `dvc repro evaluate` again") from None
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: not readable as JSON: {error}; run `dvc repro evaluate` again") from None
