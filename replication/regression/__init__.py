"""Accepted results: a run is held against them, and they are rewritten on purpose alone.

`check` compares a profile's published folder with `baselines/accepted/<profile>.json`, item by item, and says of every
cell whether it is worse, level, better, or that it cannot tell. `accept` rewrites that file, with a reason.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from replication.errors import UserError
from replication.files import write_json
from replication.regression.accept import gather
from replication.regression.judge import check_datasets
from replication.regression.published import METRIC, read_dataset
from replication.regression.shapes import Accepted, Check
from replication.results.cells import Results
from replication.results.files import read_json

FOLDER = Path("baselines/accepted")
SHIPPED = Path(__file__).parents[1] / FOLDER
"""Where they lie beside an installed package; in a checkout, the same folder."""


def accepted_file(profile: str) -> Path:
    """Where the accepted results of a profile lie: here, or with the package where there are none here."""
    own, shipped = (folder / f"{profile}.json" for folder in (FOLDER, SHIPPED))
    return shipped if shipped.is_file() and not own.is_file() else own


def read_accepted(path: Path) -> Accepted:
    """Read accepted results.

    Raises:
        UserError: the file is missing or damaged.
    """
    if not path.is_file():
        raise UserError(f"{path}: no accepted results; run `python -m replication accept --reason TEXT` to begin")
    accepted = read_json(path, Accepted, "restore the file from git")
    if METRIC not in accepted.floors:
        raise UserError(f"{path}: floors: no floor for {METRIC}; restore the file from git")
    return accepted


def check(folder: Path, against: Path) -> Check:
    """Hold the published folder of a profile against accepted results.

    Raises:
        UserError: a file is missing or damaged, or the results are those of another profile.
    """
    accepted, results = read_accepted(against), read_json(folder / "results.json", Results)
    if results.profile != accepted.profile:
        raise UserError(f"{against}: holds the profile {accepted.profile!r}, {folder} holds {results.profile!r}")
    return check_datasets(accepted, {one.name: read_dataset(folder, one) for one in results.datasets}, folder)


def accept(folder: Path, data: Path, target: Path, reason: str, knowing: Collection[str] = ()) -> Accepted:
    """Make the published results the accepted ones.

    Args:
        folder: the profile's published folder.
        data: the folder of prepared datasets, for the test labels.
        target: the file that is written.
        reason: why; it goes into the file.
        knowing: cells `dataset/method/model` whose improvement looks implausible and is accepted all the same.

    Raises:
        UserError: no reason is given, a cell is missing, a run's code was not committed, or an improvement is
            implausible and not named.
    """
    if not reason.strip():
        raise UserError("--reason: is empty; say why these results are accepted, for whoever reads the file later")
    results = read_json(folder / "results.json", Results)
    current = {one.name: read_dataset(folder, one) for one in results.datasets}
    accepted = gather(results, current, data, reason.strip())
    check_datasets(accepted, current, folder)  # also holds the published metrics against the labels
    if target.is_file():
        before = check_datasets(read_accepted(target), current, folder)
        odd = [cell.name for cell in before.having("implausible") if cell.name not in knowing]
        if odd:
            raise UserError(
                f"{', '.join(odd)}: better than can be believed; look for test items among the training items, and if "
                f"there are none, name the cells: {' '.join(f'--knowing {name}' for name in odd)}"
            )
    write_json(target, accepted.model_dump())
    return accepted
