from __future__ import annotations

import dataclasses
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
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from replication.config import Preparation
from replication.data.clean import text_id
from replication.data.duplicates import jaccard, shingles
from replication.data.normalise import mask_persons, normalise, skeleton
from replication.data.prepare import prepare_source
from replication.data.public_files import PublicFile
from replication.data.source import RawItem, Recipe, Source
from replication.data.splits import Facts, load_facts, load_splits, load_withheld
from replication.errors import UserError

SETTINGS = Preparation(
    labelled=20,
    pool=60,
    validation=10,
    test=30,
    history=15,
    history_validation=5,
    history_test=10,
    similarity=0.7,
    seed=0,
)
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
        "withheld": ["id", "split", "label", "family", "period"],
    }
    splits = load_splits(prepared)
    assert (splits.history, splits.history_validation) == (None, None)
    assert load_facts(prepared, "test") == load_facts(prepared, "pool") == {}
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
    assert not {"families", "generation", "collections"} & facts.keys()
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


def with_periods(folder: Path, **changes: str) -> Source:
    """120 current items in three families, 20 of which are for the test set alone, and 80 legacy ones in two."""
    source = made_source(folder)

    def families(raw: Path) -> list[RawItem]:
        items = read(raw)[:200]
        return [
            RawItem(item.text, item.label, extra_of(number, item.label) | changes) for number, item in enumerate(items)
        ]

    grammar = folder / "grammar.yaml"
    grammar.write_text("a: 1\n", encoding="utf-8")
    return dataclasses.replace(source, read=families, recipe=Recipe(grammar, 7))


def extra_of(number: int, label: str) -> dict[str, str]:
    period = "legacy" if number < 80 else "current"
    if label == "bad":
        return {"family": "ordinary", "period": period}
    if number % 3 == 0 and period == "current":
        return {"family": "rare", "period": period, "held_out": "test"}
    return {"family": "common", "period": period}


@pytest.fixture
def opinions(tmp_path: Path) -> Path:
    settings = SETTINGS.model_copy(update={"pool": 30})
    prepare_source("made", with_periods(tmp_path / "raw"), tmp_path / "raw", tmp_path / "made", settings)
    return tmp_path / "made"


def truth(folder: Path) -> dict[str, RawItem]:
    raw = folder.parent / "raw"
    return {text_id(normalise(item.text)): item for item in with_periods(raw).read(raw)}


def test_a_set_with_periods_has_the_splits_of_history_besides(opinions: Path) -> None:
    names = [*NAMES, "history", "history_validation"]
    assert sorted(path.name for path in opinions.iterdir()) == sorted(["card.json", *(f"{n}.parquet" for n in names)])
    splits, items = load_splits(opinions), truth(opinions)
    assert splits.history is not None and splits.history_validation is not None
    assert (len(splits.history.ids), len(splits.history_validation.ids)) == (15, 5)
    for split in (splits.history, splits.history_validation, splits.labelled, splits.validation):
        assert split.labels is not None
        assert [splits.classes[label] for label in split.labels] == [items[id_].label for id_ in split.ids]
        period = "legacy" if split in (splits.history, splits.history_validation) else "current"
        assert {items[id_].extra["period"] for id_ in split.ids} == {period}
    assert {items[id_].extra["period"] for id_ in splits.pool.ids} == {"current"}
    assert [items[id_].extra["period"] for id_ in splits.test.ids] == ["current"] * 30 + ["legacy"] * 10
    every = [split.ids for split in (splits.history, splits.history_validation, splits.labelled, splits.validation)]
    every += [splits.pool.ids, splits.test.ids]
    assert len({id_ for ids in every for id_ in ids}) == sum(map(len, every)) == 120


