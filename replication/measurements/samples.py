"""Few labelled items: the student alone, and the student of a teacher that was trained on the full labelled set.

Both arms are ordinary cells on derived data (`replication.data.subset`). The teacher's stored logits are joined by item
id, so that they serve every size; the two arms differ in the teacher and in the transfer pool that it labels. The other
labelled items are in neither arm's data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from replication.data.subset import write_subset
from replication.measurement_settings import ALONE, TAUGHT
from replication.runs.tasks import Cell

METHODS = (ALONE, TAUGHT)


def cells(ordinary: Mapping[str, Cell], size: int, folder: Path) -> dict[Path, Cell]:
    """Derive the data of one size; the cell of each method on it, by the folder for its runs.

    Args:
        ordinary: the cell of each method on the full data.
        size: labelled items to keep.
        folder: of this size; gets `data` and, later, the runs of each method.

    Raises:
        UserError: the data is missing, or the size is not below the labelled items or too small for every class.
    """
    data = folder / "data"
    write_subset(next(iter(ordinary.values())).data, data, size)
    return {folder / method: replace(cell, data=data) for method, cell in ordinary.items()}
