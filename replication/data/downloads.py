"""Pinned bytes on disk: from the mirror folder, the download cache, or the network, sha256 checked every time.

The folder named by `REPLICATION_MIRROR` and the cache have one layout, OWNER/REPOSITORY/COMMIT/PATH, so a filled cache
can serve as a mirror.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pooch
import requests
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from replication.config import scratch
from replication.errors import UserError
from replication.files import file_digest

MIRROR = "REPLICATION_MIRROR"
ATTEMPTS = 3
PAUSE = 1.0
"""Seconds before the second attempt, growing with each."""
STALE = 3600.0
"""Seconds after which nobody writes to a temporary file any more."""
TIMEOUT = 60
"""Seconds without a byte after which a connection counts as broken."""


@dataclass(frozen=True)
class Address:
    """Where a file can be downloaded."""

    url: str
    """`https:`, `http:` or `file:`, without credentials."""
    credentials: tuple[str, str] | None = None
    verify: str | bool = True
    """Path of the certificate authorities to trust; True for the usual ones; False for a host that pip trusts."""


def local_copy(location: PurePosixPath, sha256: str, find: Callable[[], Address]) -> Path:
    """Return the path of a file that has the expected sha256, downloading it if it must be.

    Args:
        location: OWNER/REPOSITORY/COMMIT/PATH in the mirror and in the cache.
        sha256: 64 hexadecimal digits.
        find: tells the address; asked only when neither the mirror nor the cache has the file.

    Raises:
        UserError: the mirror's file is another one, or the download failed or brought other bytes.
    """
    mirrored = _in_mirror(location)
    if mirrored is not None:
        found = file_digest(mirrored)
        if found != sha256:
            raise UserError(
                f"{mirrored}: expected sha256 {sha256}, found {found}; "
                f"replace the file, or unset {MIRROR} to download it"
            )
        return mirrored
    cached = scratch() / "downloads" / location
    if not (cached.is_file() and file_digest(cached) == sha256):
        _download(find(), location, sha256, cached)
    return cached


def _in_mirror(location: PurePosixPath) -> Path | None:
    folder = os.environ.get(MIRROR)
    if not folder:
        return None
    if not Path(folder).is_dir():
        raise UserError(f"{MIRROR}: {folder!r} is not a folder; correct or unset it")
    path = Path(folder) / location
    return path if path.is_file() else None


def _download(address: Address, location: PurePosixPath, sha256: str, destination: Path) -> None:
    """Download to a temporary name beside `destination`, and move it there once its hash is right."""

    def checked(url: str, output: str, _: object) -> None:
        _transfer(address, output, location.name)
        found = file_digest(Path(output))
        if found != sha256:
            raise UserError(
                f"{location}: expected sha256 {sha256}, the download from {url} has {found}; nothing was kept. "
                f"Try again; if it stays so, put the right file at {MIRROR}/{location}"
            )

    _sweep(destination.parent)
    pooch.get_logger().setLevel("WARNING")
    for attempt in range(1, ATTEMPTS + 1):
        try:
            pooch.retrieve(
                address.url,
                known_hash=f"sha256:{sha256}",
                fname=destination.name,
                path=destination.parent,
                downloader=checked,
            )
            return
        except (requests.RequestException, OSError) as error:
            if attempt == ATTEMPTS or _is_final(error):
                raise UserError(
                    f"{location}: download from {address.url} failed: {_reason(error)}; nothing was kept. "
                    f"Try again, or put the file at {MIRROR}/{location}"
                ) from None
        time.sleep(PAUSE * attempt)


def _sweep(folder: Path) -> None:
    """Remove what downloads that were killed left under pooch's temporary names; a running one is younger."""
    for path in folder.glob("tmp*"):
        if path.is_file() and time.time() - path.stat().st_mtime > STALE:
            path.unlink(missing_ok=True)


def _transfer(address: Address, output: str, name: str) -> None:
    parts = urlsplit(address.url)
    if parts.scheme == "file":
        shutil.copyfile(url2pathname(parts.path), output)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        downloader = pooch.HTTPDownloader(
            progressbar=_Bar(progress, name),
            chunk_size=1 << 16,
            timeout=TIMEOUT,
            auth=address.credentials,
            verify=address.verify,
        )
        downloader(address.url, output, None)


class _Bar:
    """A rich progress bar that speaks as pooch expects it of one."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress = progress
        self._task = progress.add_task(name, total=None)

    @property
    def total(self) -> float | None:
        """Bytes to come; 0 or None where the server does not say."""
        return self._progress.tasks[self._task].total

    @total.setter
    def total(self, count: float | None) -> None:
        self._progress.update(self._task, total=count or None)

    def update(self, count: int) -> None:
        self._progress.advance(self._task, count)

    def reset(self) -> None:
        self._progress.update(self._task, completed=0)

    def close(self) -> None:
        self._progress.refresh()


def _is_final(error: Exception) -> bool:
    """Whether trying again is pointless: the server answered no, or a local address is not there."""
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return bool(error.response.status_code < 500)
    return not isinstance(error, requests.RequestException)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
