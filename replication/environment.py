"""Where a run is made: machine, versions, commit."""

from __future__ import annotations

import functools
import importlib.metadata
import os
import platform
import subprocess
from pathlib import Path

from pydantic import BaseModel, ConfigDict

DISTRIBUTIONS = ("numpy", "scipy", "scikit-learn", "torch", "transformers", "tokenizers", "datasets", "dvc")
CHANGED = "+"
"""What a commit ends in whose code was changed."""
UNKNOWN = "unknown"
"""The commit where git cannot tell."""


class Environment(BaseModel):
    """Where a run was made. Informative: no part of a run's identity, which names what it depends on by itself."""

    model_config = ConfigDict(frozen=True)

    commit: str
    """The git commit of the working tree, `CHANGED` appended when its code differed from it, or `UNKNOWN`."""
    python: str
    platform: str
    processor: str
    cores: int
    versions: dict[str, str]


@functools.cache
def environment() -> Environment:
    """Describe this machine and this working tree."""
    return Environment(
        commit=_commit(),
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        processor=_processor(),
        cores=os.cpu_count() or 1,
        versions={name: importlib.metadata.version(name) for name in DISTRIBUTIONS},
    )


def _commit() -> str:
    try:
        head = _git("rev-parse", "HEAD")
        code = ["replication", "baselines", "dvc.yaml"]  # the parameters stand in the record themselves
        changed = _git("status", "--porcelain", "--untracked-files=normal", "--", *code)
    except (OSError, subprocess.SubprocessError):
        return UNKNOWN
    return head + (CHANGED if changed else "")


def _git(*arguments: str) -> str:
    result = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True, timeout=20)
    return result.stdout.strip()


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"
