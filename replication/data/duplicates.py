"""Groups of near-duplicate texts, so that no text and its echo land on both sides of a split.

Two texts are near-duplicates when the Jaccard similarity of the sets of their skeletons' character 3-grams reaches a
threshold. Candidates come from MinHash with banding (Broder 1997; Leskovec, Rajaraman, Ullman, Mining of Massive
Datasets, section 3.4); every candidate pair is then compared exactly, so banding can only miss a pair, never invent
one. Groups are the connected components.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from datasketch import MinHash, MinHashLSH

from replication.data.normalise import skeleton

PERMUTATIONS = 128
MISS = 1e-3
"""Chance of missing a pair that lies exactly at the threshold; more similar pairs are missed less."""
WIDTH = 3


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


def _candidates(sets: Sequence[frozenset[str]], similarity: float) -> list[list[int]]:
    """For each set the earlier ones that share a band of its sketch, in ascending order."""
    bands, rows = banding(similarity)
    index = MinHashLSH(num_perm=PERMUTATIONS, params=(bands, rows))
    codes: defaultdict[str, int] = defaultdict(lambda: len(codes))
    hashed = ([codes[gram] for gram in sorted(grams)] for grams in sets)
    candidates: list[list[int]] = []
    for row, sketch in enumerate(MinHash.generator(hashed, num_perm=PERMUTATIONS, seed=1, hashfunc=int)):
        candidates.append(sorted(index.query(sketch)))
        index.insert(row, sketch, check_duplication=False)
    return candidates


def banding(similarity: float) -> tuple[int, int]:
    """Bands and rows of a band: the longest bands that miss a pair at the threshold with a chance of at most `MISS`."""
    best = (PERMUTATIONS, 1)
    for rows in range(1, PERMUTATIONS // 2 + 1):
        bands = PERMUTATIONS // rows
        if (1 - similarity**rows) ** bands <= MISS:
            best = (bands, rows)
    return best
