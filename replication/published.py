"""Numbers that papers and public repositories report, from `baselines/published.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from replication.claims import Text
from replication.errors import UserError
from replication.strict import Name, Strict, read_yaml, validate

PUBLISHED = Path(__file__).parent / "baselines" / "published.yaml"
Words = Annotated[str, Field(min_length=1)]


class Value(Strict):
    """One system's number, in the unit of its row."""

    system: Words
    value: float
    digits: Annotated[int, Field(ge=0)] | None = None
    """Decimals, where the source prints a zero at the end."""

    @property
    def written(self) -> str:
        """As the source prints it: 92.00 with two digits, 91.22 without."""
        return f"{self.value:g}" if self.digits is None else f"{self.value:.{self.digits}f}"


class PublishedNumbers(Strict):
    """What one source reports on one set."""

    set: Words
    source: Words
    read: Literal["primary", "secondary"]
    """Where we read it: in the text or README itself, or in a summary of it."""
    metric: Words
    values: Annotated[list[Value], Field(min_length=1)]
    comparable: bool
    """With our numbers: same items, same labels, same measure."""
    why: Text | None = None
    """Why they are not comparable."""
    beside: list[Name]
    """Our sets whose results are shown next to it."""


class Published(Strict):
    """All of `published.yaml`."""

    numbers: list[PublishedNumbers]


def load_published(path: Path = PUBLISHED) -> list[PublishedNumbers]:
    """Read and check the published numbers.

    Raises:
        UserError: the file is missing, or has a key or value that is not allowed.
    """
    numbers = validate(Published, read_yaml(path), str(path)).numbers
    for at, row in enumerate(numbers):
        if not row.comparable and row.why is None:
            raise UserError(f"{path}: numbers.{at}.why: missing; say why {row.set!r} is not comparable, in en and zh")
    return numbers
