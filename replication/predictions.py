"""What a network says of items, by item id, as Parquet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from replication.errors import UserError
from replication.files import temporary_name

Floats = npt.NDArray[np.float32]


class Predictions(BaseModel):
    """Logits by item id. `ids[i]` belongs to row i of `logits`, an array [items, classes] of float32."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    ids: list[str]
    split: list[str]
    logits: Floats

    def of(self, split: str) -> Predictions:
        """The rows of one split."""
        keep = [row for row, name in enumerate(self.split) if name == split]
        return Predictions(ids=[self.ids[row] for row in keep], split=[split] * len(keep), logits=self.logits[keep])


def write_predictions(path: Path, predictions: Predictions) -> None:
    """Write per-item logits as Parquet (columns id, split, logits)."""
    table = pa.table(
        {
            "id": predictions.ids,
            "split": predictions.split,
            "logits": pa.array(list(predictions.logits), pa.list_(pa.float32())),
        }
    )
    temporary = temporary_name(path)
    pq.write_table(table, temporary, compression="zstd")
    temporary.replace(path)


def read_predictions(path: Path) -> Predictions:
    """Read what `write_predictions` wrote.

    Raises:
        UserError: the file is missing or damaged.
    """
    try:
        with pq.ParquetFile(path) as file:  # `pq.read_table` would import pandas first
            table = file.read(["id", "split", "logits"])
        logits = np.array(table["logits"].to_pylist(), dtype=np.float32)
        return Predictions(ids=table["id"].to_pylist(), split=table["split"].to_pylist(), logits=logits)
    except (OSError, ValueError, KeyError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(f"{path}: not a file of predictions ({reason}); run its stage again") from None


def write_hidden(path: Path, ids: list[str], states: Mapping[str, Floats]) -> None:
    """Write hidden states by item id as Parquet at half precision: columns id, layer<k>, each state [items, width]."""
    columns: dict[str, pa.Array | list[str]] = {"id": ids}
    for name, values in states.items():
        flat = pa.array(values.astype(np.float16).ravel(), pa.float16())
        columns[name] = pa.FixedSizeListArray.from_arrays(flat, values.shape[1])
    temporary = temporary_name(path)
    pq.write_table(pa.table(columns), temporary, compression="zstd")
    temporary.replace(path)


def read_hidden(path: Path, layer: int) -> tuple[list[str], Floats]:
    """Read the ids and one layer's states [items, width] of what `write_hidden` wrote.

    Raises:
        UserError: that layer is not there.
    """
    with pq.ParquetFile(path) as file:
        stored = [name for name in file.schema_arrow.names if name != "id"]
        if f"layer{layer}" not in stored:
            raise UserError(
                f"{path}: no states of layer {layer}; stored: {', '.join(stored) or 'none'}; "
                f"add {layer} to teacher.hidden_layers in params.yaml, or name a stored layer"
            )
        table = file.read(["id", f"layer{layer}"])
    values = table[f"layer{layer}"].combine_chunks()
    states = values.flatten().to_numpy(zero_copy_only=False).reshape(len(table), -1).astype(np.float32)
    return table["id"].to_pylist(), states
