"""The tests of what is published hold for whoever has run the pipeline: they read what is committed."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.clone import as_published


def test_results_of_ones_own_do_not_stand_in_for_the_committed_ones(tmp_path: Path) -> None:
    root, folder = tmp_path / "repository", tmp_path / "as committed"
    for name in ("README.md", "docs/results.md", "baselines/claims.yaml", "reports/default/results.json"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("committed", encoding="utf-8")
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    for command in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "Publish"]):
        subprocess.run(["git", *command], cwd=root, check=True)
    assert as_published(root, folder) == root
    (root / "docs/results.md").write_text("edited", encoding="utf-8")
    assert as_published(root, folder) == root
    (root / "reports/default/results.json").write_text("run again", encoding="utf-8")
    assert as_published(root, folder) == folder
    for name in ("docs/results.md", "reports/default/results.json"):
        assert (folder / name).read_text(encoding="utf-8") == "committed"
