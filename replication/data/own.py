"""A dataset of one's own: rows of CSV, TSV, JSON lines or Parquet, named in params.yaml under `own_datasets`.

`fetch` reads every row once, as a stream, and stops at the first defect; what it keeps are the texts with the smallest
hashes, at most `rows` of them, so that a file of a million rows needs no more memory than a small one, and so that the
choice depends neither on the order of the rows nor on chance. They lie in `items.parquet`, beside `own.json`.
"""

from __future__ import annotations

import hashlib
import heapq
import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from replication.config import OwnDataset
from replication.data.hub_files import RecordedFile
from replication.data.source import RawItem, Source
from replication.data.tables import SUFFIXES, rows
from replication.errors import UserError, nearest
from replication.files import file_digest, temporary_name, write_json

ITEMS, FACTS = "items.parquet", "own.json"
MOST_CLASSES = 1000


class Sample:
    """The items with the smallest hashes among those shown, each text with its label once."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._heap: list[tuple[int, str, str]] = []
        self._keys: set[int] = set()

    def add(self, text: str, label: str) -> None:
        """Show one item."""
        digest = hashlib.sha256(f"{label}\0{text}".encode()).digest()
        key = -int.from_bytes(digest[:16], "big")
        if key in self._keys or (len(self._heap) == self._size and key < self._heap[0][0]):
            return
        self._keys.add(key)
        if len(self._heap) < self._size:
            heapq.heappush(self._heap, (key, text, label))
        else:
            self._keys.discard(heapq.heapreplace(self._heap, (key, text, label))[0])

    def items(self) -> list[tuple[str, str]]:
        """Text and label of what was kept, in a fixed order."""
        return [(text, label) for _, text, label in sorted(self._heap, reverse=True)]


def import_own(name: str, settings: OwnDataset, destination: Path) -> None:
    """Read a dataset of one's own and write what `prepare` needs of it into the folder `destination`.

    Raises:
        UserError: the file is missing, or a row is damaged; names file and row.
    """
    files = own_files(name, settings)
    sample, labels, total = Sample(settings.rows), set[str](), 0
    for path in files:
        for text, label, where in own_rows(path, settings):
            labels.add(label)
            if len(labels) > MOST_CLASSES:
                raise UserError(f"{where}: the {MOST_CLASSES + 1}st different label; is {settings.label!r} the label?")
            sample.add(text, label)
            total += 1
    if len(labels) < 2:
        found = f"every one of {total:,} rows is {min(labels)!r}" if labels else "there is no row"
        raise UserError(f"{settings.path}: at least 2 classes are needed, {found}; add items of another class")
    destination.mkdir(parents=True, exist_ok=True)
    _write_items(destination / ITEMS, sample.items())
    hashes = {path.as_posix(): file_digest(path) for path in files}
    facts = {"files": hashes, "rows": total, "labels": sorted(labels), "items": file_digest(destination / ITEMS)}
    write_json(destination / FACTS, facts)


def own_files(name: str, settings: OwnDataset) -> list[Path]:
    """The file that is named or, of a folder, all of its files of a known kind, by name.

    Raises:
        UserError: there is none.
    """
    path = Path(settings.path)
    found = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES) if path.is_dir() else [path]
    missing = [file for file in found if not file.is_file()]
    if missing or not found:
        what = "no such file" if missing else f"no file in it ends in {', '.join(SUFFIXES)}"
        raise UserError(f"{path}: {what}; correct own_datasets.{name}.path")
    return found


def own_rows(path: Path, settings: OwnDataset) -> Iterator[tuple[str, str, str]]:
    """Text, label and place of each row of one file.

    Raises:
        UserError: a row is damaged, has an empty text or an unknown label.
    """
    for row in rows(path, (settings.text, settings.label), settings.encoding, settings.header):
        text, label = row.cells[0], row.cells[1].strip()
        if not text.strip():
            raise UserError(f"{row.where}: {settings.text}: the text is empty; fill it in or remove the row")
        if "\0" in text:
            raise UserError(f"{row.where}: {settings.text}: the text holds a NUL; remove it")
        if not label:
            raise UserError(f"{row.where}: {settings.label}: the label is empty; fill it in or remove the row")
        if settings.classes and label not in settings.classes:
            known = ", ".join(settings.classes)
            raise UserError(f"{row.where}: unknown label {label!r}{nearest(label, settings.classes)}; known: {known}")
        yield text, label, row.where


def own_source(name: str, settings: OwnDataset, raw: Path) -> Source:
    """Describe what `import_own` left in the folder `raw`.

    Raises:
        UserError: it is missing or damaged.
    """
    facts = _facts(name, raw)
    labels = list(settings.classes) or facts["labels"]
    files = [RecordedFile(PurePosixPath(path), sha256, {}) for path, sha256 in facts["files"].items()]
    files[0] = RecordedFile(files[0].location, files[0].sha256, {ITEMS: facts["items"]})
    return Source(
        title=settings.title or name.replace("_", " ").capitalize(),
        language=settings.language,
        domain=f"{settings.path}: {facts['rows']:,} rows, of which at most {settings.rows:,} different ones are read",
        kind="real",
        licence=settings.licence,
        citation=settings.citation,
        classes={label: settings.classes.get(label, label) for label in labels},
        files=files,
        read=_read_items,
        remedy=f"correct own_datasets.{name}.classes, or raise own_datasets.{name}.rows above {settings.rows}",
    )


def _facts(name: str, raw: Path) -> dict[str, Any]:
    try:
        facts: Any = json.loads((raw / FACTS).read_text(encoding="utf-8"))
        return {key: facts[key] for key in ("files", "rows", "labels", "items")}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UserError(f"{raw / FACTS}: cannot be read: {error}; run fetch@{name} again") from None


def _read_items(folder: Path) -> Iterator[RawItem]:
    table = pq.read_table(folder / ITEMS)
    for text, label in zip(table["text"].to_pylist(), table["label"].to_pylist(), strict=True):
        yield RawItem(text, label)


def _write_items(path: Path, items: list[tuple[str, str]]) -> None:
    table = pa.table({"text": [text for text, _ in items], "label": [label for _, label in items]})
    temporary = temporary_name(path)
    try:
        pq.write_table(table, temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
