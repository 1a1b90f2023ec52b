"""What each method reads, resolved from params.yaml into one small file a method.

A shared parameter such as `temperature` concerns some methods and not others, which a matrix stage of DVC cannot say.
So the cells depend on these files instead: a file changes, and its cells go stale, only when something changes that the
method reads.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from replication import methods
from replication.config import PARAMS, Parameters, validate
from replication.errors import UserError
from replication.phases import MethodSettings
from replication.records import write_json

SHARED = ("temperature",)


def resolve(parameters: Parameters, name: str) -> MethodSettings:
    """The settings of one method: its defaults, shared parameters that it names, and what `method_settings` says.

    Raises:
        UserError: an unknown key or a value that the method does not allow.
    """
    method = methods.load(name)
    shared = {key: getattr(parameters, key) for key in SHARED if key in method.settings.model_fields}
    own = parameters.method_settings.get(name, {})
    return validate(method.settings, {**shared, **own}, f"{PARAMS}: method_settings.{name}")


def write(parameters: Parameters, destination: Path) -> None:
    """Write `<method>.json` for every method listed; all are checked before the first is written."""
    resolved = {name: resolve(parameters, name).model_dump() for name in parameters.methods}
    for name in parameters.method_settings:
        resolve(parameters, name)
    destination.mkdir(parents=True, exist_ok=True)
    for name, settings in resolved.items():
        write_json(destination / f"{name}.json", settings)
    for path in destination.glob("*.json"):
        if path.stem not in resolved:
            path.unlink()


def read(folder: Path, name: str) -> dict[str, Any]:
    """Read what `write` wrote for one method.

    Raises:
        UserError: the file is missing.
    """
    path = folder / f"{name}.json"
    try:
        settings: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run `dvc repro settings` first") from None
    return settings


def code_of(methods_used: Sequence[str]) -> list[Path]:
    """The source files that determine a trained run: the training layers and the methods' own files."""
    package = Path(__file__).parent
    shared = (
        "batches.py",
        "cells.py",
        "losses.py",
        "network.py",
        "phases.py",
        "train.py",
        "models",
        "data/vocabulary.py",
    )
    return [package / name for name in shared] + [package / "methods" / f"{name}.py" for name in methods_used]
