"""Fits a yardstick of `baselines/` on a prepared dataset and leaves a run like any other."""

from __future__ import annotations

import importlib
import time
from pathlib import Path
from typing import Protocol, cast

import numpy as np

from replication import baselines, metrics, records
from replication.clock import peak_memory_mib
from replication.config import available
from replication.data.splits import Splits, load_splits
from replication.environment import environment
from replication.errors import UserError, nearest
from replication.files import digest, tree_digest
from replication.predictions import Predictions

SEED = 0
"""Yardsticks are deterministic; the seed only names their folder."""


class Yardstick(Protocol):
    """What a file in `baselines/` offers; its package says what the arguments are."""

    def fit_predict(
        self,
        train_texts: list[str],
        train_labels: list[int],
        validation_texts: list[str],
        validation_labels: list[int],
        texts: list[str],
        classes: int,
    ) -> baselines.Fitted:
        """Fit, and answer for `texts`."""


def find(name: str) -> Yardstick:
    """Import the yardstick of that name.

    Raises:
        UserError: there is none.
    """
    known = available("baselines")
    if name not in known:
        raise UserError(f"unknown yardstick {name!r}{nearest(name, known)}; known: {', '.join(known)}")
    return cast(Yardstick, importlib.import_module(f"replication.baselines.{name}"))


def run(name: str, dataset: str, data: Path, destination: Path, characters: int) -> Path:
    """Fit a yardstick on the labelled items and write its run; returns the run's folder.

    Args:
        name: of the yardstick.
        dataset: name of the dataset.
        data: where it is prepared.
        destination: the folder that holds the run's own, `seed0`.
        characters: how many of a text the student reads.

    Raises:
        UserError: there is no such yardstick, or the dataset is not prepared.
    """
    cut = characters if getattr(find(name), "CUT", False) else None
    splits = load_splits(data)
    started = time.perf_counter()
    fitted = fit(name, splits, cut)
    seconds = time.perf_counter() - started
    validation, test = splits.validation, splits.test
    logits = fitted.log_probabilities.astype(np.float32)
    guesses = logits[: len(validation.ids)].argmax(axis=1)
    score = metrics.evaluate(np.array(_labels(splits, "validation")), guesses, len(splits.classes))["macro_f1"]
    folder = destination / f"seed{SEED}"
    package = Path(baselines.__file__).parent
    code = tree_digest([Path(__file__), *sorted(package.glob("*.py"))])
    result = records.Run(
        identity=digest("yardstick", name, code, splits.digest, cut),
        dataset=dataset,
        method=name,
        model="student",
        network=name,
        seed=SEED,
        parameters=fitted.settings if cut is None else fitted.settings | {"max_characters": cut},
        data=splits.digest,
        teacher=None,
        parameter_count=fitted.parameter_count,
        iterations=0,
        batch_size=len(splits.labelled.ids),
        validation_macro_f1=score,
        history=[],
        environment=environment(),
        seconds=seconds,
        peak_memory_mib=peak_memory_mib(),
    )
    names = ["validation"] * len(validation.ids) + ["test"] * len(test.ids)
    records.write_run(folder, result, Predictions(ids=[*validation.ids, *test.ids], split=names, logits=logits))
    return folder


def fit(name: str, splits: Splits, cut: int | None = None) -> baselines.Fitted:
    """Fit a yardstick on the labelled items; it answers for the validation and the test items.

    Args:
        name: of the yardstick.
        splits: of a prepared dataset.
        cut: how many characters of each text it is given; None: whole texts.

    Raises:
        UserError: there is no such yardstick.
    """
    train, validation, test = (
        [text[:cut] for text in part.texts] for part in (splits.labelled, splits.validation, splits.test)
    )
    return find(name).fit_predict(
        train,
        _labels(splits, "labelled"),
        validation,
        _labels(splits, "validation"),
        [*validation, *test],
        len(splits.classes),
    )


def _labels(splits: Splits, name: str) -> list[int]:
    labels = splits.labelled.labels if name == "labelled" else splits.validation.labels
    if labels is None:
        raise UserError(f"{name}: labels are missing from the prepared data; run the stage prepare again")
    return [int(label) for label in labels]
