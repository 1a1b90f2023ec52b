"""The gap between training and test: macro-F1 on the labelled items minus macro-F1 on the test items.

Both are samples of fixed size, so each is resampled by itself; the draws of seeds are shared. A smaller gap alone is no
better network (one that learned nothing has none), so it is shown beside both scores.
"""

from __future__ import annotations

from collections.abc import Mapping

from replication import statistics
from replication.evaluation.measured import compare_scores
from replication.evaluation.teaching import Arms, key
from replication.evaluation.testset import TestSet
from replication.results.cells import BASELINE
from replication.results.comparisons import Comparison
from replication.statistics import Resamples, Scores

LABELLED_SAMPLE = (2,)
"""Names the resamples of labelled items, which are drawn independently of those of test items."""
TAUGHT = "soft_label/student"
TEXTCNN = "/".join(BASELINE)


def macro_f1(resamples: Resamples, items: TestSet, arms: Arms) -> tuple[dict[str, Scores], dict[str, Scores]]:
    """Macro-F1 by arm, on the labelled items (where they are predicted) and on the current test items."""
    here, classes, labels = items.current, len(items.splits.classes), items.splits.labelled.labels
    tests = {key(cell): {seed: run.predicted[here] for seed, run in found.items()} for cell, found in arms.items()}
    trains = {
        key(cell): {seed: run.labelled.argmax(axis=1) for seed, run in found.items() if run.labelled is not None}
        for cell, found in arms.items()
    }
    trains = {arm: found for arm, found in trains.items() if found}
    on_test = statistics.score_arms(resamples, items.truth[here], tests, classes)
    on_train: dict[str, dict[str, Scores]] = {}
    if trains and labels is not None:
        drawn = Resamples(len(labels), resamples.seed, resamples.draws, resamples.confidence, LABELLED_SAMPLE)
        on_train = statistics.score_arms(drawn, labels, trains, classes)
    train, test = ({arm: found["macro_f1"] for arm, found in scores.items()} for scores in (on_train, on_test))
    return train, test


def comparisons(dataset: str, resamples: Resamples, gaps: Mapping[str, Scores]) -> list[Comparison]:
    """The gap of soft labels minus the TextCNN's; below 0 the taught student generalises better."""
    if not {TEXTCNN, TAUGHT} <= gaps.keys() or not set(gaps[TEXTCNN].seeds) & set(gaps[TAUGHT].seeds):
        return []
    difference = statistics.paired(gaps[TAUGHT], gaps[TEXTCNN])
    return [compare_scores(resamples, difference, "generalisation", dataset, "", "share")]
