"""The one reader of the test labels: joins the runs' predictions with them and publishes what the report reads.

A run that is missing or unusable never stops the evaluation: its cell says why it has no number. What does stop it
leaves the results of before as they were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from replication.claims import Claim, load_claims
from replication.config import Parameters
from replication.data.splits import load_card
from replication.evaluation import publish
from replication.evaluation.behaviour import publish_behaviour
from replication.evaluation.cells import Cell, list_cells
from replication.evaluation.comparisons import compare
from replication.evaluation.efficiency import measure_efficiency
from replication.evaluation.finished import FinishedRun, load_cell, teacher_digests
from replication.evaluation.gradients import describe_gradients
from replication.evaluation.noise import describe_noise
from replication.evaluation.scores import rows, score_cells, without_historical
from replication.evaluation.staging import replacing
from replication.evaluation.temperature_sweep import sweep_temperatures
from replication.evaluation.testset import JUNK, TestSet, load_test_set
from replication.evaluation.validation import describe_teacher
from replication.files import write_json, write_text
from replication.results.cells import DatasetResult, Results
from replication.results.comparisons import Comparison, Comparisons
from replication.results.curves import curves_text
from replication.results.efficiency import EfficiencyResult, EfficiencySet
from replication.results.files import Frozen, read_json
from replication.results.softmax import TemperatureResult
from replication.results.temperature_sweep import TemperatureSet, TemperatureSweepResult

Runs = dict[Cell, dict[int, FinishedRun]]


@dataclass(frozen=True)
class EvaluatedSet:
    """A dataset's runs and what is published of them."""

    items: TestSet
    runs: Runs
    result: DatasetResult
    comparisons: Comparisons
    """What the claims compare of the runs."""
    softmax: TemperatureResult | None
    """Of the teacher; None where none has finished."""
    sweep: TemperatureSet | None
    """None, like the next, where the measurement leaves the set out."""
    efficiency: tuple[EfficiencySet, list[Comparison]] | None


def evaluate(parameters: Parameters, build: Path, folder: Path) -> None:
    """Publish the results of a profile.

    Args:
        parameters: which cells, and how intervals are drawn.
        build: where the stages leave their outputs.
        folder: the profile's, `reports/<profile>`.

    Raises:
        UserError: a prepared dataset or `baselines/claims.yaml` is missing or damaged, or `source.json` is damaged.
    """
    cards = {name: load_card(build / "data" / name) for name in parameters.datasets}
    claims = load_claims()
    sets = [evaluate_set(parameters, build, name, claims) for name in cards]
    runs = {cell: found for one in sets for cell, found in one.runs.items()}
    described = describe(parameters, build, cards, sets)
    with replacing(folder, publish.OUTPUTS) as staged:
        for one in sets:
            publish.write_records(staged, one.runs, one.result.cells)
        write_text(staged / "curves.csv", curves_text(publish.curve_points(runs)))
        publish_behaviour(parameters, build, staged, [one.items for one in sets], runs)
        for name, data in described.items():
            write_json(staged / name, data)


def evaluate_set(parameters: Parameters, build: Path, name: str, claims: list[Claim]) -> EvaluatedSet:
    """Score the cells of one dataset and what is measured on it."""
    items = load_test_set(parameters, name, build / "data" / name)
    teachers = teacher_digests(parameters, name, build)
    cells = {cell: load_cell(cell, items, teachers) for cell in list_cells(parameters, name, build)}
    finished = {cell: found for cell, (found, _) in cells.items()}
    scored = score_cells(parameters, cells, items)
    result = DatasetResult(
        name=name,
        classes=items.splits.classes,
        test_items=int(items.current.sum()),
        data=publish.data_digests(one for found in finished.values() for one in found.values()),
        cells=rows(cells, scored),
        junk=items.splits.classes[JUNK] if items.opinion else None,
        legacy_items=int((~items.current).sum()),
        family_items=items.family_items(),
        without_historical=without_historical(cells, items),
    )
    return EvaluatedSet(
        items=items,
        runs=finished,
        result=result,
        comparisons=Comparisons(
            comparisons=compare(claims, name, items.opinion, *scored),
            further=compare(claims, name, items.opinion, *scored, judged=False),
        ),
        softmax=describe_teacher(parameters, items.splits, finished),
        sweep=sweep_temperatures(parameters, build, items, finished),
        efficiency=measure_efficiency(parameters, build, items, finished),
    )


def describe(
    parameters: Parameters, build: Path, cards: Mapping[str, Any], sets: Sequence[EvaluatedSet]
) -> dict[str, object]:
    """What is published as JSON, by the file's name; a measurement that the profile leaves out has no file."""
    tests = {one.items.name: one.items for one in sets}
    efficiency = {one.items.name: one.efficiency for one in sets if one.efficiency}
    measured: dict[str, Frozen | None] = {
        "noise.json": describe_noise(parameters, build, tests),
        "gradients.json": describe_gradients(parameters, build, tests),
        "temperature_sweep.json": TemperatureSweepResult(
            temperature=parameters.temperature, sets={one.items.name: one.sweep for one in sets if one.sweep}
        ),
        "efficiency.json": EfficiencyResult(
            sets={name: found for name, (found, _) in efficiency.items()},
            comparisons=[one for _, compared in efficiency.values() for one in compared],
        ),
        "comparisons.json": Comparisons(
            comparisons=[found for one in sets for found in one.comparisons.comparisons],
            further=[found for one in sets for found in one.comparisons.further],
        ),
        "results.json": summarise(parameters, build, sets),
    }
    return {name: found.model_dump() for name, found in measured.items() if found is not None} | {
        "metrics.json": publish.metrics_tree(one.result for one in sets),
        "cards.json": cards,
        "temperature.json": {one.items.name: one.softmax.model_dump() for one in sets if one.softmax},
    }


def summarise(parameters: Parameters, build: Path, sets: Sequence[EvaluatedSet]) -> Results:
    """The tables of every set, and where the runs come from."""
    return Results(
        profile=parameters.profile,
        parameters=parameters.of_results(),
        environments=publish.environments(
            run for one in sets for cell, found in one.runs.items() if not cell.inside for run in found.values()
        ),
        checkpoint=read_checkpoint(build),
        datasets=[one.result for one in sets],
    )


def read_checkpoint(build: Path) -> dict[str, Any] | None:
    """Where the encoder's weights came from; None before they were fetched.

    Raises:
        UserError: the file that says it is damaged.
    """
    path = build / "checkpoint" / "source.json"
    return read_json(path, dict[str, Any]) if path.is_file() else None
