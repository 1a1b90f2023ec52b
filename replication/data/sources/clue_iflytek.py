"""IFLYTEK of the CLUE benchmark: descriptions of apps in 119 categories, from the hub.

CLUE withholds its test labels, so the published validation file is the test side, and everything else is drawn from the
training file. With so many classes, `preparation` must ask for thousands of items.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from replication.data.hub_files import HubFiles
from replication.data.hub_items import read_sides
from replication.data.source import RawItem, Source

CLASSES = [str(index) for index in range(119)]
"""The hub's class indices; the set names its categories in Chinese elsewhere."""
SIDES = {"train": "train", "validation": "test"}


def read(folder: Path) -> Iterator[RawItem]:
    """Parquet with `sentence` and `label`; extra: `side`."""
    return read_sides(folder, "sentence", SIDES, CLASSES)


SOURCE = Source(
    title="IFLYTEK (CLUE)",
    language="Chinese (simplified)",
    domain="descriptions of mobile apps, by category",
    kind="real",
    licence="unknown (as the hub's card has it)",
    citation=(
        "Xu et al.: CLUE, a Chinese language understanding evaluation benchmark, COLING 2020, arXiv 2004.05986; "
        "clue/clue on the hub, configuration iflytek"
    ),
    classes={name: f"category {name}" for name in CLASSES},
    files=(
        HubFiles(
            "clue/clue",
            "28178267a609dd08bdc703dd6c931dfc2c2f4431",
            {"train": "iflytek/train-*.parquet", "validation": "iflytek/validation-*.parquet"},
        ),
    ),
    read=read,
    recorded=True,
)
