"""A small, made tree of prepared data and finished runs, as the stages leave it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from replication import records
from replication.config import Parameters
from replication.data.splits import content_digest
from replication.evaluation import evaluate

MALICIOUS = '<script>alert("x")</script> & 电话13800138000'
SIZES = {"labelled": 30, "pool": 20, "validation": 40, "test": 120}
CLASSES = {"titles": ["体育", "science", "<b>stocks</b>"], "reviews": ["negative", "positive"]}
SEEDS = [0, 1, 2]
SKILL = {"supervised": 0.55, "soft_label": 0.8, "logit_mse": 0.56, "majority": 0.3, "tfidf_logistic": 0.5}
TEACHER_SKILL = 0.92

TRAINING: dict[str, Any] = {
    "iterations": 100,
    "batch_size": 16,
    "batch_tokens": 512,
    "learning_rate": 0.001,
    "weight_decay": 0.0,
    "warmup": 0.1,
    "clip_norm": 1.0,
    "evaluations": 4,
}

PARAMETERS = Parameters.model_validate(
    {
        "profile": "made",
        "temperature": 2.0,
        "seeds": SEEDS,
        "datasets": list(CLASSES),
        "methods": ["supervised", "soft_label", "logit_mse"],
        "yardsticks": ["majority", "tfidf_logistic"],
        "precision": "auto",
        "preparation": {**SIZES, "similarity": 0.8, "seed": 1},
        "teacher": {
            "checkpoint": "packaged",
            "layers": 2,
            "frozen_layers": 0,
            "max_tokens": 16,
            "dropout": 0.0,
            "route_points": 8,
            "training": TRAINING,
        },
        "student": {
            "max_characters": 16,
            "min_count": 1,
            "embedding": 8,
            "filters": 8,
            "widths": [2],
            "dropout": 0.0,
            "training": TRAINING,
        },
        "method_settings": {},
        "parallel": {"backend": "loky", "workers": "auto", "threads": 1},
        "statistics": {"draws": 400, "confidence": 0.95, "seed": 3},
    }
)

ENVIRONMENT = records.Environment(
    commit="c0ffee", python="3.11.0", platform="Linux x86_64", processor="a processor", cores=2, versions={"numpy": "2"}
)


def make_tree(root: Path) -> None:
    """Write `build/` with every cell of `PARAMETERS` finished."""
    for dataset, classes in CLASSES.items():
        make_data(root / "build/data" / dataset, dataset, classes)
        for seed in SEEDS:
            make_run(root, dataset, "supervised", "teacher", seed)
            for method in PARAMETERS.methods:
                make_run(root, dataset, method, "student", seed)
        for name in PARAMETERS.yardsticks:
            make_run(root, dataset, name, "student", 0)
    records.write_json(root / "build/checkpoint/source.json", {"checkpoint": "packaged"})


def run_folder(root: Path, dataset: str, method: str, model: str, seed: int) -> Path:
    """Where a run lies."""
    if model == "teacher":
        return root / "build/teacher" / dataset / f"seed{seed}"
    kind = "yardstick" if method in PARAMETERS.yardsticks else "student"
    return root / "build" / kind / dataset / method / f"seed{seed}"


def items_of(dataset: str, split: str) -> tuple[list[str], list[str], list[int]]:
    """Ids, texts and labels of a split."""
    count = len(CLASSES[dataset])
    ids = [hashlib.sha256(f"{dataset}{split}{row}".encode()).hexdigest()[:16] for row in range(SIZES[split])]
    texts = [f"{MALICIOUS} {row}" for row in range(SIZES[split])]
    return ids, texts, [row % count for row in range(SIZES[split])]


def make_data(folder: Path, dataset: str, classes: list[str]) -> None:
    """Write prepared splits and their card."""
    folder.mkdir(parents=True)
    tables: dict[str, dict[str, list[Any]]] = {}
    for split in SIZES:
        ids, texts, labels = items_of(dataset, split)
        tables[split] = {"id": ids, "text": texts}
        if split in ("labelled", "validation"):
            tables[split]["label"] = labels
    withheld = []
    for split in ("pool", "test"):
        ids, _, labels = items_of(dataset, split)
        withheld += [(item, split, label) for item, label in zip(ids, labels, strict=True)]
    tables["withheld"] = {name: [row[at] for row in withheld] for at, name in enumerate(("id", "split", "label"))}
    contents = {}
    for stem, columns in tables.items():
        pq.write_table(pa.table(columns), folder / f"{stem}.parquet")
        contents[f"{stem}.parquet"] = content_digest(stem, columns)
    counts = {split: {name: size // len(classes) for name in classes} for split, size in SIZES.items()}
    quantiles = {"minimum": 3.0, "median": 12.0, "95%": 40.0, "maximum": 60.0}
    card = {
        "dataset": dataset,
        "title": dataset.capitalize(),
        "language": "Chinese (simplified)",
        "domain": "made",
        "kind": "real",
        "licence": "MIT",
        "citation": "nobody <2020>",
        "classes": classes,
        "glosses": dict.fromkeys(classes, "a gloss"),
        "files": [{"file": "made 1.0, made.tar.gz", "sha256": "0" * 64, "contents": {}}],
        "raw_items": 300,
        "empties_dropped": 1,
        "conflicts_dropped": 2,
        "duplicates_dropped": 30,
        "items": 267,
        "counts": counts,
        "lengths": dict.fromkeys(SIZES, quantiles),
        "contents": contents,
        "data": records.digest(classes, contents),
    }
    records.write_json(folder / "card.json", card)


def make_run(root: Path, dataset: str, method: str, model: str, seed: int) -> None:
    """Write a finished run that is right on a share of the items, by method."""
    skill = TEACHER_SKILL if model == "teacher" else SKILL[method]
    count = len(CLASSES[dataset])
    ids, splits, labels = [], [], []
    for split in ("validation", "test"):
        found, _, truth = items_of(dataset, split)
        ids += found
        splits += [split] * len(found)
        labels += truth
    right = np.random.default_rng(7).random(len(ids)) * 0.8 + np.random.default_rng(seed).random(len(ids)) * 0.2 < skill
    predicted = np.where(right, labels, (np.array(labels) + 1) % count)
    noise = np.random.default_rng(seed + 50).random((len(ids), count))
    logits = (noise + 3.0 * np.eye(count)[predicted]).astype(np.float32)
    trained = method not in PARAMETERS.yardsticks
    history = [
        records.Point(
            phase="student",
            iteration=25 * step,
            learning_rate=0.001,
            losses={"student/hard": 2.0 / step, "student/soft": 1.0 / step},
            scores={model: skill * (1 - 0.5**step)},
        )
        for step in range(1, 5)
        if trained
    ]
    run = records.Run(
        identity=records.digest(dataset, method, model, seed),
        dataset=dataset,
        method=method,
        model="teacher" if model == "teacher" else "student",
        network={"teacher": "bert", "student": "textcnn"}[model] if trained else method,
        seed=seed,
        parameters={"temperature": 2.0} if method == "soft_label" else {},
        data=records.digest("data", dataset),
        teacher="ab" * 32 if method == "soft_label" else None,
        parameter_count=1234,
        iterations=100 if trained else 0,
        batch_size=16,
        validation_macro_f1=skill,
        history=history,
        environment=ENVIRONMENT,
        seconds=12.5,
        peak_memory_mib=300.0,
    )
    folder = run_folder(root, dataset, method, model, seed)
    records.write_run(folder, run, records.Predictions(ids=ids, split=splits, logits=logits))


def evaluated(parameters: Parameters = PARAMETERS) -> Path:
    """Evaluate the tree of the working folder; returns the profile's folder."""
    folder = Path("reports") / parameters.profile
    evaluate(parameters, Path("build"), folder)
    return folder
