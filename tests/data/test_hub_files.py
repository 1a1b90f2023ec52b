"""Datasets of the hub, loaded by the real code out of a hub cache that the test writes on disk."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from huggingface_hub import constants

from replication.data.fetch import fetch
from replication.data.hub_files import HubFiles
from replication.data.prepare import prepare
from replication.data.source import load_source
from replication.data.splits import load_card, load_splits
from replication.errors import UserError
from replication.files import file_digest
from replication.params import load

ROOT = Path(__file__).parents[2]
PINNED = {
    "clue_tnews": ("clue/clue", "28178267a609dd08bdc703dd6c931dfc2c2f4431"),
    "clue_iflytek": ("clue/clue", "28178267a609dd08bdc703dd6c931dfc2c2f4431"),
    "chnsenticorp": ("lansinuote/ChnSentiCorp", "b0c4c119c3fb33b8e735969202ef9ad13d717e5a"),
}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return tmp_path / "hub"


def snapshot(cache: Path, dataset: str) -> Path:
    repository, revision = PINNED[dataset]
    return cache / f"datasets--{repository.replace('/', '--')}" / "snapshots" / revision


def put(cache: Path, dataset: str, path: str, column: str, texts: list[str], labels: list[int]) -> Path:
    """Write a Parquet file as the hub's cache holds it: a link to a blob that is named by its sha256."""
    link = snapshot(cache, dataset) / path
    blobs = link.parents[len(Path(path).parts) + 1] / "blobs"
    blobs.mkdir(parents=True, exist_ok=True)
    link.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({column: texts, "label": labels}), blobs / "new")
    blob = (blobs / "new").rename(blobs / file_digest(blobs / "new"))
    link.symlink_to(blob)
    return blob


def texts(begin: int, count: int) -> list[str]:
    return [
        "".join(chr(0x4E00 + (7919 * (begin + row) + 31 * at) % 20_000) for at in range(20)) for row in range(count)
    ]


@pytest.mark.parametrize("dataset", PINNED)
def test_the_revision_is_the_known_one(dataset: str) -> None:
    (file,) = load_source(dataset).files
    assert isinstance(file, HubFiles)
    assert (file.repository, file.revision) == PINNED[dataset]


def test_clue_is_fetched_from_the_cache_and_its_validation_file_is_the_test_side(cache: Path, tmp_path: Path) -> None:
    put(cache, "clue_tnews", "tnews/train-00000-of-00001.parquet", "sentence", texts(0, 150), [*range(15)] * 10)
    put(cache, "clue_tnews", "tnews/validation-00000-of-00001.parquet", "sentence", texts(500, 45), [*range(15)] * 3)
    fetch("clue_tnews", tmp_path / "raw")
    assert sorted(path.name for path in (tmp_path / "raw").iterdir()) == [
        "found.json", "train-00000.parquet", "validation-00000.parquet",
    ]  # fmt: skip
    sizes = {"labelled": 30, "pool": 45, "validation": 15, "test": 30}
    settings = load(ROOT / "params.yaml").preparation.model_copy(update=sizes)
    prepare("clue_tnews", tmp_path / "raw", tmp_path / "data", settings)
    splits, card = load_splits(tmp_path / "data"), load_card(tmp_path / "data")
    assert (len(splits.classes), splits.classes[0], splits.classes[14]) == (15, "news_story", "game")
    published = set(texts(500, 45))
    assert set(splits.test.texts) <= published
    assert not published & {*splits.labelled.texts, *splits.pool.texts, *splits.validation.texts}
    assert card["files"][0]["file"].endswith("tnews/train-00000-of-00001.parquet")
    assert card["files"][0]["sha256"] == file_digest(tmp_path / "raw/train-00000.parquet")


def test_each_published_part_of_chnsenticorp_keeps_its_side(cache: Path, tmp_path: Path) -> None:
    for begin, side in enumerate(("train", "validation", "test")):
        path = f"data/{side}-00000-of-00001-abc.parquet"
        put(cache, "chnsenticorp", path, "text", texts(100 * begin, 20), [0, 1] * 10)
    fetch("chnsenticorp", tmp_path / "raw")
    items = list(load_source("chnsenticorp").read(tmp_path / "raw"))
    assert [item.extra["side"] for item in items] == ["train"] * 20 + ["validation"] * 20 + ["test"] * 20
    assert [item.label for item in items[:2]] == ["negative", "positive"]
    sizes = {"labelled": 8, "pool": 10, "validation": 12, "test": 16}
    settings = load(ROOT / "params.yaml").preparation.model_copy(update=sizes)
    prepare("chnsenticorp", tmp_path / "raw", tmp_path / "data", settings)
    splits = load_splits(tmp_path / "data")
    assert set(splits.validation.texts) <= set(texts(100, 20)) and set(splits.test.texts) <= set(texts(200, 20))


def test_a_label_that_is_withheld_is_named(cache: Path, tmp_path: Path) -> None:
    put(cache, "clue_iflytek", "iflytek/train-00000-of-00001.parquet", "sentence", ["应用"], [-1])
    put(cache, "clue_iflytek", "iflytek/validation-00000-of-00001.parquet", "sentence", ["应用"], [118])
    fetch("clue_iflytek", tmp_path / "raw")
    with pytest.raises(UserError, match=r"train-00000\.parquet: row 1: label: expected 0 to 118, found -1"):
        list(load_source("clue_iflytek").read(tmp_path / "raw"))


