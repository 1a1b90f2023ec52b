"""A small, made tree of prepared data and finished runs, as the stages leave it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from replication import records
from replication.config import Parameters
from replication.environment import Environment
from replication.evaluation import evaluate
from replication.files import digest, file_digest, write_json
from replication.predictions import Predictions
from tests.made_data import (
    CLASSES,
    FAMILIES,
    HISTORY,
    MALICIOUS,
    OPINION,
    SIZES,
    items_of,
    made_items,
    make_data,
)

__all__ = [
    "CLASSES", "FAMILIES", "HISTORY", "JOINT", "MALICIOUS", "METHODS", "OPINION", "PARAMETERS", "SCHEMES", "SEEDS",
    "SIZES", "SKILL", "TAUGHT", "evaluated", "items_of", "made_items", "make_data", "make_run", "make_tree",
    "run_folder", "teacher_digest",
]  # fmt: skip

SEEDS = [0, 1, 2]
METHODS = ["supervised", "soft_label", "logit_mse", "label_smoothing", "rco"]
SCHEMES = ["scheme1", "scheme2", "scheme4", "scheme5"]
JOINT = ("scheme2", "scheme4")
TAUGHT = ("soft_label", "logit_mse", "rco", "scheme1", "scheme5")
"""The methods whose student learns from a frozen teacher."""
SKILL = {
    "supervised": 0.55,
    "soft_label": 0.8,
    "logit_mse": 0.56,
    "label_smoothing": 0.55,
    "rco": 0.81,
    "majority": 0.3,
    "tfidf_logistic": 0.5,
    "scheme1": 0.8,
    "scheme2": 0.82,
    "scheme4": 0.4,
    "scheme5": 0.7,
}
"""Share of the items that a student gets right, by method."""
TEACHER_SKILL = 0.92
HISTORICAL_SKILL = {"current": 0.5, "legacy": 1.01}

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
        "methods": METHODS,
        "yardsticks": ["majority", "tfidf_logistic"],
        "opinion_datasets": [OPINION],
        "schemes": SCHEMES,
        "precision": "auto",
        "device": "auto",
        "preparation": {**SIZES, "sizes": {OPINION: {"pool": SIZES["pool"]}}, **HISTORY, "similarity": 0.8, "seed": 1},
        "teacher": {
            "checkpoint": "packaged",
            "layers": 2,
            "frozen_layers": 0,
            "max_tokens": 16,
            "dropout": 0.0,
            "hidden_layers": [1],
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
            "budgets": {},
        },
        "method_settings": {},
        "parallel": {"backend": "loky", "workers": "auto", "threads": 1, "checkpoint_seconds": 20.0},
        "statistics": {"draws": 400, "confidence": 0.95, "seed": 3},
    }
)

ENVIRONMENT = Environment(
    commit="c0ffee", python="3.11.0", platform="Linux x86_64", processor="a processor", cores=2, versions={"numpy": "2"}
)


def make_tree(root: Path) -> None:
    """Write `build/` with every cell of `PARAMETERS` finished."""
    for dataset, classes in CLASSES.items():
        make_data(root / "build/data" / dataset, dataset, classes)
        for seed in SEEDS:
            make_run(root, dataset, "supervised", "teacher", seed)
            for method in METHODS:
                make_run(root, dataset, method, "student", seed)
        for name in PARAMETERS.yardsticks:
            make_run(root, dataset, name, "student", 0)
    for seed in SEEDS:
        make_run(root, OPINION, "historical", "teacher", seed)
        for scheme in SCHEMES:
            make_run(root, OPINION, scheme, "student", seed)
            if scheme in JOINT:
                make_run(root, OPINION, scheme, "teacher", seed)
    write_json(root / "build/checkpoint/source.json", {"checkpoint": "packaged"})


def run_folder(root: Path, dataset: str, method: str, model: str, seed: int) -> Path:
    """Where a run lies."""
    if method == "historical":
        return root / "build/historical" / dataset / f"seed{seed}"
    if method in SCHEMES:
        folder = root / "build/scheme" / dataset / method / f"seed{seed}"
        return folder / "teacher" if model == "teacher" else folder
    if model == "teacher":
        return root / "build/teacher" / dataset / f"seed{seed}"
    kind = "yardstick" if method in PARAMETERS.yardsticks else "student"
    return root / "build" / kind / dataset / method / f"seed{seed}"


def make_run(root: Path, dataset: str, method: str, model: str, seed: int) -> None:
    """Write a finished run that is right on a share of the items, by method."""
    skill = TEACHER_SKILL if model == "teacher" else SKILL[method]
    splits = ["validation", "test"]
    if method == "historical":
        splits.append("history_validation")
    if method not in PARAMETERS.yardsticks:
        splits.append("labelled")
    items = [(split, item) for split in splits for item in made_items(dataset, split)]
    labels = np.array([item.label for _, item in items])
    skills = np.full(len(items), skill)
    if method == "historical":
        skills = np.array([HISTORICAL_SKILL[item.period] for _, item in items])
    skills = np.where([split == "labelled" for split, _ in items], (1 + skills) / 2, skills)
    count = len(CLASSES[dataset])
    right = np.random.default_rng(7).random(len(items)) * 0.8 + np.random.default_rng(seed).random(len(items)) * 0.2
    predicted = np.where(right < skills, labels, (labels + 1) % count)
    noise = np.random.default_rng(seed + 50).random((len(items), count))
    logits = (noise + 3.0 * np.eye(count)[predicted]).astype(np.float32)
    trained = method not in PARAMETERS.yardsticks
    run = records.Run(
        identity=digest(dataset, method, model, seed),
        dataset=dataset,
        method=method,
        model="teacher" if model == "teacher" else "student",
        network=_network(method, model),
        seed=seed,
        parameters={"temperature": 2.0} if method == "soft_label" else {},
        data=json.loads((root / "build/data" / dataset / "card.json").read_text(encoding="utf-8"))["data"],
        teacher=teacher_digest(root, dataset, seed) if model == "student" and method in TAUGHT else None,
        parameter_count=1234,
        iterations=100 if trained else 0,
        phases=_phases(method, model) if trained else [],
        notes={"anchors": _anchors(seed)} if method == "rco" else {},
        training_items=30 if method in ("supervised", "label_smoothing") else 50,
        batch_size=16,
        validation_macro_f1=skill,
        history=_history("historical" if method == "historical" else model, skill) if trained else [],
        environment=ENVIRONMENT,
        seconds=12.5,
        peak_memory_mib=300.0,
    )
    names = [split for split, _ in items]
    predictions = Predictions(ids=[item.id for _, item in items], split=names, logits=logits)
    records.write_run(run_folder(root, dataset, method, model, seed), run, predictions)


def teacher_digest(root: Path, dataset: str, seed: int) -> str:
    """sha256 of what the frozen teacher predicted."""
    return file_digest(run_folder(root, dataset, "supervised", "teacher", seed) / "predictions.parquet")


def _network(method: str, model: str) -> str:
    if method in PARAMETERS.yardsticks:
        return method
    return "bert" if model == "teacher" and method != "historical" else "textcnn"


def _phases(method: str, model: str) -> list[records.PhaseRecord]:
    if method == "rco":
        return [records.PhaseRecord(name=f"anchor-{at}", iterations=25, updates={"student": 25}) for at in range(4)]
    updates = {"teacher": 100, "student": 100} if method in JOINT else {model: 100}
    return [records.PhaseRecord(name=model, iterations=100, updates=updates)]


def _anchors(seed: int) -> list[dict[str, int | float | None]]:
    steps: list[int | None] = [25, 50, 75, None]
    return [{"iteration": step, "validation_macro_f1": 0.5 + 0.1 * at + seed / 100} for at, step in enumerate(steps)]


def _history(network: str, skill: float) -> list[records.Point]:
    return [
        records.Point(
            phase="student",
            iteration=25 * step,
            learning_rate=0.001,
            losses={"student/hard": 2.0 / step, "student/soft": 1.0 / step},
            scores={network: skill * (1 - 0.5**step), "hint": -1.0},
        )
        for step in range(1, 5)
    ]


def evaluated(parameters: Parameters = PARAMETERS) -> Path:
    """Evaluate the tree of the working folder; returns the profile's folder."""
    folder = Path("reports") / parameters.profile
    evaluate(parameters, Path("build"), folder)
    return folder
