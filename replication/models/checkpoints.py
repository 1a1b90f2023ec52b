"""From `teacher.checkpoint` to a folder in transformers' own layout: packaged weights, a pinned hub id, or a folder.

The folder holds config.json (BertConfig), model.safetensors (a BertModel's tensors, float32), the tokenizer's files
and source.json: kind, where from, the sha256 of every file read, and the vocabulary's size before and after the cut.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from replication.errors import UserError
from replication.files import write_json
from replication.models.hub import download, parse_hub
from replication.models.packaged_encoder import write_packaged
from replication.models.transformers_folder import write_converted

KINDS = "'packaged', 'hub:OWNER/NAME@REVISION' or 'folder:PATH'"


def make_checkpoint(spec: str, destination: Path) -> None:
    """Write the encoder that `spec` names to the folder `destination`, which is moved into place when complete.

    Args:
        spec: `packaged`, `hub:OWNER/NAME@REVISION` (a revision of 40 hexadecimal digits) or `folder:PATH`.
        destination: replaced when it is there.

    Raises:
        UserError: the specification is wrong, or the encoder cannot be had, is damaged or is no BERT.
    """
    write = _writer(spec)
    destination.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{destination.name}.", dir=destination.parent) as temporary:
        folder = Path(temporary) / "checkpoint"
        folder.mkdir()
        source = write(folder)
        write_json(folder / "source.json", source)
        _replace(folder, destination, Path(temporary) / "old")


def _writer(spec: str) -> Callable[[Path], dict[str, Any]]:
    kind, _, rest = spec.partition(":")
    if spec == "packaged":
        return write_packaged
    if kind == "hub":
        repository, revision = parse_hub(rest)
        return lambda folder: write_converted(
            download(repository, revision), folder, {"kind": "hub", "repository": repository, "revision": revision}
        )
    if kind == "folder" and rest:
        return lambda folder: write_converted(Path(rest), folder, {"kind": "folder", "path": rest})
    raise UserError(f"teacher.checkpoint: {spec!r} is not allowed: expected {KINDS}")


def _replace(folder: Path, destination: Path, old: Path) -> None:
    """Move a finished folder to its place; what stood there goes away with the temporary folder."""
    if destination.exists():
        destination.rename(old)
    folder.rename(destination)


def read_source(folder: Path) -> dict[str, Any]:
    """Read a checkpoint's source.json.

    Raises:
        UserError: it is missing or damaged.
    """
    path = folder / "source.json"
    try:
        source = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read: {error}; run the stage `checkpoint` again") from None
    if not isinstance(source, dict):
        raise UserError(f"{path}: expected an object, found {type(source).__name__}; run the stage `checkpoint` again")
    return source
