"""Which students are controls, and which rows are of one training: the same recipe under two names.

The article's scheme 1 is the papers' regression of logits, its variant and scheme 5's control are soft labels. Rows of
one training stand where each is looked for, and count once.
"""

from __future__ import annotations

from replication.results.cells import CellResult, DatasetResult

CONTROLS = ("pseudo_label", "other_teacher")
"""Methods with a teacher that stand beside those of the papers and of the article, besides all `*_control`."""
ROUNDING = 5e-6
"""How far two scores of one training may lie apart that was written down in two ways."""


def is_control(method: str) -> bool:
    """Whether a method is a control and neither a paper's nor the article's."""
    return method in CONTROLS or method.endswith("_control")


def repeats(dataset: DatasetResult) -> dict[str, CellResult]:
    """The students of a frozen teacher whose settings and seeds' scores are those of an earlier row, with that row."""
    found: dict[str, CellResult] = {}
    originals: list[CellResult] = []
    for cell in dataset.cells:
        if cell.model == "student" and cell.metrics and cell.taught:
            same = next((one for one in originals if _same_training(one, cell)), None)
            if same is None:
                originals.append(cell)
            else:
                found[cell.method] = same
    return found


def _same_training(one: CellResult, other: CellResult) -> bool:
    if one.settings != other.settings or len(one.present) != len(other.present):
        return False
    pairs = zip(one.present, other.present, strict=True)
    return all(
        (a.seed, a.teacher, a.iterations, a.metrics.keys()) == (b.seed, b.teacher, b.iterations, b.metrics.keys())
        and bool(a.metrics)
        and all(abs(a.metrics[name] - b.metrics[name]) <= ROUNDING for name in a.metrics)
        and abs(a.validation_macro_f1 - b.validation_macro_f1) <= ROUNDING
        for a, b in pairs
    )
