"""Groups of near-duplicate texts, so that no text and its echo land on both sides of a split.

Two texts are near-duplicates when the Jaccard similarity of the sets of their skeletons' character 3-grams reaches a
threshold. Groups are the connected components. No pair is missed: two sets that are similar enough share one of their
rarest grams, so that only sets that share such a gram are compared (prefix and length filter: Bayardo, Ma, Srikant,
Scaling Up All Pairs Similarity Search, WWW 2007, section 4; Xiao et al., PPJoin, WWW 2008, section 2.3).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from replication.data.normalise import skeleton

WIDTH = 3
ROUNDING = 1e-9
"""Of products with the threshold: a set that lies at a bound may be compared in vain, never left out."""


def near_duplicate_groups(texts: Sequence[str], similarity: float) -> list[int]:
    """Number the near-duplicate groups.

    Args:
        texts: normalised texts.
        similarity: Jaccard similarity in (0, 1] from which on two texts are near-duplicates.

    Returns:
        For each text the index of the first text of its group: equal numbers are one group.
    """
    first_with: dict[str, int] = {}
    skeletons = [skeleton(text) for text in texts]
    for row, form in enumerate(skeletons):
        first_with.setdefault(form, row)
    distinct = list(first_with)
    group_of = _components(distinct, similarity)
    first_of_group: dict[int, int] = {}
    for form, group in zip(distinct, group_of, strict=True):
        first_of_group.setdefault(group, first_with[form])
    number = {form: first_of_group[group] for form, group in zip(distinct, group_of, strict=True)}
    return [number[form] for form in skeletons]


def shingles(form: str) -> frozenset[str]:
    """The set of character 3-grams of a skeleton; a shorter one is its own only gram."""
    return frozenset(form[start : start + WIDTH] for start in range(max(1, len(form) - WIDTH + 1)))


def jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    """Size of the intersection over the size of the union."""
    shared = len(first & second)
    return shared / (len(first) + len(second) - shared)


def _components(forms: Sequence[str], similarity: float) -> list[int]:
    """Root of each form's component (union-find, the smaller index being the root)."""
    parents = list(range(len(forms)))

    def root(row: int) -> int:
        while parents[row] != row:
            parents[row] = parents[parents[row]]
            row = parents[row]
        return row

    sets = [shingles(form) for form in forms]
    for row, others in enumerate(_candidates(sets, similarity)):
        for other in others:
            one, two = root(row), root(other)
            if one != two and jaccard(sets[row], sets[other]) >= similarity:
                parents[max(one, two)] = min(one, two)
    return [root(row) for row in range(len(forms))]


def _candidates(sets: Sequence[frozenset[str]], similarity: float) -> Iterator[list[int]]:
    """For each set the earlier ones that it may be similar enough to, in ascending order."""
    frequency = Counter(gram for grams in sets for gram in grams)
    index: defaultdict[str, list[int]] = defaultdict(list)
    for row, grams in enumerate(sets):
        least = math.ceil(similarity * len(grams) - ROUNDING)  # of its grams, how many a similar set shares
        rarest = sorted(grams, key=lambda gram: (frequency[gram], gram))[: len(grams) - least + 1]
        sharing: set[int] = set()
        for gram in rarest:
            sharing.update(index[gram])
            index[gram].append(row)
        most = len(grams) / similarity + ROUNDING
        yield sorted(other for other in sharing if least <= len(sets[other]) <= most)
