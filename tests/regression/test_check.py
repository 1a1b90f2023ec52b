"""`check` and `accept` on a small, made tree, through the command line."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from replication import __main__ as command_line
from replication import params, regression
from replication.environment import CHANGED, UNKNOWN
from replication.errors import UserError
from replication.regression import words
from replication.regression.shapes import Accepted, CellCheck, Check
from tests import made_runs
from tests.made_runs import OPINION, PARAMETERS, SEEDS, evaluated, make_run, make_tree, run_folder

TARGET = Path("baselines/accepted/made.json")
FOLDER = Path("reports/made")
REASON = "the first run"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree, evaluated and accepted."""
    root = tmp_path_factory.mktemp("made")
    make_tree(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        evaluated()
        regression.accept(FOLDER, Path("build/data"), TARGET, REASON)
    return root


@pytest.fixture
def tree(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy that a test may damage, as the working folder."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(params, "load", lambda: PARAMETERS)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command line; its exit status."""
    monkeypatch.setattr(sys, "argv", ["replication", *arguments])
    with pytest.raises(SystemExit) as caught:
        command_line.main()
    return int(caught.value.code or 0)


def with_skill(monkeypatch: pytest.MonkeyPatch, tree: Path, method: str, skill: float) -> None:
    """Train a method of the opinion set again, better or worse, and evaluate."""
    monkeypatch.setitem(made_runs.SKILL, method, skill)
    for seed in SEEDS:
        make_run(tree, OPINION, method, "student", seed)
    evaluated()


def checked() -> Check:
    return regression.check(FOLDER, TARGET)


def test_the_accepted_file_says_why_and_where_from(tree: Path) -> None:
    accepted = regression.read_accepted(TARGET)
    assert (accepted.profile, accepted.reason, accepted.floors) == ("made", REASON, {"macro_f1": 0.01})
    results = json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))
    for dataset, published in zip(accepted.datasets, results["datasets"], strict=True):
        assert [dataset.data] == published["data"]
        for cell, row in zip(dataset.cells, published["cells"], strict=True):
            assert cell.metrics["macro_f1"].model_dump() == row["metrics"]["macro_f1"]
            assert {seed: one.metrics for seed, one in cell.seeds.items()} == {
                one["seed"]: one["metrics"] for one in row["seeds"]
            }
    assert accepted.commits and accepted.environments and accepted.parameters["seeds"] == SEEDS


def test_the_same_results_pass_and_accepting_them_again_gives_the_same_bytes(tree: Path) -> None:
    check = checked()
    assert check.passed and {cell.verdict for cell in check.cells} == {"same"}
    before = TARGET.read_bytes()
    regression.accept(FOLDER, Path("build/data"), TARGET, REASON)
    assert TARGET.read_bytes() == before


