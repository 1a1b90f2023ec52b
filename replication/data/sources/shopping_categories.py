"""Reviews of ten kinds of goods; the class is the kind, not the sentiment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from replication.data.corpora import SOPHON_LICENCE, sophon
from replication.data.public_archives import PublicArchive
from replication.data.source import RawItem, Source
from replication.data.tables import delimited

FILE = "online_shopping_10_cats.csv"


def read(folder: Path) -> Iterator[RawItem]:
    """CSV with `cat`, `label` (of the sentiment, not read) and `review`."""
    for row in delimited(folder / FILE, ("review", "cat"), encoding="utf-8"):
        yield RawItem(row.cells[0], row.cells[1])


SOURCE = Source(
    title="Shopping categories",
    language="Chinese (simplified)",
    domain="customers' reviews of goods in online shops, by category",
    kind="real",
    licence=SOPHON_LICENCE,
    citation=(
        "SophonPlus, ChineseNlpCorpus, online_shopping_10_cats: about 62,000 reviews of ten categories, positive and "
        "negative, collected by the repository"
    ),
    classes={
        "书籍": "books",
        "平板": "tablets",
        "手机": "mobile phones",
        "水果": "fruit",
        "洗发水": "shampoo",
        "热水器": "water heaters",
        "蒙牛": "dairy (Mengniu)",
        "衣服": "clothes",
        "计算机": "computers",
        "酒店": "hotels",
    },
    files=(
        PublicArchive(
            sophon(
                "datasets/online_shopping_10_cats/online_shopping_10_cats.zip",
                "6816ded66fde9d0927ecbd370b5e12d0174d1abac35192ec014ac2a0a8d25858",
            ),
            {FILE: "f6c5b724122d8547b700ac4524898eb7e28abbee63f798e95a8faa408829afdb"},
        ),
    ),
    read=read,
)
