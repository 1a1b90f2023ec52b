from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from replication.data import downloads
from replication.data.public_files import PublicFile, public_file
from replication.errors import UserError

Reply = bytes | Callable[[BaseHTTPRequestHandler], None]
CONTENT = "今天天气不错\n".encode() * 20_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
PATH = "/someone/texts/0123abc/data/%E6%96%87%E6%9C%AC.txt"


def pinned(host: str = "http://127.0.0.1:9", sha256: str = SHA256) -> PublicFile:
    return PublicFile("someone", "texts", "0123abc", "data/文本.txt", sha256, host)


def files_under(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def closes_early(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(CONTENT)))
    handler.end_headers()
    handler.wfile.write(CONTENT[: len(CONTENT) // 2])


def test_downloads_once_and_reads_the_cache_afterwards(
    scratch: Path, address: str, replies: dict[str, Reply], seen: list[str]
) -> None:
    replies[PATH] = CONTENT
    first = public_file(pinned(address))
    assert first == scratch / "downloads/someone/texts/0123abc/data/文本.txt"
    assert first.read_bytes() == CONTENT
    assert public_file(pinned(address)) == first
    assert seen == [PATH]


def test_a_corrupted_cached_file_is_noticed_and_fetched_again(
    scratch: Path, address: str, replies: dict[str, Reply], seen: list[str]
) -> None:
    replies[PATH] = CONTENT
    cached = public_file(pinned(address))
    cached.write_bytes(CONTENT[:-1] + b"x")
    assert public_file(pinned(address)).read_bytes() == CONTENT
    assert seen == [PATH, PATH]


def test_wrong_bytes_are_refused_with_both_hashes_and_leave_nothing(
    scratch: Path, address: str, replies: dict[str, Reply]
) -> None:
    replies[PATH] = b"something else"
    found = hashlib.sha256(b"something else").hexdigest()
    with pytest.raises(UserError) as caught:
        public_file(pinned(address))
    message = str(caught.value)
    assert "\n" not in message
    assert "someone/texts/0123abc/data/文本.txt" in message
    assert f"expected sha256 {SHA256}" in message
    assert found in message
    assert "REPLICATION_MIRROR" in message
    assert files_under(scratch) == []


def test_wrong_bytes_do_not_replace_a_damaged_cached_file(
    scratch: Path, address: str, replies: dict[str, Reply]
) -> None:
    replies[PATH] = CONTENT
    cached = public_file(pinned(address))
    cached.write_bytes(b"damaged")
    replies[PATH] = b"something else"
    with pytest.raises(UserError, match="expected sha256"):
        public_file(pinned(address))
    assert files_under(scratch) == [cached]
    assert cached.read_bytes() == b"damaged"


def test_an_interrupted_download_is_tried_again_then_reported_and_leaves_nothing(
    scratch: Path, address: str, replies: dict[str, Reply], seen: list[str]
) -> None:
    replies[PATH] = closes_early
    with pytest.raises(UserError) as caught:
        public_file(pinned(address))
    message = str(caught.value)
    assert "\n" not in message
    assert f"download from {address}" in message
    assert "failed" in message
    assert len(seen) == downloads.ATTEMPTS
    assert files_under(scratch) == []


def test_a_download_that_breaks_once_succeeds(
    scratch: Path, address: str, replies: dict[str, Reply], seen: list[str]
) -> None:
    def breaks_once(handler: BaseHTTPRequestHandler) -> None:
        closes_early(handler)
        replies[PATH] = CONTENT

    replies[PATH] = breaks_once
    assert public_file(pinned(address)).read_bytes() == CONTENT
    assert len(seen) == 2


def test_leftovers_of_killed_downloads_are_swept(scratch: Path, address: str, replies: dict[str, Reply]) -> None:
    folder = scratch / "downloads/someone/texts/0123abc/data"
    folder.mkdir(parents=True)
    for name, age in {"tmpold": 2 * downloads.STALE, "tmpnew": 0.0, "other.txt": 2 * downloads.STALE}.items():
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, (time.time() - age, time.time() - age))
    replies[PATH] = CONTENT
    public_file(pinned(address))
    assert sorted(path.name for path in folder.iterdir()) == ["other.txt", "tmpnew", "文本.txt"]


def test_a_refusal_is_not_tried_again(scratch: Path, address: str, seen: list[str]) -> None:
    with pytest.raises(UserError, match="404"):
        public_file(pinned(address))
    assert seen == [PATH]


def test_nobody_listening_is_one_line(scratch: Path) -> None:
    with pytest.raises(UserError) as caught:
        public_file(pinned())
    assert "\n" not in str(caught.value)
    assert "REPLICATION_MIRROR/someone/texts/0123abc" in str(caught.value)


def test_the_mirror_is_looked_in_first(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, seen: list[str]
) -> None:
    mirrored = tmp_path / "mirror/someone/texts/0123abc/data/文本.txt"
    mirrored.parent.mkdir(parents=True)
    mirrored.write_bytes(CONTENT)
    monkeypatch.setenv("REPLICATION_MIRROR", str(tmp_path / "mirror"))
    assert public_file(pinned(address)) == mirrored
    assert seen == []
    assert not scratch.exists()


def test_what_the_mirror_lacks_is_downloaded(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, replies: dict[str, Reply]
) -> None:
    (tmp_path / "mirror").mkdir()
    monkeypatch.setenv("REPLICATION_MIRROR", str(tmp_path / "mirror"))
    replies[PATH] = CONTENT
    assert public_file(pinned(address)).read_bytes() == CONTENT


def test_a_wrong_file_in_the_mirror_is_named(scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mirrored = tmp_path / "mirror/someone/texts/0123abc/data/文本.txt"
    mirrored.parent.mkdir(parents=True)
    mirrored.write_bytes(b"old")
    monkeypatch.setenv("REPLICATION_MIRROR", str(tmp_path / "mirror"))
    with pytest.raises(UserError) as caught:
        public_file(pinned())
    assert str(mirrored) in str(caught.value)
    assert hashlib.sha256(b"old").hexdigest() in str(caught.value)


def test_a_mirror_that_is_no_folder_is_an_error(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLICATION_MIRROR", "no/such/folder")
    with pytest.raises(UserError, match="REPLICATION_MIRROR: 'no/such/folder' is not a folder"):
        public_file(pinned())


def test_the_filled_cache_serves_as_a_mirror(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, replies: dict[str, Reply]
) -> None:
    replies[PATH] = CONTENT
    cached = public_file(pinned(address))
    monkeypatch.setenv("REPLICATION_MIRROR", str(scratch / "downloads"))
    monkeypatch.setenv("REPLICATION_SCRATCH", str(tmp_path / "another"))
    assert public_file(pinned()) == cached


def test_save_writes_the_file_under_its_name(
    scratch: Path, tmp_path: Path, address: str, replies: dict[str, Reply]
) -> None:
    replies[PATH] = CONTENT
    file = pinned(address)
    file.save(tmp_path / "raw")
    assert files_under(tmp_path / "raw") == [tmp_path / "raw/文本.txt"]
    assert (tmp_path / "raw/文本.txt").read_bytes() == CONTENT
    assert file.contents == {"文本.txt": SHA256}
