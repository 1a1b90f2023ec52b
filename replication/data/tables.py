"""Rows of CSV, TSV, JSON-lines and Parquet files as a stream, in bounded memory, each defect named by its place."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from replication.data.encodings import LONGEST, decoded_lines
from replication.errors import UserError, nearest

SUFFIXES = (".csv", ".tsv", ".jsonl", ".parquet")
BATCH = 1024
"""Rows of a Parquet file in memory."""
BUFFER = 1 << 16
"""Bytes of each column of a Parquet file that are read at once."""


@dataclass(frozen=True)
class Row:
    """The asked for cells of one row."""

    where: str
    """File and line (or row, in Parquet), for messages."""
    cells: tuple[str, ...]
    """In the order of the columns asked for."""


def rows(path: Path, columns: Sequence[str], encoding: str | None = None, header: bool = True) -> Iterator[Row]:
    """Stream a file's rows by its suffix.

    Args:
        path: a file that ends in one of `SUFFIXES`.
        columns: names of the columns to give; without a header the columns are named `1`, `2`, `3`.
        encoding: of CSV, TSV and JSON lines; None finds it out.
        header: whether the first line of a CSV or TSV names the columns.

    Raises:
        UserError: the file cannot be read, is of another kind, lacks a column, or a row is damaged.
    """
    kind = path.suffix.lower()
    if kind in (".csv", ".tsv"):
        yield from delimited(path, columns, "\t" if kind == ".tsv" else ",", encoding, header)
    elif kind == ".jsonl":
        yield from json_lines(path, columns, encoding)
    elif kind == ".parquet":
        yield from parquet(path, columns)
    else:
        raise UserError(f"{path}: expected a file that ends in {', '.join(SUFFIXES)}; rename or convert it")


def delimited(
    path: Path, columns: Sequence[str], delimiter: str = ",", encoding: str | None = None, header: bool = True
) -> Iterator[Row]:
    """Rows of a CSV or TSV (RFC 4180: quotes around cells, doubled inside); empty lines are passed over.

    Raises:
        UserError: as `rows`.
    """
    place = 0
    csv.field_size_limit(LONGEST)

    def lines() -> Iterator[str]:
        nonlocal place
        for number, line in decoded_lines(path, encoding):
            place = number
            yield line

    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    names: list[str] | None = None
    places: list[int] = []
    begin = 1
    try:
        for cells in reader:
            first, begin = begin, place + 1
            if not cells:
                continue
            if names is None:
                names = cells if header else [str(number + 1) for number in range(len(cells))]
                places = [_place(path, column, names) for column in columns]
                if header:
                    continue
            if len(cells) != len(names):
                raise UserError(
                    f"{path}: line {first}: expected {len(names)} cells, found {len(cells)}; put quotes around a cell "
                    f"that holds {delimiter!r}"
                )
            yield Row(f"{path}: line {first}", tuple(cells[at] for at in places))
    except csv.Error as error:
        raise UserError(f"{path}: line {begin}: no valid row: {error}; check the quotes from here on") from None


def json_lines(path: Path, columns: Sequence[str], encoding: str | None = None) -> Iterator[Row]:
    """Rows of a file with one JSON object a line; numbers and truth values become their JSON text.

    Raises:
        UserError: as `rows`.
    """
    for number, line in decoded_lines(path, encoding):
        if not line.strip():
            continue
        where = f"{path}: line {number}"
        try:
            entry: Any = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UserError(f"{where}: not valid JSON: {error}; expected one object a line") from None
        if not isinstance(entry, dict):
            raise UserError(f"{where}: expected a JSON object, found {type(entry).__name__}; write one object a line")
        for column in columns:
            _place(path, column, list(entry), where)
        yield Row(where, tuple(_text(entry[column], where, column) for column in columns))


def parquet(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """Rows of a Parquet file.

    Raises:
        UserError: as `rows`.
    """
    try:
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=BUFFER) as file:
            for column in columns:
                _place(path, column, file.schema_arrow.names)
            number = 0
            for batch in file.iter_batches(batch_size=BATCH, columns=list(columns)):
                for entry in zip(*(batch.column(column) for column in columns), strict=True):
                    number += 1
                    where = f"{path}: row {number}"
                    cells = zip(columns, entry, strict=True)
                    yield Row(where, tuple(_text(_value(cell, where, column), where, column) for column, cell in cells))
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {' '.join(str(error).split())}; correct the path") from None
    except pa.ArrowException as error:
        raise UserError(f"{path}: no whole Parquet file: {' '.join(str(error).split())}; write it again") from None


def _place(path: Path, column: str, names: list[str], where: str | None = None) -> int:
    if column not in names:
        shown = ", ".join(names[:20]).encode(errors="replace").decode()
        raise UserError(f"{where or path}: no column {column!r}{nearest(column, names)}; there are: {shown}")
    if names.count(column) > 1:
        raise UserError(f"{where or path}: {names.count(column)} columns are called {column!r}; rename all but one")
    return names.index(column)


def _value(cell: pa.Scalar, where: str, column: str) -> object:
    try:
        return cell.as_py()
    except ValueError as error:
        raise UserError(f"{where}: {column}: cannot be read: {error}; write the text as UTF-8") from None


def _text(value: object, where: str, column: str) -> str:
    if isinstance(value, str):
        return _whole(value, where, column)
    if isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return json.dumps(value)
    found = value if isinstance(value, float) else type(value).__name__
    raise UserError(f"{where}: {column}: expected a text or a number, found {found}; fill it in")


def _whole(text: str, where: str, column: str) -> str:
    """The text, if it is no longer than a line may be and has no half of a character, which JSON can write."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        half = f"U+{ord(text[error.start]):04X}"
        raise UserError(f"{where}: {column}: holds half of a character, {half} alone; correct the text") from None
    if size > LONGEST:
        raise UserError(f"{where}: {column}: longer than {LONGEST:,} bytes; shorten or remove it")
    return text
