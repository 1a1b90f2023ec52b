from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from replication.data.public_archives import PublicArchive
from replication.data.public_files import PublicFile
from replication.errors import UserError
from replication.files import file_digest

CONTENT = "文本\n".encode() * 100


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PublicFile:
    path = tmp_path / "mirror/someone/texts/0123abc/data/all.zip"
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("inner/texts.csv", CONTENT)
    monkeypatch.setenv("REPLICATION_MIRROR", str(tmp_path / "mirror"))
    return PublicFile("someone", "texts", "0123abc", "data/all.zip", file_digest(path))


def test_a_member_is_written_under_its_file_name(tmp_path: Path, archive: PublicFile) -> None:
    expected = hashlib.sha256(CONTENT).hexdigest()
    pinned = PublicArchive(archive, {"inner/texts.csv": expected})
    pinned.save(tmp_path / "raw")
    assert [path.name for path in (tmp_path / "raw").iterdir()] == ["texts.csv"]
    assert (tmp_path / "raw/texts.csv").read_bytes() == CONTENT
    assert pinned.contents == {"texts.csv": expected} and pinned.sha256 == archive.sha256
    assert str(pinned.location) == "someone/texts/0123abc/data/all.zip"


@pytest.mark.parametrize(
    ("member", "message"),
    [("inner/texts.csv", r"inner/texts\.csv: expected sha256 0+, found"), ("other.csv", r"other\.csv: cannot be read")],
)
def test_a_wrong_member_is_named_and_leaves_nothing(
    tmp_path: Path, archive: PublicFile, member: str, message: str
) -> None:
    with pytest.raises(UserError, match=message):
        PublicArchive(archive, {member: "0" * 64}).save(tmp_path / "raw")
    assert list((tmp_path / "raw").iterdir()) == []
