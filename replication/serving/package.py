"""A trained student as a folder that another program serves: weights, ONNX, vocabulary, settings, model card."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from replication.data.splits import Split, Splits, load_card, load_splits
from replication.data.vocabulary import PAD, RESERVED, UNKNOWN
from replication.errors import UserError
from replication.evaluation.finished import read_logits
from replication.evaluation.testset import JUNK
from replication.evaluation.thresholds import choose_threshold, junk_probability
from replication.files import write_json, write_text
from replication.predictions import Floats
from replication.records import read_run
from replication.results.cards import DataCard
from replication.serving.card import model_card
from replication.serving.exchange import LOGITS, OPSET, TOLERANCE, OnnxNetwork, check_equal, write_onnx
from replication.serving.trained import VOCABULARY, WEIGHTS, TrainedStudent, load_student

READS = "characters"
CHUNK = 64
"""Texts that are scored at once."""
HALF = 0.05
"""Of the largest logit: how far logits that training computed in bfloat16 may be from float32's."""


def choose_run(folder: Path, seed: int | None) -> Path:
    """The run of a seed or, if none is named, the one with the best validation macro-F1, the first of equals.

    Raises:
        UserError: it is not there.
    """
    found = sorted(folder.glob("seed*"), key=lambda path: int(path.name.removeprefix("seed")))
    if seed is not None:
        found = [path for path in found if path.name == f"seed{seed}"]
    if not found:
        missing = folder if seed is None else folder / f"seed{seed}"
        raise UserError(f"{missing}: no trained student; run `dvc repro`, or name another method or seed")
    return max(found, key=lambda path: read_run(path)[0].validation_macro_f1)


def export(run: Path, data: Path, report: Path, to: Path) -> None:
    """Write the folder `to`; files of an earlier export are replaced, once all of the new ones are there and checked.

    Args:
        run: of a student, as its stage left it.
        data: the prepared dataset.
        report: the profile's folder, whose results and costs the card quotes if they are there.
        to: the folder to write.

    Raises:
        UserError: an input is missing or damaged, or what ONNX Runtime computes is not what was trained.
    """
    student, splits = load_student(run), load_splits(data)
    if student.run.data != splits.digest:
        raise UserError(f"{run}: was trained on other data than {data} holds; run `dvc repro` again")
    if to.exists() and not to.is_dir():
        raise UserError(f"--to {to}: expected a folder, found a file; name another")
    card = DataCard.model_validate(load_card(data))
    made = not to.exists()
    try:
        to.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=to) as temporary:  # there, since `to` may be a mount point
            folder = Path(temporary)
            for name in (WEIGHTS, VOCABULARY):
                shutil.copyfile(run / name, folder / name)
            _write(student, splits, card, report, folder)
            for path in sorted(folder.iterdir()):
                path.replace(to / path.name)
    except OSError as error:
        raise UserError(f"--to {to}: cannot be written: {error.strerror or error}; name another folder") from None
    finally:
        if made:
            with suppress(OSError):
                to.rmdir()  # where nothing came of it; one that holds files stays


def _write(student: TrainedStudent, splits: Splits, card: DataCard, report: Path, folder: Path) -> None:
    """Write the network as ONNX, checked, and what says how to run it.

    Raises:
        UserError: what ONNX Runtime computes is not what was trained.
    """
    write_onnx(student.network, folder / "model.onnx", READS)
    run = student.run
    stored = read_logits(student.predictions.of("validation"), splits.validation.ids, f"seed{run.seed}")
    differences = _check(student, splits.validation, stored, folder / "model.onnx")
    settings = _settings(student, splits, _threshold(card, splits.validation, stored))
    write_json(folder / "config.json", settings)
    write_text(folder / "MODEL_CARD.md", model_card(run, card, settings, differences, report))


def _check(student: TrainedStudent, split: Split, stored: Floats, onnx: Path) -> dict[str, float]:
    """How far the exported file's logits are from PyTorch's, and from those that the run stored.

    Raises:
        UserError: further than is allowed.
    """
    network = OnnxNetwork(onnx, threads=1)
    chunks = [split.texts[start : start + CHUNK] for start in range(0, len(split.texts), CHUNK)]
    encoded = [student.encode(chunk) for chunk in chunks]
    found = np.concatenate([network(one.numpy()) for one in encoded])
    expected = np.concatenate([student.network(one).logits.detach().numpy() for one in encoded])
    half = student.run.parameters["precision"] == "bfloat16"
    allowed = HALF * float(np.abs(stored).max()) if half else TOLERANCE
    return {
        "pytorch": check_equal(expected, found, onnx.name),
        "stored": check_equal(stored, found, f"{onnx.name}, against the logits that training stored", allowed),
        "same_class": float((stored.argmax(axis=1) == found.argmax(axis=1)).mean()),
    }


def _threshold(card: DataCard, split: Split, stored: Floats) -> float | None:
    """Of an opinion set, the probability from which an item is junk, chosen as `evaluate` chooses it."""
    if not card.families or split.labels is None:
        return None
    return choose_threshold(junk_probability(stored), split.labels == JUNK)


def _settings(student: TrainedStudent, splits: Splits, threshold: float | None) -> dict[str, Any]:
    run = student.run
    return {
        "architecture": "TextCNN",
        "dataset": run.dataset,
        "method": run.method,
        "seed": run.seed,
        "run": run.identity,
        "classes": splits.classes,
        "threshold": threshold,
        "input": READS,
        "output": LOGITS,
        "opset": OPSET,
        "padding": PAD,
        "unknown": UNKNOWN,
        "first_character": RESERVED,
        **student.settings.model_dump(include={"max_characters", "embedding", "filters", "widths"}),
    }
