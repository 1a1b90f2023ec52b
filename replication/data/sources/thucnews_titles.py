"""Titles of Chinese news in ten sections: the published validation and test files of a much-used draw from THUCNews.

The published test file stays the test side, so that nothing of it is ever learned from. The 180,000 training titles are
not read: labelled, pool and validation items all come from the published validation file, of 10,000 titles.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from replication.data.corpora import thucnews
from replication.data.encodings import decoded_lines
from replication.data.source import RawItem, Source
from replication.errors import UserError

CLASSES = (
    "finance",
    "realty",
    "stocks",
    "education",
    "science",
    "society",
    "politics",
    "sports",
    "game",
    "entertainment",
)
"""In the order of the repository's class.txt, which the files count by."""
GLOSSES = {"realty": "real estate", "science": "science and technology", "game": "games"}
SIDES = {"dev.txt": "train", "test.txt": "test"}


def read(folder: Path) -> Iterator[RawItem]:
    """One `title<TAB>class index` a line; extra: `side`."""
    for name, side in SIDES.items():
        for number, line in decoded_lines(folder / name, "utf-8"):
            title, tab, index = line.rstrip("\r\n").rpartition("\t")
            if not tab or index not in map(str, range(len(CLASSES))):
                raise UserError(f"{folder / name}: line {number}: expected title<TAB>0 to 9, found {line.strip()!r}")
            yield RawItem(title, CLASSES[int(index)], {"side": side})


SOURCE = Source(
    title="THUCNews titles",
    language="Chinese (simplified)",
    domain="titles of news articles, by section",
    kind="real",
    licence="THUCNews is free for research (THUNLP); the repository's Anti-996 licence is for its code",
    citation=(
        "649453932, Bert-Chinese-Text-Classification-Pytorch, THUCNews/data/{dev,test}.txt; drawn from THUCNews "
        "(Sun, Li, Guo, Zhao, Zheng, Si, Liu: THUCTC, an efficient Chinese text classifier, 2016), thuctc.thunlp.org"
    ),
    classes={name: GLOSSES.get(name, name) for name in CLASSES},
    files=(
        thucnews("THUCNews/data/dev.txt", "6ed73aa2c57ee1560c8f76570d48735c4b1c29ae4983fe3523d56e115813e175"),
        thucnews("THUCNews/data/test.txt", "ebecc8c896635ad69730083ca7b81d37c42c9a5779bc05c9d2479d894e34f026"),
    ),
    read=read,
)
