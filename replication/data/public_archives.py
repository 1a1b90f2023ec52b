"""Members of a zip archive in a public repository, archive and members pinned by sha256; nothing is executed."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from replication.data.public_files import PublicFile, public_file
from replication.errors import UserError
from replication.files import file_digest, temporary_name


@dataclass(frozen=True)
class PublicArchive:
    """A zip archive at one commit of a public repository, and the members that are read out of it."""

    archive: PublicFile
    members: dict[str, str]
    """Path inside the archive -> sha256 of its bytes."""

    @property
    def sha256(self) -> str:
        """Of the archive."""
        return self.archive.sha256

    @property
    def location(self) -> PurePosixPath:
        """Place of the archive in the mirror and in the download cache."""
        return self.archive.location

    @property
    def contents(self) -> dict[str, str]:
        """What `save` leaves: file name -> sha256."""
        return {PurePosixPath(member).name: sha256 for member, sha256 in self.members.items()}

    def save(self, folder: Path) -> None:
        """Write every member into `folder` under its file name, once its sha256 is found right.

        Raises:
            UserError: the archive cannot be had, is damaged, or a member is missing or differs from its sha256.
        """
        folder.mkdir(parents=True, exist_ok=True)
        path = public_file(self.archive)
        for member, expected in self.members.items():
            destination = folder / PurePosixPath(member).name
            temporary = temporary_name(destination)
            try:
                with zipfile.ZipFile(path) as archive, archive.open(member) as source, temporary.open("wb") as target:
                    shutil.copyfileobj(source, target)
                found = file_digest(temporary)
                if found != expected:
                    raise UserError(f"{path}: {member}: expected sha256 {expected}, found {found}; correct its hash")
                temporary.replace(destination)
            except (KeyError, zipfile.BadZipFile) as error:
                raise UserError(f"{path}: {member}: cannot be read: {error}; correct the member's path") from None
            finally:
                temporary.unlink(missing_ok=True)
