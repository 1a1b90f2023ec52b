"""What a run does about junk: precision, recall, F1 and PR-AUC on current items, coverage, what it lost, by family.

`coverage` is the recall on legacy junk, `overall_recall` that on legacy and current junk together. `kept` is the share
of the test junk caught by the historical model of the same seed, at its own threshold, that the run still catches;
`negative_flip_rate` is the rest. Current and legacy items are two samples of fixed size, so the bootstrap resamples
each by itself; the draws of seeds are shared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from replication.evaluation.ranking import average_precision, drawn_average_precision
from replication.statistics import Resamples, Scores

Floats = npt.NDArray[np.floating]
Bools = npt.NDArray[np.bool_]
Count = Callable[..., Floats]
"""Gives the count of a column, by its key: a number, or one for each resample [draws]."""

FAMILY = "family "
"""What the name of a family's recall begins with, the family after it."""


@dataclass(frozen=True)
class JunkItems:
    """The test items of an opinion set, those of both periods."""

    junk: Bools
    """Whether each is junk, [items]."""
    current: Bools
    """Whether each is of the current period, [items]."""
    families: Mapping[str, Bools]
    """Which are current junk of each family, [items]; no family is empty."""


class Answer(NamedTuple):
    """What a run says of the test items."""

    probability: Floats
    """Of junk, [items]."""
    caught: Bools
    """Whether the item is called junk at the run's own threshold, [items]."""


def score_junk(
    current: Resamples,
    legacy: Resamples | None,
    items: JunkItems,
    arms: Mapping[str, Mapping[int, Answer]],
    historical: Mapping[int, Bools],
) -> dict[str, dict[str, Scores]]:
    """Score every arm on every resample.

    Args:
        current: resamples of the current items.
        legacy: of the legacy ones; None where the set has none, which leaves coverage and overall recall out.
        items: the test items.
        arms: answers by arm and seed.
        historical: by seed, the junk [items] that the historical model caught; a seed without any has no `kept`.

    Returns:
        Scores by arm and metric; the recall of each junk family as a metric whose name begins with `FAMILY`.
    """
    columns = _columns(items, arms, historical)
    now = _counts(columns, items.current, current)
    before = None if legacy is None else _counts(columns, ~items.current, legacy)
    runs = [(arm, seed) for arm, answers in arms.items() for seed in answers]
    here, junk = items.current, items.junk[items.current]
    areas = drawn_average_precision(current, [arms[arm][seed].probability[here] for arm, seed in runs], junk)
    found: dict[str, dict[str, list[tuple[int, float, Floats]]]] = {arm: {} for arm in arms}
    for at, (arm, seed) in enumerate(runs):
        known = seed in historical and historical[seed].any()
        observed, drawn = (
            _rates(now[part], before and before[part], (arm, seed), items.families, bool(known)) for part in (0, 1)
        )
        observed["junk_pr_auc"] = np.asarray(average_precision(arms[arm][seed].probability[here], junk))
        drawn["junk_pr_auc"] = areas[:, at]
        for name, value in observed.items():
            found[arm].setdefault(name, []).append((seed, float(value), drawn[name]))
    return {arm: {name: _scores(rows) for name, rows in metrics.items()} for arm, metrics in found.items()}


def _columns(
    items: JunkItems, arms: Mapping[str, Mapping[int, Answer]], historical: Mapping[int, Bools]
) -> dict[tuple[object, ...], Bools]:
    """The items that count, [items], by what they count for."""
    columns: dict[tuple[object, ...], Bools] = {("junk",): items.junk}
    columns |= {("family", name): mask for name, mask in items.families.items()}
    columns |= {("known", seed): known for seed, known in historical.items()}
    for arm, answers in arms.items():
        for seed, answer in answers.items():
            columns["caught", arm, seed] = answer.caught
            columns["hits", arm, seed] = answer.caught & items.junk
            if seed in historical:
                columns["kept", arm, seed] = answer.caught & historical[seed]
            for name, mask in items.families.items():
                columns["family hits", name, arm, seed] = answer.caught & mask
    return columns


def _counts(columns: Mapping[tuple[object, ...], Bools], period: Bools, resamples: Resamples) -> tuple[Count, Count]:
    """The counts of one period's items: as they are, and on every resample."""
    table = np.stack(list(columns.values()), axis=1)[period].astype(np.float32)
    place = {key: at for at, key in enumerate(columns)}
    whole, drawn = table.sum(axis=0, dtype=np.float64), resamples.sums(table)
    return (lambda *key: np.asarray(whole[place[key]])), (lambda *key: drawn[:, place[key]].astype(np.float64))


def _rates(
    now: Count, before: Count | None, run: tuple[str, int], families: Mapping[str, Bools], known: bool
) -> dict[str, Floats]:
    """Every rate of one run that follows from counts; 0 where a rate has nothing to count over."""
    caught, hits, junk = now("caught", *run), now("hits", *run), now("junk")
    rates: dict[str, Floats] = {
        "junk_precision": hits / np.maximum(caught, 1),
        "junk_recall": hits / np.maximum(junk, 1),
        "junk_f1": 2 * hits / np.maximum(caught + junk, 1),
    }
    if before is not None:
        old_hits, old_junk = before("hits", *run), before("junk")
        rates["coverage"] = old_hits / np.maximum(old_junk, 1)
        rates["overall_recall"] = (old_hits + hits) / np.maximum(old_junk + junk, 1)
    if known:
        periods = [now] if before is None else [now, before]
        whole = np.sum([period("known", run[1]) for period in periods], axis=0)
        kept = np.sum([period("kept", *run) for period in periods], axis=0)
        rates["kept"] = np.where(whole > 0, kept / np.maximum(whole, 1), 1.0)
        rates["negative_flip_rate"] = 1 - rates["kept"]
    for name in families:
        rates[FAMILY + name] = now("family hits", name, *run) / np.maximum(now("family", name), 1)
    return rates


def _scores(rows: list[tuple[int, float, Floats]]) -> Scores:
    seeds = tuple(seed for seed, *_ in rows)
    return Scores(seeds, np.array([value for _, value, _ in rows]), np.stack([drawn for *_, drawn in rows], axis=1))
