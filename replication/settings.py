"""What each method reads, resolved from params.yaml into one small file a method.

A shared parameter such as `temperature` concerns some methods and not others, which a matrix stage of DVC cannot say.
So the cells depend on these files instead: a file changes, and its cells go stale, only when something changes that the
method reads.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from replication import methods
from replication.config import PARAMS, Parameters
from replication.errors import UserError
from replication.files import write_json
from replication.strict import validate
from replication.training.phases import MethodSettings

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
    from replication.results.noise import ARMS  # brings scipy along, a second that the stages that only read do without

    listed = (*parameters.methods, *parameters.schemes, *(ARMS if parameters.measurements.noise else ()))
    resolved = {name: resolve(parameters, name).model_dump() for name in listed}
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
        settings = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read ({error}); run `dvc repro settings` first") from None
    if not isinstance(settings, dict):
        raise UserError(f"{path}: expected an object, found {type(settings).__name__}; run `dvc repro -f settings`")
    return validate(methods.load(name).settings, settings, str(path)).model_dump()
