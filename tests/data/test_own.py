from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import textwrap
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ruamel.yaml import YAML

from replication.config import OwnDataset
from replication.data.fetch import fetch
from replication.data.identity import write
from replication.data.own import Sample, import_own, own_source
from replication.data.prepare import prepare
from replication.data.splits import load_card, load_splits
from replication.errors import UserError
from replication.files import tree_digest
from replication.params import load

ROOT = Path(__file__).parents[2]
WORDS = "房间服务早餐位置价格干净安静热情方便舒适失望吵闹陈旧拥挤昂贵"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def texts(count: int) -> list[str]:
    generator = random.Random(7)
    return ["".join(generator.choices(WORDS, k=20)) for _ in range(count)]


def write_csv(path: Path, count: int, encoding: str = "utf-8") -> OwnDataset:
    lines = ["review,stars", *(f"{text},{number % 2}" for number, text in enumerate(texts(count)))]
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return OwnDataset(path=f"own/{path.name}", text="review", label="stars", classes={"1": "good", "0": "bad"})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_file_of_ones_own_is_fetched_and_prepared(own: Path, tmp_path: Path, encoding: str) -> None:
    settings = write_csv(own / "评论.csv", 300, encoding)
    sizes = load(ROOT / "params.yaml").preparation.model_copy(
        update={"labelled": 40, "pool": 100, "validation": 20, "test": 60}
    )
    fetch("mine", tmp_path / "raw", settings)
    prepare("mine", tmp_path / "raw", tmp_path / "data", sizes, settings)
    splits, card = load_splits(tmp_path / "data"), load_card(tmp_path / "data")
    assert splits.classes == ["1", "0"] and card["glosses"] == {"1": "good", "0": "bad"}
    assert [len(split.ids) for split in (splits.labelled, splits.pool, splits.validation, splits.test)] == [
        40, 100, 20, 60,
    ]  # fmt: skip
    assert card["files"][0]["file"] == "own/评论.csv" and "300 rows" in card["domain"]
    digest = tree_digest([tmp_path / "raw"])
    fetch("mine", tmp_path / "raw", settings)
    assert tree_digest([tmp_path / "raw"]) == digest


def test_fewer_items_than_asked_for_are_named(own: Path, tmp_path: Path) -> None:
    settings = write_csv(own / "a.csv", 50)
    fetch("mine", tmp_path / "raw", settings)
    with pytest.raises(UserError, match=r"^mine: preparation\.test: 1500 items asked for, 50 are there[^\n]+$"):
        prepare("mine", tmp_path / "raw", tmp_path / "data", load(ROOT / "params.yaml").preparation, settings)


@pytest.mark.parametrize(("classes", "name"), [({}, "rare"), ({"0": "bad", "1": "good", "2": "none"}, "2")])
def test_a_class_that_the_kept_rows_lack_may_need_more_of_them(
    own: Path, tmp_path: Path, classes: dict[str, str], name: str
) -> None:
    settings = write_csv(own / "a.csv", 300).model_copy(update={"classes": classes, "rows": 40})
    rare = "房间里的空调坏了又坏"
    assert (rare, "rare") not in kept([*((text, str(n % 2)) for n, text in enumerate(texts(300))), (rare, "rare")], 40)
    if not classes:
        with (own / "a.csv").open("a", encoding="utf-8") as file:
            file.write(f"{rare},rare\n")
    fetch("mine", tmp_path / "raw", settings)
    message = (
        rf"^mine: class '{name}': no item is left of 40 raw ones; correct own_datasets\.mine\.classes, or raise "
        r"own_datasets\.mine\.rows above 40$"
    )
    with pytest.raises(UserError, match=message):
        prepare("mine", tmp_path / "raw", tmp_path / "data", load(ROOT / "params.yaml").preparation, settings)


def kept(items: list[tuple[str, str]], size: int) -> list[tuple[str, str]]:
    sample = Sample(size)
    for text, label in items:
        sample.add(text, label)
    return sample.items()


def test_the_files_of_a_folder_are_one_dataset(own: Path, tmp_path: Path) -> None:
    (own / "many").mkdir()
    (own / "many/a.csv").write_text("text,label\n很好,x\n", encoding="utf-8")
    (own / "many/b.jsonl").write_text('{"text": "很差", "label": "y"}\n', encoding="utf-8")
    (own / "many/notes.txt").write_text("not read", encoding="utf-8")
    settings = OwnDataset(path="own/many")
    import_own("mine", settings, tmp_path / "raw")
    source = own_source("mine", settings, tmp_path / "raw")
    assert {(item.text, item.label) for item in source.read(tmp_path / "raw")} == {("很好", "x"), ("很差", "y")}
    assert source.classes == {"x": "x", "y": "y"}
    assert [str(file.location) for file in source.files] == ["own/many/a.csv", "own/many/b.jsonl"]


@pytest.mark.parametrize(
    ("content", "change", "message"),
    [
        ("text,label\n好,1\n  ,0\n", {}, r"own/a\.csv: line 3: text: the text is empty"),
        ("text,label\n好,1\n差,\n", {}, r"own/a\.csv: line 3: label: the label is empty"),
        ("text,label\n好,1\n差,1\n", {}, r"own/a\.csv: at least 2 classes are needed, every one of 2 rows is '1'"),
        ("text,label\n", {}, r"own/a\.csv: at least 2 classes are needed, there is no row"),
        ("text,label\n好,good\n差,bat\n", {"classes": {"good": "g", "bad": "b"}},
         r"own/a\.csv: line 3: unknown label 'bat' \(did you mean 'bad'\?\); known: good, bad"),
        ("text,label\n好,1\n", {"path": "own/b.csv"}, r"own/b\.csv: no such file; correct own_datasets\.mine\.path"),
        ("text,label\n" + "".join(f"好,{n}\n" for n in range(1001)), {}, r"line 1002: the 1001st different label"),
    ],
)  # fmt: skip
def test_every_defect_is_named_and_leaves_nothing(
    own: Path, tmp_path: Path, content: str, change: dict[str, object], message: str
) -> None:
    (own / "a.csv").write_text(content, encoding="utf-8")
    settings = OwnDataset.model_validate({"path": "own/a.csv", **change})
    with pytest.raises(UserError, match=message) as caught:
        import_own("mine", settings, tmp_path / "raw")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "raw").exists()


