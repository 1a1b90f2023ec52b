"""What a dataset's file under `data/sources/` must hold: one `SOURCE`, saying what the texts are and how to read them.

    SOURCE = Source(title=..., files=(PackageFile(...),), read=read, ...)

The file's name is the dataset's name; there is no list to edit. A source is checked when it is loaded.
"""

from __future__ import annotations

import importlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal, Protocol

from replication.config import available
from replication.errors import UserError, nearest
from replication.files import file_digest

REMEDY = "correct the source's classes"


@dataclass(frozen=True)
class RawItem:
    """One text as the source has it, with its class by name."""

    text: str
    label: str
    extra: dict[str, str] = field(default_factory=dict)
    """Further facts of the item, such as the kind of junk or its period; carried through preparation.

    `side` is where a set that is published in parts has the item: `train`, `validation` or `test`. Test items are then
    drawn from the side `test`, validation items from `validation` where there is one, all others from `train`.
    """


class PinnedFile(Protocol):
    """A file whose bytes are fixed: of a distribution, of a public repository, of an archive there."""

    @property
    def sha256(self) -> str:
        """Of the file."""
        ...

    @property
    def location(self) -> PurePosixPath:
        """Where it stands, for the data card."""
        ...

    @property
    def contents(self) -> dict[str, str]:
        """What `save` leaves: file name -> sha256."""
        ...

    def save(self, folder: Path) -> None:
        """Write its contents into `folder`, checked."""
        ...


@dataclass(frozen=True)
class Recipe:
    """What a generated set is made by, besides its files."""

    grammar: Path
    """The file of templates and lexicons."""
    seed: int


@dataclass(frozen=True)
class Source:
    """A dataset's data card, its pinned files, and how to read them."""

    title: str
    language: str
    domain: str
    kind: Literal["real", "semi-synthetic"]
    """Whether people wrote every text, or a part was made by a program."""
    licence: str
    """As the distribution states it."""
    citation: str
    """Where the texts come from."""
    classes: dict[str, str]
    """Label in the files -> English gloss. The order fixes the class indices."""
    files: Sequence[PinnedFile]
    read: Callable[[Path], Iterable[RawItem]]
    """Yields the items from the folder that holds the files' contents by file name."""
    records: Callable[[Path], dict[str, int]] | None = None
    """Of a set whose `read` leaves records out: how many the files have, by the `source` that `read` gives an item."""
    recipe: Recipe | None = None
    """Of a generated set."""
    recorded: bool = False
    """Whether `fetch` writes down the files' hashes, because a revision pins them and nobody publishes any."""
    remedy: str = REMEDY
    """What to do where no item is left of a class."""

    def __post_init__(self) -> None:
        for name in ("title", "language", "domain", "licence", "citation"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name}: must not be empty")
        if len(self.classes) < 2:
            raise ValueError(f"classes: at least 2 are needed, found {len(self.classes)}")
        if not self.files:
            raise ValueError("files: at least one pinned file is needed")
        names = Counter(name for file in self.files for name in file.contents)
        repeated = sorted(name for name, count in names.items() if count > 1)
        if repeated:
            raise ValueError(f"files: two members have the file name {repeated[0]!r}")
        hashes = [sha256 for file in self.files for sha256 in (file.sha256, *file.contents.values())]
        hashes = [] if self.recorded else hashes
        wrong = [sha256 for sha256 in hashes if not re.fullmatch(r"[0-9a-f]{64}", sha256)]
        if wrong:
            raise ValueError(f"files: {wrong[0]!r} is not a sha256 (64 lower-case hexadecimal digits)")

    @property
    def contents(self) -> dict[str, str]:
        """File name -> sha256 of all that `read` may open."""
        return {name: sha256 for file in self.files for name, sha256 in file.contents.items()}

    def check(self, folder: Path, dataset: str) -> None:
        """Compare every file in `folder` with its pinned sha256.

        Raises:
            UserError: a file is missing or differs.
        """
        for name, expected in self.contents.items():
            path = folder / name
            if not path.is_file():
                raise UserError(f"{path}: no such file; run fetch@{dataset}")
            found = file_digest(path)
            if found != expected:
                raise UserError(f"{path}: expected sha256 {expected}, found {found}; run fetch@{dataset} again")


def load_source(dataset: str) -> Source:
    """Import a dataset's file and check what it holds.

    Raises:
        UserError: there is no such dataset, or its file holds no valid `SOURCE`.
    """
    known = available("data/sources")
    if dataset not in known:
        raise UserError(f"unknown dataset {dataset!r}{nearest(dataset, known)}; known: {', '.join(known)}")
    try:
        module: Any = importlib.import_module(f"replication.data.sources.{dataset}")
    except ValueError as error:
        raise UserError(f"data/sources/{dataset}.py: {error}") from None
    return checked_source(getattr(module, "SOURCE", None), dataset)


def checked_source(candidate: object, dataset: str) -> Source:
    """Return `candidate` if it is a source.

    Raises:
        UserError: it is not.
    """
    if not isinstance(candidate, Source):
        raise UserError(
            f"data/sources/{dataset}.py: expected a module variable SOURCE of type Source, "
            f"found {type(candidate).__name__}; see data/source.py"
        )
    return candidate
