"""How the results stand beside what others found: facts from the records, by which templates choose the sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from replication.report.findings import METRIC, DatasetFinding, standing
from replication.results.cells import CellResult
from replication.results.verdicts import Verdict

FEEDBACK = "feedback"


@dataclass(frozen=True)
class Discussion:
    """What is held against other people's findings."""

    supported: list[Verdict]
    contradicted: list[Verdict]
    feedback: Verdict | None
    """Of the claim that the student's loss should reach the teacher; None where it was not measured."""
    better_teachers: int
    """Sets whose teacher is clear above the TextCNN and that have a student of soft labels."""
    taught_better: int
    """Those of them on which that student is clear above it too."""
    logits_ahead: int
    """Sets on which regression of logits has a higher mean than soft labels."""
    both: int
    """Sets that have the two."""


def discussion(verdicts: Sequence[Verdict], findings: Sequence[DatasetFinding]) -> Discussion:
    """Sum up verdicts and sets."""
    pairs = [(one.teacher, one.dataset.find("soft_label", "student")) for one in findings]
    taught = [soft for teacher, soft in pairs if _above(teacher) and soft is not None and METRIC in soft.delta]
    students = [[one.dataset.find(method, "student") for method in ("logit_mse", "soft_label")] for one in findings]
    means = [[cell.metrics[METRIC].mean for cell in cells if cell is not None] for cells in students]
    both = [found for found in means if len(found) == 2]
    return Discussion(
        supported=[one for one in verdicts if one.verdict == "supported"],
        contradicted=[one for one in verdicts if one.verdict == "contradicted"],
        feedback=next((one for one in verdicts if one.claim == FEEDBACK and one.verdict != "not measured"), None),
        better_teachers=len(taught),
        taught_better=sum(_above(soft) for soft in taught),
        logits_ahead=sum(logits > soft for logits, soft in both),
        both=len(both),
    )


def _above(cell: CellResult | None) -> bool:
    return cell is not None and METRIC in cell.delta and standing(cell.delta[METRIC]) == "above"
