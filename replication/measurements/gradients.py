"""Which way the loss terms push a student whose labels are partly flipped, at three moments of its training.

The run of `soft_label` on noisy labels is done again, exactly, and looked at before the first update, after half of
them and after the last. Each look differentiates the very terms that training adds up (`Update.terms`), one by one, on
batches of labelled items that all have the same share of flipped ones; the student is in evaluation mode, so that
every gradient is taken at the same point.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from replication import config, methods, parallel
from replication.data.noise import folder_name
from replication.data.splits import load_splits
from replication.files import digest, tree_digest, write_json
from replication.measurements.alignment import Probe, even_batches, look
from replication.measurements.noise import Place, cell_of
from replication.measurements.pulls import shown_items
from replication.results.gradients import MOMENTS, Moment, SeedGradients
from replication.runs.learner import make_context, make_learner
from replication.runs.tasks import Task, make_task
from replication.runs.train import ONE_AT_A_TIME
from replication.store import PROGRESS, Store, copy_out
from replication.training.batches import stream
from replication.training.loop import Loop, Observer, Trained, fit
from replication.training.phases import Phase
from replication.training.recipes import SoftSettings

METHOD = "soft_label"
CODE = ("data/normalise", "measurements/alignment", "measurements/gradients", "measurements/pulls", "results/gradients")
"""The modules, besides those that train, that a look depends on: what is masked in a shown text is among it."""


def run(parameters: config.Parameters, dataset: str, build: Path, store: Store) -> None:
    """Measure every rate and seed that the store lacks; leave `build/gradients/<dataset>/<noise>/seed<k>`.

    Raises:
        UserError: the data or the teachers of the stage `noise` are missing.
    """
    noise = parameters.measurements.noise
    assert noise is not None
    for rate in noise.rates:
        place = Place(build, dataset, noise, rate)
        cell = cell_of(parameters, place, METHOD)
        tasks = [make_task(cell, seed) for seed in cell.seeds]
        jobs = []
        for task in tasks:
            identity = _identity(task, place.clean)
            work = partial(measure, task, place.clean, identity, store)
            if store.finished(identity) is None:
                units = task.cell.training.iterations
                jobs.append(parallel.Job(f"seed {task.seed}", units, store.partial(identity) / PROGRESS, work))
        parallel.fan_out(jobs, parameters.parallel)
        destination = build / "gradients" / dataset / folder_name(noise.kind, rate)
        destination.mkdir(parents=True, exist_ok=True)
        for task in tasks:
            copy_out(store.run(_identity(task, place.clean)), destination / f"seed{task.seed}")


def _identity(task: Task, clean: Path) -> str:
    package = Path(__file__).parents[1]
    code = [package / f"{name}.py" for name in CODE]
    return digest("gradients", tree_digest(code), load_splits(clean).digest, task.identity)


def measure(task: Task, clean: Path, identity: str, store: Store) -> None:
    """Measure one seed and leave `gradients.json` in the store."""
    with ONE_AT_A_TIME, store.lock(identity):
        if store.finished(identity) is not None:
            return
        torch.set_num_threads(task.cell.threads)
        work = store.work(identity)
        found, _ = watch(task, clean, partial(parallel.report, work / PROGRESS))
        write_json(work / "outputs" / "gradients.json", found.model_dump())
        store.finish(identity, work / "outputs")


@dataclass
class _Looks:
    """The looks at a run under way."""

    probe: Probe
    phase: Phase
    taken: list[Moment] = field(default_factory=list)

    def take(self, iteration: int) -> None:
        name = MOMENTS[len(self.taken)]
        self.taken.append(look(self.probe, self.phase.updates[-1], name, iteration))


def watch(task: Task, clean: Path, on_progress: Callable[[int], None]) -> tuple[SeedGradients, Trained]:
    """Do a run of `soft_label` again, on the processor, and look at it three times; also returns what training left.

    Args:
        task: the run, on noisy labels.
        clean: the prepared data with the true labels.
        on_progress: called with the number of iterations after each.
    """
    cell, training = replace(task.cell, device="cpu"), task.cell.training
    learner = make_learner(cell, task.seed, load_splits(cell.data))
    context = make_context(cell, task.seed, learner)
    (phase,) = methods.load(cell.method).phases(context)
    settings = cell.own
    assert isinstance(settings, SoftSettings)
    truth, texts = _truth(clean)
    labelled = learner.items.labels[: len(truth)]
    flipped = torch.nonzero(labelled != truth).flatten()
    shown, items = shown_items(learner.items, truth, flipped, texts, settings.temperature)
    batches = even_batches(labelled != truth, training.batch_size)
    looks = _Looks(Probe(learner.main, learner.items, truth, flipped, batches, shown), phase)
    looks.take(0)
    loop = Loop(
        items=learner.items,
        batches=partial(
            stream, learner.items, learner.main.reads, task.seed, training.batch_size, training.batch_tokens
        ),
        streams=learner.readers.streams,
        on_progress=on_progress,
        observers=[Observer([training.iterations // 2, training.iterations], looks.take)],
    )
    trained = fit(iter([phase]), loop)
    while len(looks.taken) < len(MOMENTS):  # it stopped early
        looks.take(trained.iterations)
    found = SeedGradients(
        seed=task.seed,
        run=task.identity,
        labelled=len(truth),
        flipped=len(flipped),
        temperature=settings.temperature,
        items=items,
        moments=looks.taken,
    )
    return found, trained


def _truth(clean: Path) -> tuple[Tensor, list[str]]:
    """Labels and texts of the labelled items without noise."""
    labelled = load_splits(clean).labelled
    assert labelled.labels is not None
    return torch.from_numpy(labelled.labels), labelled.texts
