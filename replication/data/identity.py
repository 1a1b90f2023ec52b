"""The stage `sources`: one small file a dataset that changes when its source does.

`fetch` and `prepare` depend on these: a stage of a matrix cannot say that one dataset is a file of the package and
another one a file of the user's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from replication.config import Parameters
from replication.data.own import own_files
from replication.files import file_digest, write_json

SOURCES = Path(__file__).parent / "sources"


def write(parameters: Parameters, destination: Path) -> None:
    """Write `<dataset>.json` for every dataset into the folder `destination`, and remove what is there besides.

    Raises:
        UserError: a file of the user's is missing.
    """
    destination.mkdir(parents=True, exist_ok=True)
    for path in destination.glob("*.json"):
        if path.stem not in parameters.datasets:
            path.unlink()
    for dataset in parameters.datasets:
        write_json(destination / f"{dataset}.json", identity(dataset, parameters))


def identity(dataset: str, parameters: Parameters) -> dict[str, Any]:
    """What identifies a dataset's source: the hash of its module, or the settings and hashes of the user's files."""
    own = parameters.own_datasets.get(dataset)
    if own is None:
        return {"dataset": dataset, "module": file_digest(SOURCES / f"{dataset}.py")}
    files = {path.as_posix(): file_digest(path) for path in own_files(dataset, own)}
    return {"dataset": dataset, "own": own.model_dump(), "files": files}