def test_what_the_test_set_alone_may_hold_is_nowhere_else(opinions: Path) -> None:
    splits, items = load_splits(opinions), truth(opinions)
    for split in (splits.labelled, splits.pool, splits.validation, splits.history, splits.history_validation):
        assert split is not None
        assert all("held_out" not in items[id_].extra for id_ in split.ids)
    assert any("held_out" in items[id_].extra for id_ in splits.test.ids)


def test_labels_families_and_periods_of_test_and_pool_are_withheld(opinions: Path) -> None:
    splits, items = load_splits(opinions), truth(opinions)
    for name in ("pool", "test"):
        ids = getattr(splits, name).ids
        withheld, facts = load_withheld(opinions, name), load_facts(opinions, name)
        assert list(withheld) == list(facts) == ids
        for id_ in ids:
            assert splits.classes[withheld[id_]] == items[id_].label
            assert facts[id_] == Facts(items[id_].extra["family"], items[id_].extra["period"])
    for name in ("labelled", "validation", "history", "history_validation"):
        assert pq.read_schema(opinions / f"{name}.parquet").names == ["id", "text", "label"]


def test_the_card_tells_families_generation_and_the_splits_of_history(opinions: Path) -> None:
    facts = card(opinions)
    assert {split: sum(counts.values()) for split, counts in facts["counts"].items()} == {
        **{"labelled": 20, "pool": 30, "validation": 10, "test": 30},
        **{"history": 15, "history_validation": 5, "history_test": 10},
    }
    assert facts["lengths"].keys() == facts["counts"].keys()
    assert facts["unused"] == facts["items"] - 120
    families = facts["families"]
    assert {name: family["held_out"] for name, family in families.items()} == {
        **{"common": False, "ordinary": False, "rare": True},
    }
    for split, size in {"labelled": 20, "test": 30, "history_test": 10}.items():
        counted = [family["counts"].get(split, {}) for family in families.values()]
        assert sum(sum(periods.values()) for periods in counted) == size
        period = "legacy" if split == "history_test" else "current"
        assert all(set(periods) <= {period} for periods in counted)
    assert set(families["rare"]["counts"]) == {"test"}
    splits = load_splits(opinions)
    tested = {mask_persons(text) for text in splits.test.texts}
    for family in families.values():
        assert len(family["examples"]) == 10
        assert not tested & set(family["examples"])
        assert all("电话" + "•" * 11 in example for example in family["examples"])
    made = facts["generation"]
    grammar = (opinions.parent / "raw/grammar.yaml").read_bytes()
    assert (made["grammar"], made["sha256"]) == ("grammar.yaml", hashlib.sha256(grammar).hexdigest())
    assert made["seed"] == 7
    assert re.fullmatch(r"[0-9a-f]{64}", made["items"])


def test_damage_to_the_splits_of_history_and_to_families_is_noticed(opinions: Path) -> None:
    table = pq.read_table(opinions / "history.parquet")
    pq.write_table(table.slice(1), opinions / "history.parquet")
    with pytest.raises(
        UserError, match=r"history\.parquet: .*differs from what card\.json says.*run prepare@made again"
    ):
        load_splits(opinions)
    withheld = pq.read_table(opinions / "withheld.parquet")
    families = withheld["family"].to_pylist()
    changed = withheld.set_column(3, "family", pa.array([*families[1:], "rare"]))
    pq.write_table(changed, opinions / "withheld.parquet")
    with pytest.raises(UserError, match=r"withheld\.parquet: .*differs from what card\.json says"):
        load_facts(opinions, "test")


def test_periods_on_some_items_only_are_refused(tmp_path: Path) -> None:
    source = with_periods(tmp_path / "raw", period="current")
    with pytest.raises(UserError, match=r"made: periods: expected 'current' and 'legacy', .* found 'current'; correct"):
        prepare_source("made", source, tmp_path / "raw", tmp_path / "made", SETTINGS)


def test_reading_splits_needs_neither_torch_nor_datasets() -> None:
    code = (
        "import sys, replication.data.splits; print(sorted({'torch', 'transformers', 'datasets'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
