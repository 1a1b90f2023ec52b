"""Which seed stands in for another one."""

from __future__ import annotations

from collections.abc import Sequence


def other_seed(seeds: Sequence[int], seed: int) -> int:
    """Whose teacher stands in for another one: that of the seed before in the list, for the first that of the second.

    So a seed more, at the list's end, changes nothing for the others. With one seed there is no other.
    """
    place = seeds.index(seed)
    return seeds[place - 1] if place else seeds[min(1, len(seeds) - 1)]
