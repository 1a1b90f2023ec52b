"""Profiles: overlays of params.yaml for runs of another size, put on by one command."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from replication.config import PARAMS, Parameters
from replication.errors import UserError, nearest
from replication.files import write_text
from replication.params import checked
from replication.strict import read_yaml

FOLDER = Path("profiles")
BASE = "default"


def put_on(name: str, params: Path = PARAMS, folder: Path = FOLDER) -> list[str]:
    """Merge `profiles/<name>.yaml` into the parameter file, keeping its comments; return what changed.

    A profile that is on already changes nothing.

    Raises:
        UserError: there is no such profile, another one is on, or the merged parameters are not allowed.
    """
    text, changes, _ = _merged(name, params, folder)
    write_text(params, text)
    return changes


def show(name: str, params: Path = PARAMS, folder: Path = FOLDER) -> tuple[list[str], Parameters]:
    """What `put_on` would change, and the parameters that would result; nothing is written.

    Raises:
        UserError: as `put_on`.
    """
    _, changes, parameters = _merged(name, params, folder)
    return changes, parameters


def _merged(name: str, params: Path, folder: Path) -> tuple[str, list[str], Parameters]:
    known = sorted(path.stem for path in folder.glob("*.yaml"))
    if name not in known:
        raise UserError(f"unknown profile {name!r}{nearest(name, known)}; known: {', '.join(known)}")
    values = read_yaml(params)
    current = values.get("profile")
    if current == name:
        return params.read_text(encoding="utf-8"), [], checked(values, str(params))
    if current != BASE:
        raise UserError(
            f"{params}: holds the profile {current!r}; go back to {BASE!r} first (`git checkout {params}`), "
            "since a profile is an overlay of that one"
        )
    yaml = YAML()
    yaml.width = 120
    yaml.representer.add_representer(
        type(None), lambda node, _: node.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    document = yaml.load(params.read_text(encoding="utf-8"))
    changes: list[str] = []
    _merge(document, read_yaml(folder / f"{name}.yaml"), "", changes)
    text = _dump(yaml, document)
    return text, changes, checked(YAML(typ="safe").load(text), f"{params} with {folder / name}.yaml")


def _merge(document: dict[str, Any], overlay: dict[str, Any], prefix: str, changes: list[str]) -> None:
    for key, value in overlay.items():
        if isinstance(value, dict) and isinstance(document.get(key), dict):
            _merge(document[key], value, f"{prefix}{key}.", changes)
        elif document.get(key) != value:
            changes.append(f"{prefix}{key}: {document.get(key)} -> {value}")
            document[key] = value


def _dump(yaml: YAML, document: object) -> str:
    text = StringIO()
    yaml.dump(document, text)
    return text.getvalue()
