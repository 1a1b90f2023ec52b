"""The table for the terminal."""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from replication.claims import load_claims
from replication.errors import UserError
from replication.evaluation.verdicts import judge
from replication.files import write_json
from replication.report.console import results_table
from replication.results.comparisons import compared
from replication.statistics import Spread
from tests import made_runs
from tests.made_runs import evaluated


def test_has_every_cell_and_the_missing_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_runs.make_tree(tmp_path)
    shutil.rmtree(tmp_path / "build/student/titles/logit_mse")
    monkeypatch.chdir(tmp_path)
    console = Console(width=160, record=True, quiet=False, file=(tmp_path / "out").open("w", encoding="utf-8"))
    console.print(results_table(evaluated()))
    lines = [line for line in console.export_text().splitlines() if line.startswith("│")]
    assert len(lines) == 3 * 8 + 1 + 4 + 2
    assert sum("no result" in line for line in lines) == 1
    soft = next(line for line in lines if "soft_label" in line)
    assert "*[+" in soft
    assert "1,234" in soft


def test_the_verdicts_follow_with_bounds_called_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_runs.make_tree(tmp_path)
    monkeypatch.chdir(tmp_path)
    folder = evaluated()
    few = compared("few-samples", "titles", "", "ratio", Spread(math.log(0.2), 1e-6, 1e-6, 0.0, 4, 9), 0.95)
    found = judge(load_claims(), {"efficiency": [few.model_copy(update={"bound": "at most"})]}, 0.95)
    write_json(folder / "verdicts.json", [one.model_dump() for one in found])
    console = Console(width=160, record=True, file=(tmp_path / "out").open("w", encoding="utf-8"))
    console.print(results_table(folder))
    rows = [line for line in console.export_text().splitlines() if line.startswith("│")][-len(found) :]
    assert [row.split()[1] for row in rows] == [claim.id for claim in load_claims()]
    assert "≤ 0.2 [0.199, 0.201] │ times" in " ".join(rows[2].split())
    assert "not measured" in rows[0]


def test_without_results_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="dvc repro evaluate"):
        results_table(tmp_path)


def test_imports_nothing_heavy() -> None:
    code = (
        "import sys, replication.report.console;"
        "sys.exit(bool({'torch', 'matplotlib', 'numpy', 'jinja2', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
