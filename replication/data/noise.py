"""Training labels flipped on purpose: a prepared dataset that differs from another in some of its labels alone.

The number of flips is exact: the rate is spread over the classes by their size and over the wrong labels by a
transition matrix, so that chance decides which items are flipped and not how many. Items flipped at one rate are
flipped at every higher one too.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from replication.data.splits import COLUMNS, content_digest, load_card, load_splits
from replication.errors import UserError
from replication.files import digest, write_json

Kind = Literal["symmetric", "class_dependent"]
Integers = npt.NDArray[np.int64]
Matrix = npt.NDArray[np.float64]


def folder_name(kind: str, rate: float) -> str:
    """The folder of a noise below that of its dataset, such as `symmetric-0.2`."""
    return f"{kind}-{rate:g}"


def transitions(kind: Kind, rate: float, classes: int) -> Matrix:
    """The matrix of P(noisy label | true label), [classes, classes].

    `symmetric`: every wrong label alike. `class_dependent`: the next class alone, the "pair flipping" of Han et al.
    (2018, Co-teaching, section 4).
    """
    identity = np.eye(classes)
    wrong = (1 - identity) / (classes - 1) if kind == "symmetric" else np.roll(identity, 1, axis=1)
    return np.asarray((1 - rate) * identity + rate * wrong)


def flip(labels: Integers, matrix: Matrix, seed: int) -> Integers:
    """The labels [items] with some of them flipped, as the transition matrix has it."""
    classes = len(matrix)
    counts = np.bincount(labels, minlength=classes)
    expected = counts * (1 - np.diag(matrix))
    flips = apportion(round(float(expected.sum())), expected, np.random.default_rng([seed, classes]))
    noisy = labels.copy()
    for label in range(classes):
        generator = np.random.default_rng([seed, label])
        rows = generator.permutation(np.flatnonzero(labels == label))[: flips[label]]
        wrong = matrix[label].copy()
        wrong[label] = 0.0
        noisy[rows] = np.repeat(np.arange(classes), apportion(len(rows), wrong, generator))
    return noisy


def apportion(total: int, weights: npt.NDArray[np.float64], generator: np.random.Generator) -> Integers:
    """Whole numbers that add up to `total` in proportion to the weights: largest remainders, ties at random."""
    if total == 0:
        return np.zeros(len(weights), dtype=np.int64)
    shares = total * weights / weights.sum()
    whole: Integers = np.floor(shares + 1e-9).astype(np.int64)
    order = np.lexsort((generator.random(len(weights)), -np.round(shares - whole, 9)))
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def write_noisy(clean: Path, kind: Kind, rate: float, seed: int, destination: Path) -> None:
    """Write a prepared dataset whose labelled items have noisy labels; all other splits are those of `clean`.

    What is withheld from training is left out. The card says what was done.

    Raises:
        UserError: `clean` is not prepared, or the rate flips no label.
    """
    splits, card = load_splits(clean), load_card(clean)
    assert splits.labelled.labels is not None
    labels = flip(splits.labelled.labels, transitions(kind, rate, len(splits.classes)), seed)
    flipped = int((labels != splits.labelled.labels).sum())
    if flipped == 0:
        raise UserError(
            f"measurements.noise.rates: {rate:g} flips none of the {len(labels)} labels of {clean.name}; "
            "name a larger rate in params.yaml"
        )
    shutil.rmtree(destination, ignore_errors=True)
    destination.mkdir(parents=True)
    for name in set(card["contents"]) - {"labelled.parquet", "withheld.parquet"}:
        shutil.copy2(clean / name, destination / name)
    table = pq.read_table(clean / "labelled.parquet")
    place = table.column_names.index("label")
    table = table.set_column(place, "label", pa.array(labels, table.schema.field("label").type))
    pq.write_table(table, destination / "labelled.parquet")
    columns = {name: table[name].to_pylist() for name in COLUMNS["labelled"]}
    contents = {**card["contents"], "labelled.parquet": content_digest("labelled", columns)}
    del contents["withheld.parquet"]
    counts = np.bincount(labels, minlength=len(splits.classes)).tolist()
    noise = {"kind": kind, "rate": rate, "seed": seed, "flipped": flipped, "clean": splits.digest}
    noisy = {"contents": contents, "data": digest(splits.classes, contents, splits.digest), "noise": noise}
    noisy["counts"] = {**card["counts"], "labelled": dict(zip(splits.classes, counts, strict=True))}
    write_json(destination / "card.json", {**card, **noisy})