def test_a_regression_is_one_line_and_exit_status_1(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_skill(monkeypatch, tree, "scheme2", 0.1)
    assert run(monkeypatch, "check", "--markdown", "out.md", "--json", "out.json") == 1
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error:")]
    assert len(said) == 1 and said[0].startswith(f"error: {OPINION}/scheme2/student: worse: −")
    found: dict[str, Any] = json.loads(Path("out.json").read_text(encoding="utf-8"))
    (cell,) = [one for one in found["cells"] if one["verdict"] == "worse"]
    assert not found["passed"] and cell["high"] < 0 and cell["difference"] < -0.01
    assert cell["difference"] == pytest.approx(cell["current"] - cell["accepted"], abs=2e-6)
    text = Path("out.md").read_text(encoding="utf-8")
    assert text.startswith("### Accepted results: failed\n") and f"| {OPINION}/scheme2/student | worse |" in text
    assert REASON in text


def test_passing_is_exit_status_0(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, "check") == 0


def test_a_missing_seed_fails(tree: Path) -> None:
    shutil.rmtree(run_folder(tree, OPINION, "scheme5", "student", SEEDS[1]))
    evaluated()
    (line,) = words.failures(checked())
    assert line.startswith(f"{OPINION}/scheme5/student: missing: seed {SEEDS[1]}: no run in ")


def test_a_cell_no_longer_listed_fails_and_a_new_one_is_reported(tree: Path) -> None:
    accepted = json.loads(TARGET.read_text(encoding="utf-8"))
    row = next(one for one in accepted["datasets"] if one["name"] == OPINION)
    row["cells"] = [cell for cell in row["cells"] if cell["method"] != "rco"]
    TARGET.write_text(json.dumps(accepted), encoding="utf-8")
    check = checked()
    assert check.passed and [cell.name for cell in check.having("new")] == [f"{OPINION}/rco/student"]
    evaluated(PARAMETERS.model_copy(update={"schemes": ["scheme1"]}))
    missing = {cell.name for cell in checked().having("missing")}
    assert f"{OPINION}/scheme2/teacher" in missing and f"{OPINION}/scheme1/student" not in missing


def test_an_implausible_improvement_fails_and_is_accepted_by_name_alone(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_skill(monkeypatch, tree, "scheme4", 1.1)
    name = f"{OPINION}/scheme4/student"
    assert [cell.name for cell in checked().having("implausible")] == [name]
    before = TARGET.read_bytes()
    assert run(monkeypatch, "accept", "--reason", "better") == 1
    assert f"--knowing {name}" in capsys.readouterr().err and TARGET.read_bytes() == before
    assert run(monkeypatch, "accept", "--reason", "it was broken before", "--knowing", name) == 0
    assert regression.read_accepted(TARGET).reason == "it was broken before" and checked().passed


def test_other_test_items_are_said_and_not_guessed(tree: Path) -> None:
    accepted = json.loads(TARGET.read_text(encoding="utf-8"))
    accepted["datasets"][0]["data"] = "0" * 64
    TARGET.write_text(json.dumps(accepted), encoding="utf-8")
    check = checked()
    found = check.having("cannot tell")
    assert check.passed and {cell.dataset for cell in found} == {accepted["datasets"][0]["name"]}
    assert all(cell.difference is None and "made on other data" in cell.why for cell in found)
    for dataset in accepted["datasets"]:
        dataset["ids"] = "0" * 64
    TARGET.write_text(json.dumps(accepted), encoding="utf-8")
    check = checked()
    assert not check.passed
    assert words.failures(check)[0].startswith("nothing could be compared: no dataset of the run has the accepted")


def test_a_record_that_its_predictions_contradict_is_refused(tree: Path) -> None:
    path = FOLDER / "results.json"
    results = json.loads(path.read_text(encoding="utf-8"))
    seed = results["datasets"][0]["cells"][2]["seeds"][0]
    seed["metrics"]["macro_f1"] += 0.05
    path.write_text(json.dumps(results), encoding="utf-8")
    with pytest.raises(UserError, match=r"macro_f1 is 0\.\d+, but its predictions score 0\.\d+"):
        checked()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: "{", r"not readable as JSON: .*; restore the file from git$"),
        (lambda text: text.replace('"macro_f1": 0.01', '"accuracy": 0.01'), r"floors: no floor for macro_f1"),
        (lambda text: text.replace('"profile": "made"', '"profile": "other"'), r"holds the profile 'other'"),
    ],
)
def test_damage_is_one_line(tree: Path, damage: Callable[[str], str], message: str) -> None:
    TARGET.write_text(damage(TARGET.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(UserError, match=message) as caught:
        checked()
    assert "\n" not in str(caught.value) and TARGET.as_posix() in str(caught.value)


def test_without_accepted_results_or_a_reason_it_says_what_to_do(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "accept", "--reason", "  ") == 1
    assert "--reason: is empty" in capsys.readouterr().err
    TARGET.unlink()
    assert run(monkeypatch, "check") == 1
    assert "run `python -m replication accept --reason TEXT` to begin" in capsys.readouterr().err
    assert run(monkeypatch, "accept", "--reason", "begin") == 0


def test_runs_of_code_that_git_could_not_tell_are_not_accepted(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(made_runs, "ENVIRONMENT", made_runs.ENVIRONMENT.model_copy(update={"commit": UNKNOWN}))
    make_run(tree, OPINION, "scheme5", "student", SEEDS[0])
    evaluated()
    assert run(monkeypatch, "accept", "--reason", "better") == 1
    assert "trained by code that is in no known commit (unknown)" in capsys.readouterr().err


def test_runs_of_code_that_is_in_no_commit_are_not_accepted(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = made_runs.ENVIRONMENT.model_copy(update={"commit": f"c0ffee{CHANGED}"})
    monkeypatch.setattr(made_runs, "ENVIRONMENT", changed)
    before = TARGET.read_bytes()
    for seeds, said in (
        (SEEDS[1:2], f"{OPINION}/scheme5/student: seed 1: trained by code that is in no known commit (c0ffee+)"),
        (
            SEEDS,
            f"{OPINION}/scheme5/student: seed 0 and 2 more runs: trained by code that is in no known commit (c0ffee+)",
        ),
    ):
        for seed in seeds:
            make_run(tree, OPINION, "scheme5", "student", seed)
        evaluated()
        assert run(monkeypatch, "accept", "--reason", "better") == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert (
            line == f"error: {said}; commit it, and accept what `dvc repro` makes of it in a fresh clone, which "
            "keeps no earlier runs"
        )
    assert TARGET.read_bytes() == before


@pytest.mark.parametrize("name", ["default", "public", "smoke"])
def test_the_committed_files_are_of_runs_whose_code_is_committed(name: str) -> None:
    path = Path(__file__).parents[2] / "baselines/accepted" / f"{name}.json"
    commits = regression.read_accepted(path).commits
    assert commits and [commit for commit in commits if commit.endswith(CHANGED)] == []


def test_the_summary_says_how_small_a_fall_would_have_been_seen(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_skill(monkeypatch, tree, "scheme2", 0.1)
    assert run(monkeypatch, "check", "--json", "out.json", "--markdown", "out.md") == 1
    (said,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("accepted results of the")]
    cells = Check.model_validate_json(Path("out.json").read_text(encoding="utf-8")).cells
    by_name = {cell.name: cell for cell in cells}
    worse = by_name[f"{OPINION}/scheme2/student"]
    assert worse.high is not None and worse.difference is not None
    assert worse.smallest_fall == pytest.approx(worse.high - worse.difference, abs=2e-6)
    same = by_name[f"{OPINION}/scheme5/student"]
    assert same.verdict == "same" and same.smallest_fall is not None and same.smallest_fall >= 0.01
    assert by_name[f"{OPINION}/majority/student"].smallest_fall is None
    falls = [f"{name} {least} to {most} by cell" for name, (least, most) in _falls(cells).items()]
    assert said.endswith(f"; smallest fall called a regression, in points: {', '.join(falls)}") and len(falls) == 3
    assert said[1:] in Path("out.md").read_text(encoding="utf-8")


def _falls(cells: list[CellCheck]) -> dict[str, tuple[str, str]]:
    found: dict[str, list[float]] = {}
    for cell in cells:
        if cell.smallest_fall is not None:
            found.setdefault(cell.dataset, []).append(100 * cell.smallest_fall)
    return {name: (f"{min(falls):.1f}", f"{max(falls):.1f}") for name, falls in found.items()}


def test_whole_results_alone_are_accepted(tree: Path) -> None:
    shutil.rmtree(run_folder(tree, OPINION, "scheme5", "student", SEEDS[0]))
    evaluated()
    with pytest.raises(UserError, match=r"scheme5/student: seed 0: no run in .*; only whole results can be accepted"):
        regression.accept(FOLDER, Path("build/data"), TARGET, REASON)


def test_the_committed_file_is_small_and_whole() -> None:
    path = Path(__file__).parents[2] / "baselines/accepted/default.json"
    assert path.stat().st_size < 1_000_000
    accepted = Accepted.model_validate_json(path.read_text(encoding="utf-8"))
    assert accepted.profile == "default" and accepted.reason
    assert all(len(cell.seeds) == len(accepted.parameters["seeds"]) for one in accepted.datasets for cell in one.cells
               if cell.group != "yardstick")  # fmt: skip


@pytest.mark.parametrize("name", ["default", "public"])  # others may lie there, of runs that are not committed
def test_the_committed_results_are_the_accepted_ones(name: str, publication: Path) -> None:
    found = regression.check(publication / "reports" / name, publication / regression.accepted_file(name))
    assert found.passed and {cell.verdict for cell in found.cells} == {"same"}
