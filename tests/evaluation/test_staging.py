"""Results take the place of older ones as a whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from replication.evaluation.staging import STAGED, replacing

NAMES = ("records", "noise.json", "results.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Results of before, and a page that is another's."""
    write(tmp_path, "before", *NAMES)
    (tmp_path / "index.html").write_text("page", encoding="utf-8")
    return tmp_path


def write(folder: Path, text: str, *names: str) -> None:
    for name in names:
        path = folder / "records/titles/a.json" if name == "records" else folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def files(folder: Path) -> dict[str, str]:
    """Every file below a folder, hidden ones too."""
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_what_was_written_takes_the_place_of_what_was_there_and_the_rest_stays(folder: Path) -> None:
    (folder / "records/titles/gone.json").write_text("before", encoding="utf-8")
    with replacing(folder, NAMES) as staged:
        write(staged, "after", "records", "results.json")
        assert files(folder)["results.json"] == "before"
    assert files(folder) == {"records/titles/a.json": "after", "results.json": "after", "index.html": "page"}
    assert not (folder / STAGED).exists()


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    with replacing(tmp_path / "reports/new", NAMES) as staged:
        write(staged, "after", *NAMES)
    assert set(files(tmp_path / "reports/new").values()) == {"after"}


def test_a_block_that_fails_changes_nothing(folder: Path) -> None:
    before = files(folder)
    with pytest.raises(OSError, match="disk full"), replacing(folder, NAMES) as staged:
        write(staged, "after", "records", "results.json")
        raise OSError("disk full")
    assert files(folder) == before and not (folder / STAGED).exists()


@pytest.mark.parametrize("moves", range(2 * len(NAMES)))
def test_what_stops_between_two_moves_is_undone(folder: Path, monkeypatch: pytest.MonkeyPatch, moves: int) -> None:
    before, rename, done = files(folder), Path.rename, 0

    def stops(source: Path, target: Path) -> Path:
        nonlocal done
        done += 1
        if done == moves + 1:
            raise KeyboardInterrupt
        return rename(source, target)

    with pytest.raises(KeyboardInterrupt), replacing(folder, NAMES) as staged:
        write(staged, "after", *NAMES)
        monkeypatch.setattr(Path, "rename", stops)
    assert done == 2 * moves + 1, "every move is taken back"
    assert files(folder) == before and not (folder / STAGED).exists()


def test_what_a_killed_process_left_is_not_taken_for_results(folder: Path) -> None:
    write(folder / STAGED / "written", "half", *NAMES)
    write(folder / STAGED / "old", "older", *NAMES)
    with replacing(folder, NAMES) as staged:
        write(staged, "after", "results.json")
    assert files(folder) == {"results.json": "after", "index.html": "page"}
