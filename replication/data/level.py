"""One form for posts of different sources, so that a post's format does not tell where it comes from.

Text messages, comments and a word-segmented, anonymised collection differ in punctuation, spaces, digits, links and
place-holder words (NAME, PLACE, DIGIT, PHONE, URLabc ...). What they share is Chinese characters, so a levelled post
holds these and, where anything else that is a letter or a digit stood (a number, a Latin word, a link, a handle, a
place-holder), one mark. The first place alone keeps its mark: how many there are would tell the source.

Where a source is short of posts with a mark or of posts without, its share of marked posts would tell it too; `matched`
takes the same share from every source.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from replication.data.duplicates import near_duplicate_groups
from replication.data.normalise import HANDLE, LINK, normalise

MARK = "0"
"""What stands for a number, a Latin word, a link, a handle or a place-holder."""
SHORTEST = 5
"""Characters of a levelled post, at the least."""
ONE_IN = 40
"""One post in so many is without a mark, in every source."""


@dataclass(frozen=True)
class Post:
    """A levelled text and what is known of it."""

    text: str
    source: str
    """Which collection it is of."""
    label: str
    family: str

    @property
    def marked(self) -> bool:
        """Whether it holds the mark."""
        return MARK in self.text


def level(text: str) -> str:
    """Return the one form of `text`: Chinese characters, and the mark at the first place of anything else."""
    plain = HANDLE.sub(f" {MARK} ", LINK.sub(f" {MARK} ", normalise(text).lower()))
    kept = [character if is_chinese(character) else MARK for character in plain if character.isalnum()]
    first = kept.index(MARK) if MARK in kept else len(kept)
    return "".join(kept[: first + 1] + [character for character in kept[first + 1 :] if character != MARK])


def is_chinese(character: str) -> bool:
    """Whether a character is a unified ideograph of the basic blocks."""
    return "\u3400" <= character <= "\u4dbf" or "\u4e00" <= character <= "\u9fff"


def distinct(posts: Iterable[Post], similarity: float) -> list[Post]:
    """One post a group of near-duplicates, in keyed order; groups with two labels, and very short posts, are left out.

    Args:
        posts: in any order, which does not matter.
        similarity: Jaccard similarity in (0, 1] from which on two posts are near-duplicates.
    """
    ordered = in_order({post for post in posts if len(post.text) >= SHORTEST})
    groups: defaultdict[int, list[Post]] = defaultdict(list)
    for group, post in zip(near_duplicate_groups([post.text for post in ordered], similarity), ordered, strict=True):
        groups[group].append(post)
    return [members[0] for members in groups.values() if len({post.label for post in members}) == 1]


def in_order(posts: Iterable[Post]) -> list[Post]:
    """Posts in an order that depends on nothing but each post's own text and facts."""

    def key(post: Post) -> bytes:
        return hashlib.sha256("\0".join((post.text, post.source, post.label, post.family)).encode()).digest()

    return sorted(posts, key=key)


def matched(posts: Sequence[Post], size: int) -> list[Post]:
    """The first `size` posts of which one in `ONE_IN` is without a mark; fewer where they do not reach."""
    marked = [post for post in posts if post.marked]
    plain = [post for post in posts if not post.marked]
    blocks = min(size // ONE_IN, len(marked) // (ONE_IN - 1), len(plain))
    return marked[: blocks * (ONE_IN - 1)] + plain[:blocks]