def test_a_damaged_file_is_refused_in_the_cache_and_after_fetching(cache: Path, tmp_path: Path) -> None:
    blobs = [
        put(cache, "clue_tnews", f"tnews/{side}-00000-of-00001.parquet", "sentence", texts(row, 3), [0, 1, 2])
        for row, side in enumerate(("train", "validation"))
    ]
    fetch("clue_tnews", tmp_path / "raw")
    raw = tmp_path / "raw/train-00000.parquet"
    raw.write_bytes(raw.read_bytes()[:-1] + b"?")
    with pytest.raises(UserError, match=r"train-00000\.parquet: expected sha256 [^\n]+run fetch@clue_tnews again"):
        prepare("clue_tnews", tmp_path / "raw", tmp_path / "data", load(ROOT / "params.yaml").preparation)
    blobs[0].write_bytes(blobs[0].read_bytes()[:-1] + b"?")
    with pytest.raises(UserError, match="differs from its hash"):
        fetch("clue_tnews", tmp_path / "raw")


def test_a_small_file_is_held_against_gits_hash(cache: Path, tmp_path: Path) -> None:
    """The cache names a file that is no LFS object by the sha1 that git has for it."""
    for side in ("train", "validation"):
        blob = put(cache, "clue_tnews", f"tnews/{side}-00000-of-00001.parquet", "sentence", [side], [0])
        content = blob.read_bytes()
        sha1 = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
        link = snapshot(cache, "clue_tnews") / f"tnews/{side}-00000-of-00001.parquet"
        link.unlink()
        link.symlink_to(blob.rename(blob.with_name(sha1)))
    fetch("clue_tnews", tmp_path / "raw")
    link.resolve().write_bytes(content[:-1] + b"?")
    with pytest.raises(UserError, match=r"validation-00000-of-00001\.parquet: differs from its hash [0-9a-f]{40};"):
        fetch("clue_tnews", tmp_path / "raw")


def test_a_file_that_was_not_fetched_is_refused(cache: Path, tmp_path: Path) -> None:
    for side in ("train", "validation"):
        put(cache, "clue_tnews", f"tnews/{side}-00000-of-00001.parquet", "sentence", [side], [0])
    fetch("clue_tnews", tmp_path / "raw")
    shutil.copyfile(tmp_path / "raw/train-00000.parquet", tmp_path / "raw/train-00001.parquet")
    with pytest.raises(
        UserError, match=r"train-00001\.parquet: found\.json does not name it; remove it, or run fetch@"
    ):
        prepare("clue_tnews", tmp_path / "raw", tmp_path / "data", load(ROOT / "params.yaml").preparation)


def test_a_snapshot_that_lacks_a_part_is_refused(cache: Path, tmp_path: Path) -> None:
    put(cache, "clue_tnews", "tnews/validation-00000-of-00001.parquet", "sentence", ["很好"], [0])
    for part in (0, 2):
        put(cache, "clue_tnews", f"tnews/train-{part:05d}-of-00003.parquet", "sentence", [f"第{part}"], [0])
    with pytest.raises(UserError, match=r"cannot be fetched [^\n]+: of 3 files tnews/train-\*\.parquet, 2 are there;"):
        fetch("clue_tnews", tmp_path / "raw")
    put(cache, "clue_tnews", "tnews/train-00001-of-00003.parquet", "sentence", ["第1"], [0])
    fetch("clue_tnews", tmp_path / "raw")
    assert len(list((tmp_path / "raw").glob("train-*.parquet"))) == 3


def test_an_unreachable_hub_is_one_line(cache: Path, tmp_path: Path) -> None:
    message = r"^hub:clue/clue@28178267\w+: cannot be fetched \(HF_HUB_OFFLINE is set\): [^\n]+$"
    with pytest.raises(UserError, match=message):
        fetch("clue_tnews", tmp_path / "raw")


def test_a_snapshot_without_the_files_is_one_line(cache: Path, tmp_path: Path) -> None:
    put(cache, "clue_tnews", "tnews/train-00000-of-00001.parquet", "sentence", ["好"], [0])
    with pytest.raises(UserError, match=r"no file tnews/validation-\*\.parquet is there"):
        fetch("clue_tnews", tmp_path / "raw")


def test_a_connection_that_fails_is_one_line(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> str:
        raise ConnectionError("no route\nto host")

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.snapshot_download", fail)
    with pytest.raises(UserError, match=r"^hub:clue/clue@\w+: cannot be fetched: no route to host; connect[^\n]+$"):
        fetch("clue_tnews", tmp_path / "raw")


def test_preparation_without_fetching_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"found\.json: cannot be read: [^\n]+; run fetch@clue_tnews again"):
        prepare("clue_tnews", tmp_path, tmp_path / "data", load(ROOT / "params.yaml").preparation)


def test_what_was_found_is_written_down(cache: Path, tmp_path: Path) -> None:
    for split in ("train", "validation"):
        put(cache, "clue_tnews", f"tnews/{split}-00000-of-00001.parquet", "sentence", [split], [0])
    fetch("clue_tnews", tmp_path / "raw")
    found = json.loads((tmp_path / "raw/found.json").read_text(encoding="utf-8"))
    assert found["repository"] == f"hub:clue/clue@{PINNED['clue_tnews'][1]}"
    assert [entry["name"] for entry in found["files"]] == ["train-00000.parquet", "validation-00000.parquet"]
