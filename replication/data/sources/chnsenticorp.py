"""ChnSentiCorp as it is published in parts of 9,600, 1,200 and 1,200 reviews, from the hub."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from replication.data.hub_files import HubFiles
from replication.data.hub_items import read_sides
from replication.data.source import RawItem, Source

CLASSES = {"negative": "negative review", "positive": "positive review"}
SIDES = {"train": "train", "validation": "validation", "test": "test"}


def read(folder: Path) -> Iterator[RawItem]:
    """Parquet with `text` and `label`; extra: `side`."""
    return read_sides(folder, "text", SIDES, list(CLASSES))


SOURCE = Source(
    title="ChnSentiCorp",
    language="Chinese (simplified)",
    domain="reviews of hotels, computers and books",
    kind="real",
    licence="none stated",
    citation=(
        "Tan, Zhang: An empirical study of sentiment analysis for Chinese documents, 2008; "
        "lansinuote/ChnSentiCorp on the hub"
    ),
    classes=CLASSES,
    files=(
        HubFiles(
            "lansinuote/ChnSentiCorp",
            "b0c4c119c3fb33b8e735969202ef9ad13d717e5a",
            {"train": "**/train-*.parquet", "validation": "**/validation-*.parquet", "test": "**/test-*.parquet"},
        ),
    ),
    read=read,
    recorded=True,
)
