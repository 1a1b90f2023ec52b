"""Files moved into place whole, and hashes of files and values."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path


def write_json(path: Path, data: object) -> None:
    """Write JSON with sorted keys, under a temporary name first, so that a reader never sees half a file."""
    write_text(path, json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text and move it into place whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_name(path)
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def temporary_name(path: Path) -> Path:
    """Where a file is written before it is moved to its place."""
    return path.with_name(f".{path.name}.{os.getpid()}")


def digest(*parts: object) -> str:
    """sha256 of the parts' canonical JSON: the same for equal values, whatever the order of keys."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(path: Path) -> str:
    """sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tree_digest(paths: Iterable[Path]) -> str:
    """sha256 over the names and bytes of files; of a folder, all its Python files or, where it has none, all files."""
    files: list[tuple[str, str]] = []
    for path in paths:
        members = (
            [path]
            if path.is_file()
            else sorted(path.rglob("*.py")) or sorted(p for p in path.rglob("*") if p.is_file())
        )
        files += [(member.relative_to(path.parent).as_posix(), file_digest(member)) for member in members]
    return digest(sorted(files))
