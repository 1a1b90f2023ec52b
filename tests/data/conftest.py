"""Where downloads of a test go."""

from __future__ import annotations

from pathlib import Path

import pytest

from replication.data import downloads


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty scratch folder, no mirror, no pause between attempts."""
    monkeypatch.setenv("REPLICATION_SCRATCH", str(tmp_path / "scratch"))
    monkeypatch.delenv("REPLICATION_MIRROR", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(downloads, "PAUSE", 0.0)
    return tmp_path / "scratch"
