"""The states below the learning layers: the same for any number of processes, and those that the network computes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from replication import config, parallel
from replication.data.splits import Split, Splits
from replication.models.bert import load_bert
from replication.models.tokeniser import Tokeniser
from replication.models.transformers_folder import write_converted
from replication.store import Store
from replication.training import frozen
from tests.models.tiny import LAYERS, teacher, write_tiny

TEXTS = [
    "房间很好",
    "不好",
    "服务很不好的房间了",
    "好",
    "房间的服务很好了,不坏",
    "坏",
    "ab",
    "很",
    "的房间",
    "不了",
    "服务",
    "好[PAD]房间",  # the padding's own mark, as a text may have it
]


def splits() -> Splits:
    def part(texts: list[str]) -> Split:
        return Split([f"id of {text}" for text in texts], texts, np.zeros(len(texts), dtype=np.int64))

    return Splits(part(TEXTS[:5]), part(TEXTS[5:]), part(TEXTS[:2]), part(TEXTS[3:6]), classes=["a", "b"], digest="x")


@pytest.fixture
def part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> frozen.FrozenPart:
    """In the process itself, because only there the made splits are known."""
    checkpoint = tmp_path / "checkpoint"
    checkpoint.mkdir()
    write_converted(write_tiny(tmp_path / "tiny"), checkpoint, {})
    monkeypatch.setattr(frozen, "load_splits", lambda folder: splits())
    monkeypatch.setattr(parallel, "fan_out", lambda jobs, settings: [job.run() for job in jobs])
    settings = teacher(LAYERS).model_copy(update={"frozen_layers": 2})
    return frozen.FrozenPart(Path("data"), checkpoint, settings, "float32", 1)


PARALLEL = config.Parallel(backend="loky", workers=1, threads=1, checkpoint_seconds=20.0)


def test_states_are_the_frozen_part_of_the_network(part: frozen.FrozenPart, tmp_path: Path) -> None:
    states = frozen.load(frozen.compute(part, PARALLEL, Store(tmp_path / "store")), splits())
    network = load_bert(part.checkpoint, 2, part.settings)
    for text in TEXTS:
        ids = Tokeniser(part.checkpoint)([text], 16)
        rows = states.encode([text])
        assert rows.shape == ids.shape
        torch.testing.assert_close(states.table[rows], network.frozen(ids, torch.ones_like(ids)), rtol=1e-4, atol=1e-6)
    assert not states.table[0].any()
    assert states.encode(TEXTS[:2])[1].tolist()[-1] == 0, "the shorter text is padded"


def test_other_batches_of_work_give_the_same_bytes(
    part: frozen.FrozenPart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frozen, "TOKENS", 24)
    found = []
    for shards in (1, 3, 8):
        monkeypatch.setattr(frozen, "SHARDS", shards)
        found.append(frozen.compute(part, PARALLEL, Store(tmp_path / str(shards))).read_bytes())
    assert found[0] == found[1] == found[2]


def test_a_second_call_computes_nothing(
    part: frozen.FrozenPart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = frozen.compute(part, PARALLEL, Store(tmp_path / "store"))
    monkeypatch.setattr(frozen, "_shard", None)
    assert frozen.compute(part, PARALLEL, Store(tmp_path / "store")) == path


def test_half_precision_is_kept_where_the_network_computes_in_it(part: frozen.FrozenPart, tmp_path: Path) -> None:
    half = frozen.FrozenPart(part.data, part.checkpoint, part.settings, "bfloat16", 1)
    assert half.identity() != part.identity()
    rough = frozen.load(frozen.compute(half, PARALLEL, Store(tmp_path / "store")), splits()).table
    exact = frozen.load(frozen.compute(part, PARALLEL, Store(tmp_path / "store")), splits()).table
    assert rough.dtype == torch.float16
    torch.testing.assert_close(rough.float(), exact, rtol=0.05, atol=0.05)
