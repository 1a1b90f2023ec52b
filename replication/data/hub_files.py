"""Parquet files of a dataset on the model hub, at a pinned revision: files alone, no code of the repository is run.

Nobody publishes the files' sha256; the revision, a git commit, is what pins them. So `save` writes down what it found,
in `found.json`, and every later reading is held against that. The hub's own settings apply: `HF_HOME`, `HF_ENDPOINT`,
`HF_HUB_OFFLINE`.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import huggingface_hub
from huggingface_hub import constants

from replication.errors import UserError
from replication.files import file_digest, temporary_name, write_json

FOUND = "found.json"
PART = re.compile(r"-\d+-of-(\d+)")
"""In a file's name, how many parts there are."""


@dataclass(frozen=True)
class RecordedFile:
    """A file as `fetch` found it."""

    location: PurePosixPath
    sha256: str
    contents: dict[str, str]

    def save(self, folder: Path) -> None:
        """Nothing: it is there."""


@dataclass(frozen=True)
class HubFiles:
    """Some files of a dataset repository at one revision."""

    repository: str
    """OWNER/NAME."""
    revision: str
    """40 hexadecimal digits."""
    patterns: dict[str, str]
    """Side (`train`, `validation`, `test`) -> glob of its files' paths, as in `tnews/train-*.parquet`."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9a-f]{40}", self.revision):
            raise ValueError(f"{self.repository}: the revision must be 40 hexadecimal digits, found {self.revision!r}")

    @property
    def sha256(self) -> str:
        """Not known before the files are fetched."""
        return ""

    @property
    def location(self) -> PurePosixPath:
        """Repository and revision."""
        return PurePosixPath(f"hub:{self.repository}@{self.revision}")

    @property
    def contents(self) -> dict[str, str]:
        """Not known before the files are fetched."""
        return {}

    def save(self, folder: Path) -> None:
        """Write the files into `folder` as `<side>-<number>.parquet`, and `found.json` about them.

        Raises:
            UserError: the hub cannot be reached, a file is not there, or is not whole.
        """
        snapshot = self._snapshot()
        found: list[dict[str, str]] = []
        for side, pattern in self.patterns.items():
            paths = sorted(snapshot.glob(pattern))
            if not paths:
                raise self._unreachable(f"no file {pattern} is there")
            parts = {int(match[1]) for path in paths if (match := PART.search(path.name))}
            if parts and parts != {len(paths)}:
                raise self._unreachable(f"of {max(parts)} files {pattern}, {len(paths)} are there")
            for number, path in enumerate(paths):
                name = f"{side}-{number:05d}.parquet"
                sha256 = _copy(path, folder / name)
                found.append({"path": path.relative_to(snapshot).as_posix(), "name": name, "sha256": sha256})
        write_json(folder / FOUND, {"repository": str(self.location), "files": found})

    def _snapshot(self) -> Path:
        try:
            folder = huggingface_hub.snapshot_download(
                self.repository, repo_type="dataset", revision=self.revision, allow_patterns=[*self.patterns.values()]
            )
        except Exception as error:  # of the hub's HTTP client too, whose package changes with the library's version
            raise self._unreachable(" ".join(str(error).split())[:200] or type(error).__name__) from None
        return Path(folder)

    def _unreachable(self, reason: str) -> UserError:
        offline = " (HF_HUB_OFFLINE is set)" if constants.HF_HUB_OFFLINE else ""
        return UserError(
            f"{self.location}: cannot be fetched{offline}: {reason}; connect to the hub, fill the cache "
            f"{constants.HF_HUB_CACHE}, or take the dataset out of `datasets`"
        )


def recorded_files(folder: Path, dataset: str) -> list[RecordedFile]:
    """What `save` wrote down in `folder`.

    Raises:
        UserError: it is missing or damaged, or there is a Parquet file besides.
    """
    try:
        facts: Any = json.loads((folder / FOUND).read_text(encoding="utf-8"))
        files = [
            RecordedFile(
                PurePosixPath(facts["repository"], entry["path"]), entry["sha256"], {entry["name"]: entry["sha256"]}
            )
            for entry in facts["files"]
        ]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UserError(f"{folder / FOUND}: cannot be read: {error}; run fetch@{dataset} again") from None
    recorded = {name for file in files for name in file.contents}
    for path in sorted(folder.glob("*.parquet")):
        if path.name not in recorded:
            raise UserError(f"{path}: {FOUND} does not name it; remove it, or run fetch@{dataset} again")
    return files


def check_blob(path: Path) -> None:
    """Compare a cached file with its name in the cache: the hub's sha256, or git's sha1 for small files.

    Raises:
        UserError: they differ.
    """
    blob = path.resolve()
    if re.fullmatch(r"[0-9a-f]{64}", blob.name):
        whole = file_digest(blob) == blob.name
    elif re.fullmatch(r"[0-9a-f]{40}", blob.name):
        content = blob.read_bytes()
        whole = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest() == blob.name
    else:
        return
    if not whole:
        raise UserError(f"{path}: differs from its hash {blob.name}; delete the file and try again")


def _copy(path: Path, destination: Path) -> str:
    """Copy a file of the hub's cache, checked; return its sha256."""
    check_blob(path)
    temporary = temporary_name(destination)
    destination.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, temporary)
    temporary.replace(destination)
    return file_digest(destination)
