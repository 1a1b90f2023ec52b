from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from replication.data import encodings
from replication.data.encodings import detect
from replication.data.tables import rows
from replication.errors import UserError

COLUMNS = ("text", "label")
CSV = 'id,label,text\n1,好评,"房间很大,很""新"""\n\n2,差评,"又吵\n又脏"\n'
EXPECTED = [('房间很大,很"新"', "好评"), ("又吵\n又脏", "差评")]


def cells(path: Path, encoding: str | None = None, header: bool = True) -> list[tuple[str, ...]]:
    return [row.cells for row in rows(path, COLUMNS if header else ("3", "2"), encoding, header)]


def refuse(path: Path, message: str, encoding: str | None = None) -> None:
    with pytest.raises(UserError, match=message) as caught:
        cells(path, encoding)
    assert "\n" not in str(caught.value)


def csv_file(folder: Path, content: bytes, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encoding_is_found_out(tmp_path: Path, encoding: str, end: str) -> None:
    path = csv_file(tmp_path, CSV.replace("\n", end).encode(encoding))
    assert detect(path) == ("gb18030" if encoding == "gb18030" else "utf-8")
    assert cells(path) == [(text.replace("\n", end), label) for text, label in EXPECTED]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path, encoding: str) -> None:
    path = csv_file(tmp_path, "\ufefftext,label\n很好,1\n很差,0\n".encode(encoding))
    assert cells(path) == [("很好", "1"), ("很差", "0")]


def test_another_chinese_encoding_is_not_taken_for_gb18030(tmp_path: Path) -> None:
    lines = "text,label\n今天天氣很好,1\n這家餐廳的服務真的不錯,1\n".encode("big5")
    lines.decode("gb18030")
    path = csv_file(tmp_path, lines)
    assert detect(path) == "utf-8"
    refuse(path, r"a\.csv: line 2: byte 1 \(0xa4\) is not UTF-8; correct the line, or name the file's encoding")


def test_a_named_encoding_is_used(tmp_path: Path) -> None:
    assert cells(csv_file(tmp_path, CSV.encode("gb18030")), "gb18030") == EXPECTED
    refuse(csv_file(tmp_path, CSV.encode("gb18030")), r"a\.csv: line 2: byte \d+ \(0x..\) is not UTF-8", "utf-8")


def test_one_damaged_line_does_not_turn_a_file_into_gb18030(tmp_path: Path) -> None:
    damaged = "text,label\n很好,1\n很差,0\n".encode() + b"\xc4\xe3\xba\xc3,1\n"
    assert detect(csv_file(tmp_path, damaged)) == "utf-8"
    refuse(tmp_path / "a.csv", r"a\.csv: line 4: byte 1 \(0xc4\) is not UTF-8; correct the line, or name")


def test_without_a_header_columns_have_numbers(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "1\t好评\t很好\n2\t差评\t很差\n".encode(), "a.tsv")
    assert cells(path, header=False) == [("很好", "好评"), ("很差", "差评")]


