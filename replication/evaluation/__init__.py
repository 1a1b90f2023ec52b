"""The one reader of the test labels: joins the runs' predictions with them and publishes what the report reads.

A run that is missing or unusable never stops the evaluation: its cell says why it has no number.
"""

from __future__ import annotations

import json
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
from replication.evaluation.temperature_sweep import sweep_temperatures
from replication.evaluation.testset import JUNK, TestSet, load_test_set
from replication.evaluation.validation import describe_teacher
from replication.files import write_json, write_text
from replication.results.cells import DatasetResult, Results
from replication.results.comparisons import Comparison, Comparisons
from replication.results.curves import curves_text
from replication.results.efficiency import EfficiencyResult, EfficiencySet
from replication.results.temperature_sweep import TemperatureSet, TemperatureSweepResult

Runs = dict[Cell, dict[int, FinishedRun]]


def evaluate(parameters: Parameters, build: Path, folder: Path) -> None:
    """Publish the results of a profile.

    Args:
        parameters: which cells, and how intervals are drawn.
        build: where the stages leave their outputs.
        folder: the profile's, `reports/<profile>`.

    Raises:
        UserError: a prepared dataset, or `baselines/claims.yaml`, is missing or damaged.
    """
    cards = {name: load_card(build / "data" / name) for name in parameters.datasets}
    claims = load_claims()
    datasets: list[DatasetResult] = []
    comparisons: list[Comparison] = []
    temperatures: dict[str, Any] = {}
    swept: dict[str, TemperatureSet] = {}
    efficiency: dict[str, EfficiencySet] = {}
    labels_compared: list[Comparison] = []
    runs: Runs = {}
    sets: list[TestSet] = []
    written: set[Path] = set()
    tests: dict[str, TestSet] = {}
    for name in cards:
        items = tests[name] = load_test_set(parameters, name, build / "data" / name)
        result, finished, own = evaluate_dataset(parameters, build, items, claims)
        comparisons += own
        seeds = {
            cell: {seed.seed: seed for seed in row.seeds} for cell, row in zip(finished, result.cells, strict=True)
        }
        written |= publish.write_records(folder, finished, seeds)
        datasets.append(result)
        sets.append(items)
        runs |= finished
        softmax = describe_teacher(parameters, items.splits, finished)
        if softmax is not None:
            temperatures[name] = softmax.model_dump()
        if sweep := sweep_temperatures(parameters, build, items, finished):
            swept[name] = sweep
        if measured := measure_efficiency(parameters, build, items, finished):
            efficiency[name] = measured[0]
            labels_compared += measured[1]
    publish.remove_leftovers(folder / "records", written)
    write_json(folder / "metrics.json", publish.metrics_tree(datasets))
    write_json(folder / "cards.json", cards)
    write_json(folder / "comparisons.json", Comparisons(comparisons=comparisons).model_dump())
    write_json(folder / "temperature.json", temperatures)
    for file, found in (
        ("noise.json", describe_noise(parameters, build, tests)),
        ("gradients.json", describe_gradients(parameters, build, tests)),
    ):
        publish.write_or_remove(folder / file, found)
    sweep_result = TemperatureSweepResult(temperature=parameters.temperature, sets=swept)
    write_json(folder / "temperature_sweep.json", sweep_result.model_dump())
    write_json(folder / "efficiency.json", EfficiencyResult(sets=efficiency, comparisons=labels_compared).model_dump())
    write_text(folder / "curves.csv", curves_text(publish.curve_points(runs)))
    publish_behaviour(parameters, build, folder, sets, runs)
    results = Results(
        profile=parameters.profile,
        parameters=parameters.model_dump(exclude={"parallel": {"backend", "workers", "checkpoint_seconds", "address"}}),
        environments=publish.environments(
            one for cell, finished in runs.items() if not cell.inside for one in finished.values()
        ),
        checkpoint=read_checkpoint(build),
        datasets=datasets,
    )
    write_json(folder / "results.json", results.model_dump())


def evaluate_dataset(
    parameters: Parameters, build: Path, items: TestSet, claims: list[Claim]
) -> tuple[DatasetResult, Runs, list[Comparison]]:
    """Score the cells of one dataset; also returns their finished runs and what the claims compare of them."""
    teachers = teacher_digests(parameters, items.name, build)
    cells = {cell: load_cell(cell, items, teachers) for cell in list_cells(parameters, items.name, build)}
    finished = {cell: found for cell, (found, _) in cells.items()}
    scored = score_cells(parameters, cells, items)
    result = DatasetResult(
        name=items.name,
        classes=items.splits.classes,
        test_items=int(items.current.sum()),
        data=publish.data_digests(one for found in finished.values() for one in found.values()),
        cells=rows(cells, scored),
        junk=items.splits.classes[JUNK] if items.opinion else None,
        legacy_items=int((~items.current).sum()),
        family_items=items.family_items(),
        without_historical=without_historical(cells, items),
    )
    return result, finished, compare(claims, items.name, items.opinion, *scored)


def read_checkpoint(build: Path) -> dict[str, Any] | None:
    """Where the encoder's weights came from; None before it was fetched."""
    path = build / "checkpoint" / "source.json"
    try:
        source: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return source
