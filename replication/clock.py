"""What a run costs: wall time and memory."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path


class Clock:
    """Wall time of a run, added up over its continuations."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._before = float(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            self._before = 0.0
        self._start = self._ticked = time.monotonic()

    def seconds(self) -> float:
        """Seconds of training so far."""
        return self._before + time.monotonic() - self._start

    def tick(self) -> bool:
        """Keep the time now and then; says whether it was kept."""
        if time.monotonic() - self._ticked < 0.5:
            return False
        self._ticked = time.monotonic()
        temporary = self._path.with_suffix(".partial")
        temporary.write_text(json.dumps(self.seconds()), encoding="utf-8")
        temporary.replace(self._path)
        return True


def peak_memory_mib() -> float:
    """Largest resident memory of this process so far, in MiB (the unit of the system call differs by platform)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)
