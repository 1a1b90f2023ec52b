"""The question's answer in short: over all sets, and beside what needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from replication.report.findings import METRIC, DatasetFinding

TFIDF, TFIDF_CUT = ("tfidf_logistic", "student"), ("tfidf_logistic_cut", "student")
"""On whole texts, and on no more of a text than the student reads."""


def teacher_gains(findings: Sequence[DatasetFinding]) -> tuple[float, float] | None:
    """The least and the largest of the teachers' differences to the TextCNN; None without any."""
    found = [one.teacher.delta[METRIC].mean for one in findings if one.teacher and METRIC in one.teacher.delta]
    return (min(found), max(found)) if found else None


class Exceeded(NamedTuple):
    """Whom TF-IDF with logistic regression exceeds, by mean macro-F1: what speaks for shipping no network at all."""

    students: int
    """Trainings of methods and schemes, over the sets."""
    of: int
    every: list[str]
    """The sets on which it exceeds all of them."""
    teachers: list[str]
    """The sets on which it exceeds the teacher."""
    sets: int


def exceeded(findings: Sequence[DatasetFinding], which: tuple[str, str] = TFIDF) -> Exceeded | None:
    """Sum up the sets that have the yardstick and a student; None without any."""
    students, of, sets = 0, 0, 0
    every: list[str] = []
    teachers: list[str] = []
    for one in findings:
        yardstick, trained = one.dataset.find(*which), [cell for cell, _ in one.trainings]
        if yardstick is None or not trained:
            continue
        mean = yardstick.metrics[METRIC].mean
        below = sum(cell.metrics[METRIC].mean < mean for cell in trained)
        sets, of, students = sets + 1, of + len(trained), students + below
        if below == len(trained):
            every.append(one.dataset.name)
        if one.teacher is not None and one.teacher.metrics[METRIC].mean < mean:
            teachers.append(one.dataset.name)
    return Exceeded(students, of, every, teachers, sets) if sets else None
