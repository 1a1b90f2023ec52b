from __future__ import annotations

import hashlib
import json
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pyarrow.parquet as pq
import pytest

from replication.config import Preparation
from replication.data.clean import text_id
from replication.data.duplicates import jaccard, shingles
from replication.data.normalise import normalise, skeleton
from replication.data.prepare import prepare_source
from replication.data.public_files import PublicFile
from replication.data.source import RawItem, Source
from replication.data.splits import load_splits, load_withheld
from replication.errors import UserError

SETTINGS = Preparation(labelled=20, pool=60, validation=10, test=30, similarity=0.7, seed=0)
SPLITS = ("labelled", "pool", "validation", "test")
NAMES = ["labelled", "pool", "validation", "test", "withheld"]


def made_lines() -> list[str]:
    """200 different texts of two classes, 20 of them echoed (a sign more, a character changed), and one conflict."""
    source = random.Random(3)
    alphabet = [chr(code) for code in range(0x4E00, 0x4E00 + 400)]
    lines = []
    for number in range(200):
        text = "".join(source.choices(alphabet, k=source.randint(8, 30))) + f"电话{source.randint(10**10, 10**11 - 1)}"
        lines.append(f"{'good' if number % 2 else 'bad'}\t{text}")
    echoes = [line + "!" for line in lines[:10]] + [re.sub("\\t.", "\\t改", line) for line in lines[10:20]]
    conflict = [f"good\t{lines[20].split(chr(9))[1]}"]
    return lines + echoes + conflict + ["bad\t。。。"]


def read(folder: Path) -> list[RawItem]:
    pairs = [line.split("\t") for line in (folder / "texts.tsv").read_text(encoding="utf-8").splitlines()]
    return [RawItem(text, label) for label, text in pairs]


def made_source(folder: Path) -> Source:
    folder.mkdir(exist_ok=True)
    content = "\n".join(made_lines()).encode()
    (folder / "texts.tsv").write_bytes(content)
    return Source(
        title="Made texts",
        language="Chinese",
        domain="none",
        kind="semi-synthetic",
        licence="MIT",
        citation="made here",
        classes={"bad": "a bad one", "good": "a good one"},
        files=(PublicFile("o", "r", "c", "texts.tsv", hashlib.sha256(content).hexdigest()),),
        read=read,
    )


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    prepare_source("made", made_source(tmp_path / "raw"), tmp_path / "raw", tmp_path / "made", SETTINGS)
    return tmp_path / "made"


