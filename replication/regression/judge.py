"""From differences to verdicts: what fails a check, what passes it, and what it cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from replication.errors import UserError
from replication.regression.compare import Compared, Pair, compare, differs
from replication.regression.intervals import interval
from replication.regression.published import METRIC, CurrentCell, CurrentDataset
from replication.regression.shapes import FAILING, Accepted, AcceptedCell, AcceptedDataset, CellCheck, Check, Verdict
from replication.statistics import Estimate

CONFIDENCE = 0.98
"""That all intervals of a check hold at once: of a hundred reruns with other seeds, one raises a false alarm."""
JUMP = 0.05
"""An improvement that lies, with its whole interval, beyond this share is implausible: no change of a seed or a
setting has given as much, while test items among the training items do."""


def check_datasets(accepted: Accepted, current: Mapping[str, CurrentDataset], folder: Path) -> Check:
    """Hold a run's datasets against the accepted ones.

    Raises:
        UserError: a file does not hold what it says.
    """
    reasons = {one.name: differs(one, current[one.name]) for one in accepted.datasets if one.name in current}
    compared: dict[str, Compared] = {}
    for one in accepted.datasets:
        if one.name in current and reasons[one.name] is None:
            try:
                compared[one.name] = compare(one, current[one.name], folder)
            except ValueError as error:
                raise UserError(f"accepted results: {one.name}: {error}; restore the file from git") from None
    count = max(1, sum(len(one.pairs) for one in compared.values()))
    cells: list[CellCheck] = []
    for one in accepted.datasets:
        found = current.get(one.name)
        for cell in one.cells:
            cells.append(_cell(one, cell, found, reasons.get(one.name), compared.get(one.name), count, accepted.floors))
        cells += _new(one, found)
    for name, found in current.items():
        if name not in {one.name for one in accepted.datasets}:
            cells += _new(None, found)
    failed = any(cell.verdict in FAILING for cell in cells)
    return Check(
        profile=accepted.profile,
        metric=METRIC,
        floor=accepted.floors[METRIC],
        confidence=CONFIDENCE,
        reason=accepted.reason,
        passed=bool(compared) and not failed,
        cells=cells,
    )


def _cell(
    dataset: AcceptedDataset,
    cell: AcceptedCell,
    current: CurrentDataset | None,
    reason: str | None,
    compared: Compared | None,
    count: int,
    floors: Mapping[str, float],
) -> CellCheck:
    was = _mean([run.metrics[METRIC] for run in cell.seeds.values()])
    row = CellCheck(
        dataset=dataset.name,
        method=cell.method,
        model=cell.model,
        verdict="missing",
        accepted=was,
        why="not in the run",
    )
    found = current.cells.get(cell.name) if current is not None else None
    if found is None:
        return row
    if found.missing is not None or not found.predicted:
        return row.model_copy(update={"why": found.missing or "no finished run"})
    row = row.model_copy(update={"current": _published(found)})
    if compared is None:
        return row.model_copy(update={"verdict": "cannot tell", "why": reason or ""})
    pair = compared.pairs[cell.name]
    verdict, estimate, why = judge(pair, compared, count, floors[METRIC])
    update: dict[str, object] = {"verdict": verdict, "why": why, "difference": _rounded(pair.parts.difference)}
    if estimate is not None:
        update |= {"low": _rounded(estimate.low), "high": _rounded(estimate.high)}
    smallest = smallest_fall(pair, compared, count, floors[METRIC])
    return row.model_copy(update=update | {"smallest_fall": None if smallest is None else _rounded(smallest)})


def judge(pair: Pair, compared: Compared, count: int, floor: float) -> tuple[Verdict, Estimate | None, str]:
    """The verdict on one of `count` comparisons, its interval and what there is to say."""
    if pair.same:
        return "same", Estimate(0.0, 0.0, 0.0), ""
    estimate = interval(pair.parts, compared.prior, count, CONFIDENCE)
    if estimate is None:
        return "cannot tell", None, "one seed does not show how much seeds differ"
    if estimate.high < 0 and estimate.mean <= -floor:
        return "worse", estimate, ""
    if estimate.low > 0 and estimate.mean >= floor:
        return *_improvement(pair, compared, count, estimate), ""
    if estimate.low > -floor:
        return "level", estimate, ""
    return "cannot tell", estimate, f"a drop of {-100 * estimate.low:.1f} points is not excluded"


def smallest_fall(pair: Pair, compared: Compared, count: int, floor: float) -> float | None:
    """The smallest measured fall that is called a regression; None where nothing shows how much reruns differ.

    Of a cell that is the same, what it would be for a rerun with other seeds.
    """
    found = pair.again if pair.same else pair.parts
    estimate = None if found is None else interval(found, compared.prior, count, CONFIDENCE)
    return None if estimate is None else max(estimate.high - estimate.mean, floor)


def _improvement(pair: Pair, compared: Compared, count: int, estimate: Estimate) -> tuple[Verdict, Estimate]:
    beyond = None if pair.beyond_best is None else interval(pair.beyond_best, compared.prior, count, CONFIDENCE)
    implausible = estimate.low > JUMP or (beyond is not None and beyond.low > 0)
    return ("implausible" if implausible else "better"), estimate


def _new(dataset: AcceptedDataset | None, current: CurrentDataset | None) -> list[CellCheck]:
    known = {cell.name for cell in dataset.cells} if dataset is not None else set()
    return [
        CellCheck(
            dataset=current.result.name,
            method=cell.result.method,
            model=cell.result.model,
            verdict="new",
            current=_published(cell),
            why="not among the accepted results",
        )
        for name, cell in (current.cells if current is not None else {}).items()
        if current is not None and name not in known and cell.predicted
    ]


def _published(cell: CurrentCell) -> float:
    return _mean([seed.metrics[METRIC] for seed in cell.result.present])


def _mean(values: list[float]) -> float:
    return _rounded(float(np.mean(values)))


def _rounded(value: float) -> float:
    return round(value, 6) + 0.0
