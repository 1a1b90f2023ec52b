"""TNEWS of the CLUE benchmark: short news titles in 15 sections, from the hub.

CLUE withholds its test labels, so the published validation file is the test side, and everything else is drawn from the
training file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from replication.data.hub_files import HubFiles
from replication.data.hub_items import read_sides
from replication.data.source import RawItem, Source

CLASSES = {
    "news_story": "stories",
    "culture": "culture",
    "entertainment": "entertainment",
    "sports": "sports",
    "finance": "finance",
    "house": "real estate",
    "car": "cars",
    "edu": "education",
    "tech": "technology",
    "military": "armed forces",
    "travel": "travel",
    "world": "world",
    "stock": "stocks",
    "agriculture": "agriculture",
    "game": "games",
}
"""In the order of the hub's class indices, which are CLUE's codes 100 to 116 in ascending order."""
SIDES = {"train": "train", "validation": "test"}


def read(folder: Path) -> Iterator[RawItem]:
    """Parquet with `sentence` and `label`; extra: `side`."""
    return read_sides(folder, "sentence", SIDES, list(CLASSES))


SOURCE = Source(
    title="TNEWS (CLUE)",
    language="Chinese (simplified)",
    domain="titles of news articles, by section (Toutiao)",
    kind="real",
    licence="unknown (as the hub's card has it)",
    citation=(
        "Xu et al.: CLUE, a Chinese language understanding evaluation benchmark, COLING 2020, arXiv 2004.05986; "
        "clue/clue on the hub, configuration tnews"
    ),
    classes=CLASSES,
    files=(
        HubFiles(
            "clue/clue",
            "28178267a609dd08bdc703dd6c931dfc2c2f4431",
            {"train": "tnews/train-*.parquet", "validation": "tnews/validation-*.parquet"},
        ),
    ),
    read=read,
    recorded=True,
)