def card(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    return loaded


def test_the_folder_holds_these_files_and_nothing_else(prepared: Path) -> None:
    assert sorted(path.name for path in prepared.iterdir()) == sorted(["card.json", *(f"{n}.parquet" for n in NAMES)])


def test_labels_of_pool_and_test_are_withheld(prepared: Path) -> None:
    columns = {name: pq.read_schema(prepared / f"{name}.parquet").names for name in NAMES}
    assert columns == {
        "labelled": ["id", "text", "label"],
        "pool": ["id", "text"],
        "validation": ["id", "text", "label"],
        "test": ["id", "text"],
        "withheld": ["id", "split", "label"],
    }
    splits = load_splits(prepared)
    assert splits.pool.labels is None
    assert splits.test.labels is None
    truth = {text_id(normalise(item.text)): item.label for item in read(prepared.parent / "raw")}
    for name in ("pool", "test"):
        withheld = load_withheld(prepared, name)
        assert list(withheld) == getattr(splits, name).ids
        assert all(splits.classes[label] == truth[id_] for id_, label in withheld.items())


def test_splits_have_their_sizes_and_right_labels(prepared: Path) -> None:
    splits = load_splits(prepared)
    assert [len(getattr(splits, name).ids) for name in SPLITS] == [20, 60, 10, 30]
    assert splits.classes == ["bad", "good"]
    truth = {text_id(normalise(item.text)): item.label for item in read(prepared.parent / "raw")}
    for split in (splits.labelled, splits.validation):
        assert split.labels is not None
        assert split.labels.dtype == np.int64
        assert [truth[id_] for id_ in split.ids] == [splits.classes[label] for label in split.labels]
        assert [text_id(text) for text in split.texts] == split.ids


def test_no_text_or_echo_stands_on_both_sides_of_a_split(prepared: Path) -> None:
    splits = load_splits(prepared)
    sets = [(name, shingles(skeleton(text))) for name in SPLITS for text in getattr(splits, name).texts]
    for row, (_, one) in enumerate(sets):
        assert all(jaccard(one, other) < SETTINGS.similarity for _, other in sets[:row])


def test_same_inputs_same_bytes(prepared: Path, tmp_path: Path) -> None:
    again = tmp_path / "another folder 再" / "made"
    prepare_source("made", made_source(tmp_path / "raw"), tmp_path / "raw", again, SETTINGS)
    for path in prepared.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_digest_follows_the_content(prepared: Path, tmp_path: Path) -> None:
    for changed in ({"seed": 1}, {"labelled": 21}, {"similarity": 1.0}):
        other = tmp_path / "other"
        settings = SETTINGS.model_copy(update=changed)
        prepare_source("made", made_source(tmp_path / "raw"), tmp_path / "raw", other, settings)
        assert load_splits(other).digest != load_splits(prepared).digest
    assert load_splits(prepared).digest == card(prepared)["data"]


def test_datasets_reads_the_class_names(prepared: Path, tmp_path: Path) -> None:
    table = datasets.Dataset.from_parquet(str(prepared / "labelled.parquet"), cache_dir=str(tmp_path / "cache"))
    assert table.features["label"].names == ["bad", "good"]
    assert len(table) == 20


def test_the_card_accounts_for_every_item(prepared: Path) -> None:
    facts = card(prepared)
    assert facts["raw_items"] == 222
    assert facts["empties_dropped"] == 1
    assert facts["conflicts_dropped"] == 2
    assert facts["duplicates_dropped"] == 20
    assert facts["items"] == 199
    assert facts["unused"] == 199 - 120
    assert facts["counts"]["labelled"] == {"bad": 10, "good": 10}
    assert {split: sum(counts.values()) for split, counts in facts["counts"].items()} == {
        "labelled": 20,
        "pool": 60,
        "validation": 10,
        "test": 30,
    }
    assert facts["preparation"] == SETTINGS.model_dump()
    assert facts["files"][0]["file"] == "o/r/c/texts.tsv"
    splits = load_splits(prepared)
    lengths = [len(text) for text in splits.labelled.texts]
    assert facts["lengths"]["labelled"]["maximum"] == max(lengths)
    assert facts["lengths"]["labelled"]["median"] == pytest.approx(np.median(lengths))


def test_example_texts_are_masked_and_of_the_labelled_split(prepared: Path) -> None:
    facts = card(prepared)
    texts = load_splits(prepared).labelled.texts
    for name in facts["classes"]:
        assert len(facts["examples"][name]) == 5
        for example in facts["examples"][name]:
            assert "电话" + "•" * 11 in example
            assert any(text.startswith(example.partition("•")[0]) for text in texts)


def test_damaged_raw_files_are_noticed(tmp_path: Path) -> None:
    source = made_source(tmp_path / "raw")
    (tmp_path / "raw/texts.tsv").write_bytes(b"good\tx")
    with pytest.raises(UserError, match=r"texts\.tsv: expected sha256 .*; run fetch@made again"):
        prepare_source("made", source, tmp_path / "raw", tmp_path / "made", SETTINGS)
    (tmp_path / "raw/texts.tsv").unlink()
    with pytest.raises(UserError, match=r"texts\.tsv: no such file; run fetch@made"):
        prepare_source("made", source, tmp_path / "raw", tmp_path / "made", SETTINGS)


def test_too_few_items_name_the_set_and_write_nothing(tmp_path: Path) -> None:
    settings = SETTINGS.model_copy(update={"pool": 1000})
    with pytest.raises(
        UserError, match=r"made: preparation\.pool: 1000 items asked for, 139 are there \(199 in the set"
    ):
        prepare_source("made", made_source(tmp_path / "raw"), tmp_path / "raw", tmp_path / "made", settings)
    assert not (tmp_path / "made").exists()


def test_missing_and_damaged_prepared_files_name_the_stage(prepared: Path) -> None:
    table = pq.read_table(prepared / "test.parquet")
    pq.write_table(table.slice(1), prepared / "test.parquet")
    with pytest.raises(UserError, match=r"test\.parquet: .*differs from what card\.json says.*run prepare@made again"):
        load_splits(prepared)
    (prepared / "test.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(UserError, match=r"test\.parquet: .*run prepare@made again") as caught:
        load_splits(prepared)
    assert "\n" not in str(caught.value)
    pq.write_table(table.select(["id"]), prepared / "test.parquet")
    with pytest.raises(UserError, match=r"test\.parquet: .*run prepare@made again"):
        load_splits(prepared)
    (prepared / "withheld.parquet").unlink()
    with pytest.raises(UserError, match=r"withheld\.parquet: no such file; run prepare@made"):
        load_withheld(prepared, "test")
    (prepared / "card.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(UserError, match=r"card\.json: .*run prepare@made again"):
        load_splits(prepared)


def test_reading_splits_needs_neither_torch_nor_datasets() -> None:
    code = (
        "import sys, replication.data.splits; print(sorted({'torch', 'transformers', 'datasets'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
