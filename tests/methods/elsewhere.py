"""Train methods on the processor and on a second device: `python -m tests.methods.elsewhere FOLDER METHOD ...`.

Prints as JSON, by method, the largest difference between the two runs: of their logits, and of the first losses that
they recorded. A process of its own, for torch counts the devices when it first computes a gradient.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from replication.predictions import read_predictions
from replication.records import read_run
from replication.runs.tasks import Role
from tests.elsewhere import second_device
from tests.methods.small import Pipeline

ROLES: dict[str, Role] = {"teacher": "teacher", "historical": "historical"}


def differences(pipeline: Pipeline, name: str) -> dict[str, float]:
    """Between a method's, or a role's, run here and there."""
    method, role = "supervised" if name in ROLES else name, ROLES.get(name, "student")
    with second_device() as device:
        there = pipeline.train(method, "there", role, device)
    here = pipeline.train(method, "here", role)
    files = [path.relative_to(here) for path in here.rglob("predictions.parquet")]
    pairs = [(read_predictions(here / file), read_predictions(there / file)) for file in files]
    assert all(one.ids == other.ids for one, other in pairs)
    first = [read_run(run)[0].history[0].losses for run in (here, there)]
    return {
        "logits": max(float(np.abs(one.logits - other.logits).max()) for one, other in pairs),
        "first losses": max(abs(first[0][term] - first[1][term]) for term in first[0]),
    }


if __name__ == "__main__":
    with second_device():  # before anything computes a gradient
        pass
    made = Pipeline(Path(sys.argv[1])).make()
    print(json.dumps({name: differences(made, name) for name in sys.argv[2:]}))
