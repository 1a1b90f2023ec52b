"""Hotel reviews: positive or negative, from a public collection of Chinese corpora."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from replication.data.corpora import SOPHON_LICENCE, sophon
from replication.data.source import RawItem, Source
from replication.data.tables import delimited

FILE = "ChnSentiCorp_htl_all.csv"


def read(folder: Path) -> Iterator[RawItem]:
    """CSV with `label` (1 is positive) and `review`."""
    for row in delimited(folder / FILE, ("review", "label"), encoding="utf-8"):
        yield RawItem(row.cells[0], row.cells[1])


SOURCE = Source(
    title="Hotel reviews",
    language="Chinese (simplified)",
    domain="reviews of hotels, as booked on a travel site (ctrip)",
    kind="real",
    licence=SOPHON_LICENCE,
    citation=(
        "SophonPlus, ChineseNlpCorpus, ChnSentiCorp_htl_all: 7,766 hotel reviews; "
        "from ChnSentiCorp (Tan, Zhang: An empirical study of sentiment analysis for Chinese documents, 2008)"
    ),
    classes={"0": "negative review", "1": "positive review"},
    files=(
        sophon(
            f"datasets/ChnSentiCorp_htl_all/{FILE}",
            "1d414b9c65caf3a836abdb4efded621968502ad3338e1a9d885ae131c86083f0",
        ),
    ),
    read=read,
)
