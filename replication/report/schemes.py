"""The article's schemes on an opinion set: student and own teacher side by side, and who keeps what."""

from __future__ import annotations

from dataclasses import dataclass

from replication.results.cells import BASELINE, HISTORICAL, CellResult, DatasetResult

JUNK_METRICS = ("junk_precision", "junk_recall", "junk_f1", "junk_pr_auc", "coverage", "overall_recall")
"""Shown for every row, and `negative_flip_rate` after them where it is known."""


@dataclass(frozen=True)
class SchemeRow:
    """A row of the table of schemes."""

    main: CellResult
    """Whose junk metrics the row shows: the student, or the network that the row is about."""
    student: CellResult | None
    """The TextCNN of the row."""
    teacher: CellResult | None
    """The BERT of the row: the reference itself, or a scheme's own teacher."""


def scheme_rows(dataset: DatasetResult) -> list[SchemeRow]:
    """The references, then the schemes in their order; cells without results too. Empty without schemes."""
    cells = {(cell.method, cell.model): cell for cell in dataset.cells}
    schemes = [cell for cell in dataset.cells if cell.group == "scheme" and cell.model == "student"]
    if not schemes:
        return []
    rows = []
    for key in (BASELINE, (BASELINE[0], "teacher"), HISTORICAL):
        if key in cells:
            is_bert = key == (BASELINE[0], "teacher")
            cell = cells[key]
            rows.append(SchemeRow(cell, None if is_bert else cell, cell if is_bert else None))
    return rows + [SchemeRow(cell, cell, cells.get((cell.method, "teacher"))) for cell in schemes]


def family_rows(dataset: DatasetResult) -> list[CellResult]:
    """The networks whose recall by family is shown: the references and the students of schemes."""
    rows = [row.main for row in scheme_rows(dataset)]
    return [cell for cell in rows if cell.family_recall]