def test_json_lines_and_parquet_are_read(tmp_path: Path) -> None:
    lines = '{"text": "很好", "label": 1, "more": null}\n\n{"label": true, "text": "很差"}\n'
    assert cells(csv_file(tmp_path, lines.encode(), "a.jsonl")) == [("很好", "1"), ("很差", "true")]
    pq.write_table(pa.table({"label": [1, 0], "text": ["很好", "很差"]}), tmp_path / "a.parquet")
    assert cells(tmp_path / "a.parquet") == [("很好", "1"), ("很差", "0")]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"text,labels\na,1\n", r"a\.csv: no column 'label' \(did you mean 'labels'\?\); there are: text"),
        ("a.csv", b"text,label\na,1\nb,c,1\n", r"a\.csv: line 3: expected 2 cells, found 3; put quotes around"),
        ("a.csv", b'text,label\n"two\nlines",1\nb\n', r"a\.csv: line 4: expected 2 cells, found 1"),
        ("a.csv", b'text,label\na,1\n"b,1\n', r"a\.csv: line 3: no valid row: unexpected end of data"),
        ("a.csv", b"text,label\na\0,1\n", r"a\.csv: line 2: byte 2 is NUL"),
        ("a.jsonl", b'{"text": "a", "label": 1}\n{"text"\n', r"a\.jsonl: line 2: not valid JSON"),
        ("a.jsonl", b"[1]\n", r"a\.jsonl: line 1: expected a JSON object, found list"),
        ("a.jsonl", b'{"text": "a"}\n', r"a\.jsonl: line 1: no column 'label'"),
        ("a.csv", b"text,text,label\na,b,1\n", r"a\.csv: 2 columns are called 'text'; rename all but one"),
        ("a.jsonl", b'{"text": "\\ud83d", "label": 1}\n', r"a\.jsonl: line 1: text: holds half of a character, U\+D8"),
        ("a.jsonl", b'{"\\ud83d": 1}\n', r"a\.jsonl: line 1: no column 'text'; there are: \?"),
        ("a.jsonl", b'{"text": "a", "label": NaN}\n', r"a\.jsonl: line 1: label: expected a text or a number, found n"),
        ("a.jsonl", b"[" * 100_000 + b"\n", r"a\.jsonl: line 1: not valid JSON: maximum recursion depth exceeded"),
        ("a.jsonl", b'{"text": null, "label": 1}\n', r"a\.jsonl: line 1: text: expected a text or a number"),
        ("a.parquet", b"PAR1", r"a\.parquet: no whole Parquet file"),
        ("a.xlsx", b"", r"a\.xlsx: expected a file that ends in \.csv, \.tsv, \.jsonl, \.parquet"),
    ],
)  # fmt: skip
def test_every_defect_is_named_with_its_place(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    refuse(csv_file(tmp_path, content, name), message)


def test_an_empty_cell_in_parquet_is_named_by_its_row(tmp_path: Path) -> None:
    pq.write_table(pa.table({"label": [1, 0, 1], "text": ["很好", "很差", None]}), tmp_path / "a.parquet")
    refuse(tmp_path / "a.parquet", r"a\.parquet: row 3: text: expected a text or a number, found NoneType")


def test_a_number_that_is_none_is_named_by_its_row(tmp_path: Path) -> None:
    pq.write_table(pa.table({"label": [1.0, float("nan")], "text": ["很好", "很差"]}), tmp_path / "a.parquet")
    refuse(tmp_path / "a.parquet", r"a\.parquet: row 2: label: expected a text or a number, found nan; fill it in")


def test_a_text_in_parquet_that_is_not_utf8_is_named_by_its_row(tmp_path: Path) -> None:
    damaged = pa.array([b"good", "很差".encode("gb18030")]).view(pa.string())
    pq.write_table(pa.table({"label": [1, 0], "text": damaged}), tmp_path / "a.parquet")
    refuse(tmp_path / "a.parquet", r"a\.parquet: row 2: text: cannot be read: 'utf-8' codec can't decode byte 0xba")


def test_two_columns_of_one_name_in_parquet_are_refused(tmp_path: Path) -> None:
    columns = [pa.array(["a"]), pa.array(["b"]), pa.array([1])]
    pq.write_table(pa.Table.from_arrays(columns, names=["text", "text", "label"]), tmp_path / "a.parquet")
    refuse(tmp_path / "a.parquet", r"a\.parquet: 2 columns are called 'text'; rename all but one")


def test_a_cell_may_be_as_long_as_a_line_and_no_longer(tmp_path: Path) -> None:
    long = "a" * (encodings.LONGEST - 100)
    assert cells(csv_file(tmp_path, f"text,label\n{long},1\n".encode())) == [(long, "1")]
    lines = ("a" * 1000 + "\n") * 1100
    refuse(csv_file(tmp_path, f'text,label\n"{lines}",1\n'.encode()), rf"field limit \({encodings.LONGEST}\)")
    for name in ("a.parquet", "b.parquet"):
        texts = ["好", long if name == "a.parquet" else "好" * (encodings.LONGEST // 3 + 1)]
        pq.write_table(pa.table({"label": [1, 0], "text": texts}), tmp_path / name)
    assert cells(tmp_path / "a.parquet")[1] == (long, "0")
    refuse(tmp_path / "b.parquet", rf"b\.parquet: row 2: text: longer than {encodings.LONGEST:,} bytes; shorten")


def test_a_line_of_ten_megabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    path = csv_file(tmp_path, b"text,label\n" + b"a" * 10_000_000 + b",1\n")
    refuse(path, rf"a\.csv: line 2: longer than {encodings.LONGEST:,} bytes")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    refuse(tmp_path / "a.csv", r"a\.csv: cannot be read: No such file or directory")
    refuse(tmp_path / "a.parquet", r"a\.parquet: cannot be read")
