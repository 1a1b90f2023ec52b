"""Lines of a text file as Unicode, each defect named by file and line, whatever the file's size.

An encoding that nobody names is found out by a rule: UTF-8's byte-order mark means UTF-8; otherwise UTF-8, unless most
of the lines with bytes beyond ASCII are no UTF-8 while all of them are GB18030, without the private-use characters that
other Chinese encodings turn into. So one damaged line in a file of UTF-8 stays a defect of that line, and does not turn
the whole file into Chinese that nobody wrote.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from replication.errors import UserError

LONGEST = 1 << 20
"""Bytes of a line, at the most: a longer one is no text to classify, and would not fit in memory for ever."""
ENCODINGS = ("utf-8", "gb18030")
MARK = "\ufeff"
"""The byte-order mark."""
PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")


def decoded_lines(path: Path, encoding: str | None = None) -> Iterator[tuple[int, str]]:
    """Yield each line's number, from 1, and its text, line end included; one line is in memory at a time.

    A byte-order mark, which GB18030 has too, is left out.

    Args:
        path: the file.
        encoding: `utf-8` (with or without byte-order mark) or `gb18030`; None finds it out.

    Raises:
        UserError: the file cannot be read, or a line is too long, holds a NUL or is not of the encoding.
    """
    encoding = encoding or detect(path)
    for number, line in raw_lines(path):
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError as error:
            raise UserError(
                f"{path}: line {number}: byte {error.start + 1} (0x{line[error.start]:02x}) is not {encoding.upper()}; "
                f"correct the line, or name the file's encoding ({' or '.join(ENCODINGS)})"
            ) from None
        yield number, text.removeprefix(MARK) if number == 1 else text


def raw_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield each line's number, from 1, and its bytes, without the byte-order mark of UTF-8.

    Raises:
        UserError: the file cannot be read, or a line is too long or holds a NUL.
    """
    try:
        with path.open("rb") as file:
            yield from _lines(path, file)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}; correct the path") from None


def _lines(path: Path, file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := file.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            raise UserError(
                f"{path}: line {number}: longer than {LONGEST:,} bytes; expected one item a line; shorten or remove it"
            )
        at = line.find(b"\0")
        if at >= 0:
            raise UserError(f"{path}: line {number}: byte {at + 1} is NUL; expected text; save the file as UTF-8 text")
        yield number, line.removeprefix(codecs.BOM_UTF8) if number == 1 else line


def detect(path: Path) -> str:
    """Return `utf-8` or `gb18030`, by the rule above; the file is read once, a line at a time.

    Raises:
        UserError: the file cannot be read, or a line is too long or holds a NUL.
    """
    with_mark = _starts_with_mark(path)
    valid = invalid = 0
    national = not with_mark
    for _, line in raw_lines(path):
        if line.isascii():
            continue
        if _decodes(line, "utf-8"):
            valid += 1
        else:
            invalid += 1
            national = national and _decodes(line, "gb18030")
    return "gb18030" if national and invalid > valid else "utf-8"


def _starts_with_mark(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}; correct the path") from None


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return encoding == "utf-8" or not PRIVATE_USE.search(text)
