"""Which stages' results are not those of the code, data and parameters as they stand, by `dvc status --json`.

`dvc repro --dry` exits with 0 on stale stages, so a check reads the status.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from replication.errors import UserError

Status = Mapping[str, Any]
"""By stage, what DVC says of it: a list of `{what: {path: state}}` or of words."""


def status() -> Status:
    """What `dvc status --json` says; a stage that is up to date is not in it.

    Raises:
        UserError: DVC failed, or wrote no JSON object.
    """
    command = [sys.executable, "-m", "dvc", "status", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip() or "no message").splitlines()[-1]
        raise UserError(f"`dvc status --json` exited with {done.returncode}: {said}")
    try:
        found = json.loads(done.stdout)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UserError("`dvc status --json` wrote no JSON object; run it by hand to see why")
    return found


def refuse(found: Status, allow_missing: bool = False) -> None:
    """Raise unless every stage is up to date.

    Args:
        found: what `status` read.
        allow_missing: look past files of `build/` that are not there, as in a fresh clone, where there is no cache.

    Raises:
        UserError: one line a stale stage, with what changed.
    """
    lines = []
    for stage, said in found.items():
        changes = [change for change in _changes(said) if not (allow_missing and change.missing)]
        if changes:
            lines.append(f"{stage} is stale: {', '.join(map(str, changes))}")
    if lines:
        raise UserError("\n".join([*lines, "run `dvc repro`, and commit what it writes"]))


class Change(NamedTuple):
    """Something of a stage that is not as it was."""

    what: str
    """A path, `params.yaml: key`, or DVC's own words."""
    state: str

    def __str__(self) -> str:
        return f"{self.what} ({self.state})" if self.state else self.what

    @property
    def missing(self) -> bool:
        """Whether it is an output of a stage that is kept out of git, and not there."""
        return self.what.startswith("build/") and self.state in ("deleted", "not in cache")


def _changes(said: object) -> Iterator[Change]:
    """All changes of a stage: entries are words, or `{"changed deps": {path: state or {key: state}}}`."""
    for entry in said if isinstance(said, list) else [said]:
        if not isinstance(entry, Mapping):
            yield Change(str(entry), "")
            continue
        for paths in entry.values():
            for path, state in paths.items():
                if isinstance(state, Mapping):
                    yield from (Change(f"{path}: {key}", str(one)) for key, one in state.items())
                else:
                    yield Change(path, str(state))
