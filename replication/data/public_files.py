"""Single files of public repositories, pinned by commit and sha256."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from replication.data.downloads import Address, local_copy
from replication.files import temporary_name

HOST = "https://raw.githubusercontent.com"


@dataclass(frozen=True)
class PublicFile:
    """One file at one commit of a public repository."""

    owner: str
    repository: str
    commit: str
    path: str
    sha256: str
    host: str = HOST

    @property
    def location(self) -> PurePosixPath:
        """Place in the mirror and in the download cache."""
        return PurePosixPath(self.owner, self.repository, self.commit, self.path)

    @property
    def contents(self) -> dict[str, str]:
        """What `save` leaves: file name -> sha256."""
        return {self.location.name: self.sha256}

    def save(self, folder: Path) -> None:
        """Write the file into `folder` under its name."""
        folder.mkdir(parents=True, exist_ok=True)
        temporary = temporary_name(folder / self.location.name)
        shutil.copyfile(public_file(self), temporary)
        temporary.replace(folder / self.location.name)


def public_file(file: PublicFile) -> Path:
    """Path of the file on this machine, its sha256 checked; downloaded if it must be.

    Raises:
        UserError: it cannot be downloaded, or is not the pinned file.
    """
    return local_copy(file.location, file.sha256, lambda: Address(f"{file.host}/{quote(str(file.location))}"))
