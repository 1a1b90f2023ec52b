"""params.yaml as typed, frozen models: every knob of the pipeline. Which stage reads which key stands in `dvc.yaml`.

`replication.params` reads the file, and sees to what keys demand of each other.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PositiveInt

from replication.measurement_settings import Measurements
from replication.seeds import other_seed as other_seed
from replication.strict import Fraction, Name, Positive, Strict, Weight

PARAMS = Path("params.yaml")


class Sizes(Strict):
    """Those splits of a dataset whose sizes, in items, are its own."""

    labelled: PositiveInt | None = None
    pool: PositiveInt | None = None
    validation: PositiveInt | None = None
    test: PositiveInt | None = None


class Preparation(Strict):
    """Sizes of the splits, in items, and how near-duplicates are found."""

    labelled: PositiveInt
    pool: PositiveInt
    validation: PositiveInt
    test: PositiveInt
    sizes: dict[str, Sizes] = Field(default_factory=dict)
    """By dataset, the sizes that differ from the four above."""
    history: PositiveInt
    """Legacy training items; this size and the two below are read for sets with periods alone."""
    history_validation: PositiveInt
    history_test: PositiveInt
    """Legacy items appended to the test set."""
    similarity: Annotated[float, Field(gt=0, le=1)]
    """Jaccard similarity of character 3-grams from which on two texts are near-duplicates."""
    seed: int

    def on(self, dataset: str) -> Preparation:
        """The settings with the sizes of a dataset."""
        own = self.sizes.get(dataset, Sizes()).model_dump(exclude_none=True)
        return self.model_copy(update=own | {"sizes": {}})


class OwnDataset(Strict):
    """A dataset of one's own, under the folder `own/`; docs/own-data.md has an example."""

    path: str
    """Below `own/`, which DVC watches: a file that ends in .csv, .tsv, .jsonl or .parquet, or a folder of such."""
    text: str = "text"
    """Name of the column with the texts; without a header the columns are called '1', '2', '3'."""
    label: str = "label"
    """Name of the column with the labels."""
    encoding: Literal["utf-8", "gb18030"] | None = None
    """Of a text file; null finds it out. UTF-8 may have a byte-order mark."""
    header: bool = True
    """Whether the first line of a CSV or TSV names the columns."""
    classes: dict[str, str] = Field(default_factory=dict)
    """Label in the file -> its name, in the order of the classes; empty: the labels that are found, as they are."""
    rows: PositiveInt = 20000
    """How many different rows to keep, at the most; which ones depends on their texts and labels alone."""
    title: str = ""
    """For the report; empty: the dataset's name."""
    language: str = "Chinese"
    licence: str = "not stated"
    citation: str = "data of one's own"


class Training(Strict):
    """One network's optimisation. An iteration is one optimiser step."""

    iterations: PositiveInt
    batch_size: PositiveInt
    """Items in a batch, at the most."""
    batch_tokens: PositiveInt
    """Padded tokens in a batch, at the most; long texts come in smaller batches."""
    learning_rate: Positive
    weight_decay: Weight
    warmup: Fraction
    """Share of the iterations in which the learning rate rises linearly from 0; it falls linearly to 0 afterwards."""
    clip_norm: Positive
    evaluations: PositiveInt
    """How many times the validation set is scored, evenly over the iterations; the best scored state is kept."""
    patience: PositiveInt | None = None
    """Stop after this many evaluations without gain; null trains every arm for the same number of iterations."""


class Budget(Strict):
    """The updates that a network takes on a dataset."""

    iterations: PositiveInt
    batch_size: PositiveInt


def _with_budget(training: Training, own: Budget | None) -> Training:
    return training.model_copy(update=own.model_dump()) if own else training


class Teacher(Strict):
    """The BERT that teaches, on one dataset: where its weights come from and how it is fine-tuned."""

    checkpoint: str
    """`packaged`, `hub:OWNER/NAME@REVISION` (40 hex digits) or `folder:PATH` (a folder that transformers wrote)."""
    layers: PositiveInt
    """How many of the encoder's layers to keep, evenly spaced and ending with the last."""
    frozen_layers: Annotated[int, Field(ge=0)]
    """How many of the kept layers, from the bottom, stay as they were pre-trained; the embeddings always do."""
    max_tokens: Annotated[int, Field(ge=8, le=512)]
    dropout: Fraction
    hidden_layers: list[PositiveInt]
    """Of which kept layers, 1 being the first, the pooled states of the training texts are stored (FitNets' hints)."""
    route_points: Annotated[int, Field(ge=8)]
    """How many intermediate states of the fine-tuning are stored as the route (RCO), besides the end."""
    training: Training


