"""Time of calls, measured so that two networks can be compared on a machine whose speed drifts.

A repetition times every call of one network and then every call of the other, so that each finds its own weights in
the cache, as it would when serving alone; which comes first changes from one repetition to the next. So both networks
meet the same slow and fast minutes, and the repetitions are the pairs that an interval is made from.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Call = Callable[[], object]
Name = TypeVar("Name", bound=str)
Floats = npt.NDArray[np.float64]


def interleaved(
    calls: Mapping[Name, Sequence[Call]], repeats: int, on_repeat: Callable[[], None] = lambda: None
) -> dict[Name, Floats]:
    """Time every call of every network; the caller has warmed them up.

    Args:
        calls: by network, one call a batch of texts.
        repeats: how often each is timed.
        on_repeat: called after each repetition, outside what is timed.

    Returns:
        Seconds by network, [repeats, calls].
    """
    rows: dict[Name, list[list[float]]] = {name: [] for name in calls}
    with _no_collection():
        for repeat in range(repeats):
            for name in list(calls)[:: -1 if repeat % 2 else 1]:
                rows[name].append([timed(call) for call in calls[name]])
            on_repeat()
    return {name: np.array(seconds) for name, seconds in rows.items()}


def timed(call: Call) -> float:
    """Seconds of one call."""
    start = time.perf_counter_ns()
    call()
    return (time.perf_counter_ns() - start) / 1e9


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep Python's garbage collector out of what is timed, as `timeit` does."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
