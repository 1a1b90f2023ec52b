from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from replication import staleness
from replication.errors import UserError

STATUS = {
    "prepare@reviews": [
        {"changed deps": {"build/raw/reviews": "deleted"}},
        {"changed outs": {"build/data": "not in cache"}},
    ],
    "teacher@reviews": [
        {"changed deps": {"replication/training/loop.py": "modified", "build/checkpoint": "deleted"}},
        {"changed deps": {"params.yaml": {"seeds": "modified"}}},
    ],
    "report": ["changed command"],
}


def test_nothing_stale_is_no_error() -> None:
    staleness.refuse({})


def test_stale_stages_are_named_with_what_changed() -> None:
    with pytest.raises(UserError) as caught:
        staleness.refuse(STATUS)
    assert str(caught.value).splitlines() == [
        "prepare@reviews is stale: build/raw/reviews (deleted), build/data (not in cache)",
        "teacher@reviews is stale: replication/training/loop.py (modified), build/checkpoint (deleted), "
        "params.yaml: seeds (modified)",
        "report is stale: changed command",
        "run `dvc repro`, and commit what it writes",
    ]


def test_a_fresh_clone_lacks_build_and_that_alone_is_looked_past() -> None:
    with pytest.raises(UserError) as caught:
        staleness.refuse(STATUS, allow_missing=True)
    assert str(caught.value).splitlines() == [
        "teacher@reviews is stale: replication/training/loop.py (modified), params.yaml: seeds (modified)",
        "report is stale: changed command",
        "run `dvc repro`, and commit what it writes",
    ]
    staleness.refuse({"prepare@reviews": STATUS["prepare@reviews"]}, allow_missing=True)
    with pytest.raises(UserError, match=r"reports/default/index\.html \(deleted\)"):
        staleness.refuse({"report": [{"changed outs": {"reports/default/index.html": "deleted"}}]}, allow_missing=True)


def test_what_dvc_itself_says_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    dvc = (sys.executable, "-m", "dvc")
    subprocess.run([*dvc, "init", "--no-scm", "-q"], check=True)
    (tmp_path / "params.yaml").write_text("size: 1\n", encoding="utf-8")
    (tmp_path / "code.txt").write_text("one", encoding="utf-8")
    (tmp_path / "dvc.yaml").write_text(
        "stages:\n  copy:\n    cmd: cp code.txt out.txt\n"
        "    deps: [code.txt]\n    params: [size]\n    outs: [out.txt]\n",
        encoding="utf-8",
    )
    subprocess.run([*dvc, "repro", "-q"], check=True)
    assert staleness.status() == {}
    (tmp_path / "code.txt").write_text("two", encoding="utf-8")
    (tmp_path / "params.yaml").write_text("size: 2\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"copy is stale: code\.txt \(modified\), params\.yaml: size \(modified\)"):
        staleness.refuse(staleness.status())


def test_a_failing_dvc_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=r"`dvc status --json` exited with \d+: ") as caught:
        staleness.status()
    assert "\n" not in str(caught.value)
