"""What a classifier without a network costs to serve: the yardstick that students are held against.

It is timed from the text to the answer, its n-grams included, which for a network are numbers already; on one thread,
which is all that scikit-learn uses for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from replication import yardsticks
from replication.data.splits import Splits
from replication.measurements.latency import LEAST_CALLS, Batches, Budget, percentiles, warm
from replication.measurements.timing import interleaved
from replication.results.cost import YardstickCost, YardstickLatency


def measure_yardstick(name: str, splits: Splits, batches: Mapping[int, Batches], budget: Budget) -> YardstickCost:
    """Fit a yardstick on the labelled items and time it on the batches that the networks are timed on.

    Args:
        name: of the yardstick.
        splits: of the dataset.
        batches: of texts, by batch size.
        budget: for each batch size; the networks have the same.

    Raises:
        UserError: there is no such yardstick.
    """
    fitted = yardsticks.fit(name, splits)
    latencies = []
    for size, texts in batches.items():
        calls = [partial(fitted.answer, batch) for batch in texts]
        room = int(budget.seconds / (budget.repeats * warm(calls, budget.warmup)))
        timed = interleaved({name: calls[: max(room, LEAST_CALLS[size])]}, budget.repeats)[name]
        latencies.append(
            YardstickLatency(
                batch=size,
                calls=timed.size,
                p50=percentiles(timed)[0],
                items_per_second=size * timed.size / float(timed.sum()),
            )
        )
    return YardstickCost(
        name=name, parameters=fitted.parameter_count, weights_bytes=fitted.weights_bytes, latencies=latencies
    )
