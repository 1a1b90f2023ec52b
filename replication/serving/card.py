"""The model card of an exported student (Mitchell et al. 2019, "Model Cards for Model Reporting")."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from replication.records import Run
from replication.report.numbers import count, percent
from replication.results.cards import DataCard
from replication.results.cells import CellResult, Results, SeedResult
from replication.results.cost import CostResult
from replication.results.files import read_json

TEMPLATE = "model_card.md.j2"


def model_card(run: Run, card: DataCard, settings: dict[str, Any], differences: dict[str, float], report: Path) -> str:
    """The card as Markdown.

    Args:
        run: what was trained.
        card: of its dataset.
        settings: as in the exported config.json.
        differences: largest differences of the exported file's logits from PyTorch's and from the stored ones, and the
            share of validation items whose class is the same as training's.
        report: the profile's folder; its test scores and its latencies are quoted if they are there.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,  # classes and titles may be of a file of one's own
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"percent": percent, "count": count}
    cell, seed = _scores(run, report / "results.json")
    cost = report / "cost.json"
    return environment.get_template(TEMPLATE).render(
        run=run,
        card=card,
        settings=settings,
        differences=differences,
        cell=cell,
        seed=seed,
        cost=read_json(cost, CostResult) if cost.is_file() else None,
    )


def _scores(run: Run, results: Path) -> tuple[CellResult | None, SeedResult | None]:
    """The row of the run's cell and the run's own scores, if this very run has been evaluated."""
    if not results.is_file():
        return None, None
    for dataset in read_json(results, Results).datasets:
        cell = dataset.find(run.method, run.model) if dataset.name == run.dataset else None
        for seed in cell.present if cell else []:
            if seed.identity == run.identity:
                return cell, seed
    return None, None
