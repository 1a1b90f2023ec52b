"""What stands before any training: settings, sources, texts and the pre-trained encoder."""

from __future__ import annotations

from pathlib import Path

from replication import params
from replication.commands.application import BUILD, STAGES, Dataset, app, listed


@app.command(rich_help_panel=STAGES)
def settings() -> None:
    """Check params.yaml and write what each method reads of it."""
    from replication import settings as method_settings

    method_settings.write(params.load(), BUILD / "settings")


@app.command(rich_help_panel=STAGES)
def networks() -> None:
    """Write what every run on a set reads of params.yaml, and the hashes of the code that trains."""
    from replication import networks as common

    common.write(params.load(), Path(), BUILD / "networks")


@app.command(rich_help_panel=STAGES)
def parts() -> None:
    """Write which sets each part of the pipeline that a profile may leave out runs on."""
    from replication import parts as optional

    optional.write(params.load(), BUILD)


@app.command(rich_help_panel=STAGES)
def sources() -> None:
    """Write what identifies each dataset's source, so that one that changes is fetched again, and no other."""
    from replication.data import identity

    identity.write(params.load(), BUILD / "sources")


@app.command(rich_help_panel=STAGES)
def fetch(dataset: Dataset) -> None:
    """Fetch a dataset's pinned files."""
    from replication.data import fetch as fetching

    parameters = params.load()
    listed(dataset, parameters.datasets, "datasets")
    fetching.fetch(dataset, BUILD / "raw" / dataset, parameters.own_datasets.get(dataset))


@app.command(rich_help_panel=STAGES)
def prepare(dataset: Dataset) -> None:
    """Normalise, drop duplicates, split; write Parquet and the data card."""
    from replication.data import prepare as preparing

    parameters = params.load()
    raw = BUILD / "raw" / listed(dataset, parameters.datasets, "datasets")
    own = parameters.own_datasets.get(dataset)
    preparing.prepare(dataset, raw, BUILD / "data" / dataset, parameters.preparation.on(dataset), own)


@app.command(rich_help_panel=STAGES)
def checkpoint() -> None:
    """Get the pre-trained encoder and write it as a folder that transformers reads."""
    from replication.models.checkpoints import make_checkpoint

    make_checkpoint(params.load().teacher.checkpoint, BUILD / "checkpoint")
