"""Takeaway reviews: positive or negative, from a public collection of Chinese corpora."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from replication.data.corpora import SOPHON_LICENCE, sophon
from replication.data.source import RawItem, Source
from replication.data.tables import delimited

FILE = "waimai_10k.csv"


def read(folder: Path) -> Iterator[RawItem]:
    """CSV with `label` (1 is positive) and `review`."""
    for row in delimited(folder / FILE, ("review", "label"), encoding="utf-8"):
        yield RawItem(row.cells[0], row.cells[1])


SOURCE = Source(
    title="Takeaway reviews",
    language="Chinese (simplified)",
    domain="reviews of food delivered, by customers of one delivery service",
    kind="real",
    licence=SOPHON_LICENCE,
    citation=(
        "SophonPlus, ChineseNlpCorpus, waimai_10k: about 4,000 positive and 8,000 negative reviews of a food delivery "
        "service, collected by the repository"
    ),
    classes={"0": "negative review", "1": "positive review"},
    files=(
        sophon(
            f"datasets/waimai_10k/{FILE}",
            "b8b5c11c00b51578d35937fca56e03a126b45381f1ea4b22893237cb377a26fe",
        ),
    ),
    read=read,
)
