from __future__ import annotations

import dataclasses
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from replication.config import available
from replication.data.public_files import PublicFile
from replication.data.source import Source, load_source
from replication.errors import UserError

VALID = Source(
    title="t",
    language="l",
    domain="d",
    kind="real",
    licence="MIT",
    citation="c",
    classes={"a": "A", "b": "B"},
    files=(PublicFile("o", "r", "c", "x.txt", "0" * 64),),
    read=lambda folder: [],
)


@pytest.mark.parametrize("dataset", available("data/sources"))
def test_every_file_in_the_folder_is_a_valid_source(dataset: str) -> None:
    source = load_source(dataset)
    assert len(source.classes) >= 2
    assert all(len(sha256) == 64 for sha256 in source.contents.values())


def test_an_unknown_dataset_is_named_with_the_nearest_one() -> None:
    with pytest.raises(UserError, match=r"unknown dataset 'review' \(did you mean 'reviews'\?\); known: .*news_titles"):
        load_source("review")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"licence": " "}, "licence: must not be empty"),
        ({"classes": {"a": "A"}}, "classes: at least 2 are needed, found 1"),
        ({"files": ()}, "files: at least one"),
        ({"files": (*VALID.files, *VALID.files)}, r"two members have the file name 'x\.txt'"),
        ({"files": (PublicFile("o", "r", "c", "x.txt", "ABC"),)}, "'ABC' is not a sha256"),
    ],
)
def test_an_incomplete_source_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(VALID, **change)


def test_a_file_without_a_source_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "replication.data.sources.reviews", types.ModuleType("reviews"))
    with pytest.raises(UserError, match=r"data/sources/reviews\.py: expected a module variable SOURCE .* NoneType"):
        load_source("reviews")


def test_check_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("x", encoding="utf-8")
    with pytest.raises(UserError, match=rf"x\.txt: expected sha256 {'0' * 64}, found 2d711642"):
        VALID.check(tmp_path, "made")
