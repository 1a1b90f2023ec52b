"""What tests of kills share: the error that stands for one, and what a run leaves, to be held against a whole one's."""

from __future__ import annotations

import json
from pathlib import Path

OF_THIS_MACHINE = {"seconds", "peak_memory_mib", "environment"}


class KilledError(Exception):
    """The process is gone."""


def outputs(folder: Path) -> dict[str, bytes]:
    """All that a run, or a stage, leaves, by path, without what the machine and the hour decide."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if path.name == "run.json":
            kept = {name: value for name, value in json.loads(content).items() if name not in OF_THIS_MACHINE}
            content = json.dumps(kept).encode()
        found[path.relative_to(folder).as_posix()] = content
    return found