def test_what_is_kept_depends_neither_on_order_nor_on_repetition() -> None:
    items = [(f"文{number}", str(number % 3)) for number in range(500)]
    first, *others = (kept(order, 50) for order in (items, items[::-1], items + items))
    assert others == [first, first] and len(set(first)) == 50
    assert kept(items, 80)[:50] == first


def test_many_rows_need_no_more_memory_than_few(own: Path, tmp_path: Path) -> None:
    peaks = []
    for count in (500, 2_500):
        path = own / f"{count}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for number in range(count):
                file.write(json.dumps({"text": f"第{number}条评论{WORDS}", "label": number % 2}) + "\n")
        tracemalloc.start()
        import_own("mine", OwnDataset(path=f"own/{count}.jsonl", rows=100), tmp_path / "raw")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


MEASURE = """
import sys
import pyarrow
from pathlib import Path
from replication.config import OwnDataset
from replication.data.own import import_own
import_own("mine", OwnDataset(path=sys.argv[1], rows=100), Path("raw"))
print(pyarrow.default_memory_pool().max_memory())
"""


def test_larger_parquet_files_need_no_more_memory(own: Path, tmp_path: Path) -> None:
    peaks = []
    for groups in (3, 24):
        folder = own / f"{groups}"
        folder.mkdir()
        write_parquet(folder / "a.parquet", groups)
        (folder / "b.csv").write_text("text,label\n很好,1\n", encoding="utf-8")
        (folder / "c.jsonl").write_text('{"text": "很差", "label": "0"}\n', encoding="utf-8")
        command, variables = [sys.executable, "-c", MEASURE, f"own/{groups}"], os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=variables, check=True, capture_output=True, text=True)
        assert json.loads((tmp_path / "raw/own.json").read_text(encoding="utf-8"))["rows"] == groups * 2000 + 2
        peaks.append(int(done.stdout))
    assert peaks[1] < 1.2 * peaks[0], peaks


def write_parquet(path: Path, groups: int) -> None:
    generator = random.Random(groups)
    with pq.ParquetWriter(path, pa.schema({"label": pa.string(), "text": pa.string()})) as writer:
        for _ in range(groups):
            written = [generator.randbytes(150).hex() for _ in range(2000)]
            writer.write_table(pa.table({"label": ["0", "1"] * 1000, "text": written}), row_group_size=2000)


def test_the_identity_changes_with_the_file_alone(own: Path, tmp_path: Path) -> None:
    settings = write_csv(own / "a.csv", 10)
    parameters = load(ROOT / "params.yaml").model_copy(
        update={"datasets": ["reviews", "mine"], "own_datasets": {"mine": settings}}
    )
    folder = tmp_path / "sources"
    write(parameters, folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert sorted(before) == ["mine.json", "reviews.json"]
    write_csv(own / "a.csv", 11)
    write(parameters, folder)
    assert (folder / "reviews.json").read_bytes() == before["reviews.json"]
    assert (folder / "mine.json").read_bytes() != before["mine.json"]
    write(parameters.model_copy(update={"datasets": ["reviews"]}), folder)
    assert [path.name for path in folder.iterdir()] == ["reviews.json"]


def test_the_example_of_the_docs_works(own: Path, tmp_path: Path) -> None:
    page = (ROOT / "docs/own-data.md").read_text(encoding="utf-8")
    blocks = [textwrap.dedent(block) for block in re.findall(r"```(?:\w*)\n(.*?)```", page, re.DOTALL)]
    name, _, content = blocks[0].partition("\n\n")
    (tmp_path / name.strip()).write_text(content, encoding="utf-8")
    entry = YAML(typ="safe").load(blocks[1])
    settings = OwnDataset.model_validate(entry["own_datasets"]["tickets"])
    import_own("tickets", settings, tmp_path / "raw")
    source = own_source("tickets", settings, tmp_path / "raw")
    assert {(item.text, source.classes[item.label]) for item in source.read(tmp_path / "raw")} == {
        ("登录时验证码一直收不到", "complaint"),
        ("页面很好用,谢谢", "praise"),
    }
    keys = set(re.findall(r"`(\w+)`", page.partition("| key |")[2].partition("## What")[0]))
    assert OwnDataset.model_fields.keys() <= keys


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("mine: {path: elsewhere/a.csv}", r"own_datasets\.mine\.path: 'elsewhere/a\.csv' is not below own/"),
        ("mine: {path: own/../a.csv}", r"is not below own/"),
        ("reviews: {path: own/a.csv}", r"own_datasets\.reviews: there is a dataset of this name"),
        ("mine: {path: own/a.csv, classes: {a: A}}", r"own_datasets\.mine\.classes: at least 2"),
        ("mine: {path: own/a.csv, column: b}", r"own_datasets\.mine\.column: unknown key"),
    ],
)
def test_a_wrong_entry_is_refused(tmp_path: Path, entry: str, message: str) -> None:
    text = (ROOT / "params.yaml").read_text(encoding="utf-8").replace("own_datasets: {}", f"own_datasets: {{{entry}}}")
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        load(tmp_path / "params.yaml")
