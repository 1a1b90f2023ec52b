"""The parts of the pipeline that a profile may leave out, and the sets that each runs on.

DVC knows no dependency that may be missing. So a part's folder holds the list of its sets, and is there even where that
is empty and no stage writes into it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from replication.config import Parameters
from replication.files import write_json

FILE = "sets.json"


def sets(parameters: Parameters) -> Mapping[str, Sequence[str]]:
    """The sets of each part, by its stage, which is also the name of its folder below `build/`."""
    measurements = parameters.measurements
    noise = measurements.noise.datasets if measurements.noise else []
    return {
        "gradients": noise,
        "historical": parameters.opinion_datasets,
        "noise": noise,
        "samples": measurements.samples.datasets if measurements.samples else [],
        "scheme": parameters.opinion_datasets if parameters.schemes else [],
        "temperatures": measurements.temperature.datasets if measurements.temperature else [],
    }


def write(parameters: Parameters, build: Path) -> None:
    """Write every part's list into its folder below `build`."""
    for part, names in sets(parameters).items():
        (build / part).mkdir(parents=True, exist_ok=True)
        write_json(build / part / FILE, list(names))