class Teachers(Teacher):
    """The BERT that teaches, on every dataset."""

    budgets: dict[str, Budget] = Field(default_factory=dict)
    """Instead of `training`'s iterations and batch size, those of the fine-tuning on a dataset."""

    def on(self, dataset: str) -> Teacher:
        """The settings with the budget of a dataset."""
        own = {"training": _with_budget(self.training, self.budgets.get(dataset))}
        return Teacher(**{name: getattr(self, name) for name in Teacher.model_fields} | own)


class Student(Strict):
    """The TextCNN (Kim 2014) on characters."""

    max_characters: Annotated[int, Field(ge=8)]
    min_count: PositiveInt
    """A character rarer than this in the training text is unknown."""
    embedding: PositiveInt
    filters: PositiveInt
    widths: Annotated[list[PositiveInt], Field(min_length=1)]
    dropout: Fraction
    training: Training
    budgets: dict[str, Budget]
    """Instead of `training`'s iterations and batch size, the budget of every arm on a dataset."""

    def on(self, dataset: str) -> Student:
        """The settings with the budget of a dataset."""
        training = _with_budget(self.training, self.budgets.get(dataset))
        return self.model_copy(update={"training": training, "budgets": {}})


class Parallel(Strict):
    """The fan-out over seeds."""

    backend: Literal["loky", "dask"]
    workers: PositiveInt | Literal["auto"]
    """Processes; `auto` is the number of processors over `threads`. Results do not depend on it."""
    threads: PositiveInt
    """Threads of one process. Part of a run's identity, because the order of floating-point sums depends on it."""
    checkpoint_seconds: Positive
    """How often a run under way keeps its state. Results do not depend on it."""
    address: str | None = None
    """A Dask scheduler's address; null starts a cluster on this machine."""


class Statistics(Strict):
    """The two-level bootstrap behind every interval."""

    draws: Annotated[int, Field(ge=100)]
    confidence: Annotated[float, Field(gt=0.5, lt=1)]
    seed: Annotated[int, Field(ge=0)]


class Parameters(Strict):
    """All of params.yaml. Names of what there is are any text here: `replication.params` knows what they may be."""

    profile: Name
    temperature: Positive
    seeds: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]
    datasets: Annotated[list[str], Field(min_length=1)]
    opinion_datasets: list[str]
    """Those of `datasets` on which the schemes run: spam opinion, with items of a legacy and a current period."""
    own_datasets: dict[Name, OwnDataset] = Field(default_factory=dict)
    """Files of one's own that `datasets` may name."""
    methods: Annotated[list[str], Field(min_length=1)]
    """Run on every dataset."""
    schemes: list[str]
    """Run on the opinion datasets."""
    yardsticks: Annotated[list[str], Field(min_length=1)]
    precision: Literal["auto", "bfloat16", "float32"]
    """Of matrix products and convolutions. `auto` is bfloat16 where the device multiplies it natively."""
    device: Literal["auto", "cpu", "cuda"]
    """What trains. `auto` is the GPU where torch finds one that it can use."""
    preparation: Preparation
    teacher: Teachers
    student: Student
    method_settings: dict[str, dict[str, Any]]
    measurements: Measurements = Field(default_factory=Measurements)
    parallel: Parallel
    statistics: Statistics

    def of_results(self) -> dict[str, Any]:
        """What results name as their parameters: neither how the work was spread nor what is said of other datasets."""
        found = self.model_dump(exclude={"parallel": {"backend", "workers", "checkpoint_seconds", "address"}})
        for table, name in (("preparation", "sizes"), ("teacher", "budgets"), ("student", "budgets")):
            by_dataset = found[table][name]
            found[table][name] = {dataset: own for dataset, own in by_dataset.items() if dataset in self.datasets}
        return found


def available(folder: str) -> list[str]:
    """The names that a folder of the package offers: its public modules."""
    root = Path(__file__).parent / folder
    return sorted(path.stem for path in root.glob("*.py") if not path.stem.startswith("_"))


def scratch() -> Path:
    """The folder of work in progress and downloads (`REPLICATION_SCRATCH`, else `.scratch` here)."""
    return Path(os.environ.get("REPLICATION_SCRATCH", ".scratch"))
