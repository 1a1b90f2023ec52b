"""The whole line through DVC itself: what it leaves, what a change reruns, what the README gives."""

from __future__ import annotations

import functools
import json
import re
import resource
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from replication import config, networks, settings
from replication.params import load
from replication.records import read_run
from replication.runs.tasks import code
from tests.clone import Clone, set_parameter
from tests.readme import COMMANDS, ELSEWHERE

DATASETS = ("news_titles", "spam_opinion_made")
OPINION = "spam_opinion_made"
METHODS = ("supervised", "soft_label", "fitnets", "rco")
SCHEMES = ("scheme1", "scheme3", "scheme5")
TEACHERS = {f"teacher@{dataset}" for dataset in DATASETS}
HISTORICAL = {f"historical@{OPINION}"}
STUDENTS = {f"student@{dataset}-{method}" for dataset in DATASETS for method in METHODS} | {
    f"scheme@{OPINION}-{scheme}" for scheme in SCHEMES
}
NOISE = {"noise@news_titles", "gradients@news_titles"}
SOFTENED = (
    NOISE
    | {f"student@{dataset}-{method}" for dataset in DATASETS for method in ("soft_label", "rco")}
    | {f"scheme@{OPINION}-{scheme}" for scheme in ("scheme3", "scheme5")}
)
NAMES = ("majority", "tfidf_logistic", "tfidf_logistic_cut")
YARDSTICKS = {f"yardstick@{dataset}-{name}" for dataset in DATASETS for name in NAMES}
SWEEPS = {"temperatures@news_titles", "samples@news_titles"}
COST = {"cost"}
END = {"evaluate", "verdicts", "report"}
JUNK = {
    "coverage", "junk_f1", "junk_pr_auc", "junk_precision", "junk_recall", "kept", "negative_flip_rate",
    "overall_recall",
}  # fmt: skip


def test_metrics_have_every_cell_and_its_seeds(smoke: Clone) -> None:
    metrics = json.loads((smoke.folder / "reports/smoke/metrics.json").read_text(encoding="utf-8"))
    assert set(metrics) == set(DATASETS)
    for dataset, cells in metrics.items():
        schemes = {*SCHEMES, "historical"} if dataset == OPINION else set()
        assert set(cells) == {*METHODS, *NAMES} | schemes
        assert set(cells["supervised"]) == {"student", "teacher"}
        for method, models in cells.items():
            for values in models.values():
                junk = JUNK - ({"kept", "negative_flip_rate"} if method == "historical" else set())
                assert set(values) == {"accuracy", "macro_f1"} | (junk if dataset == OPINION else set())
                for value in values.values():
                    assert 0 <= value["low"] <= value["mean"] <= value["high"] <= 1
        assert cells["supervised"]["student"]["macro_f1"]["seeds"] == [0, 1]
    assert set(metrics[OPINION]["scheme3"]) == {"student", "teacher"}
    assert set(metrics[OPINION]["scheme5"]) == {"student"}


def test_records_name_all_that_made_them_and_lie_beside_their_predictions(smoke: Clone) -> None:
    records = sorted((smoke.folder / "reports/smoke/records").rglob("*.json"))
    # by seed: students and teacher of each set, schemes, the teacher of scheme 3, the historical model; the yardsticks
    assert len(records) == 2 * (2 * (len(METHODS) + 1) + len(SCHEMES) + 1 + 1) + 2 * len(NAMES)
    for path in records:
        record = json.loads(path.read_text(encoding="utf-8"))
        assert (path.parent / record["predictions"]).is_file()
        assert record["identity"] and record["data"] and record["environment"]["versions"]["torch"].startswith("2.13")
        taught = record["method"] in {"soft_label", "fitnets", "rco", "scheme1", "scheme5"}
        assert (record["teacher"] is not None) == taught


def test_the_profile_is_no_worse_than_what_was_accepted_and_every_cell_is_compared(smoke: Clone) -> None:
    done = smoke.run("python", "-m", "replication", "check", "--json", "build/accepted.json")
    assert done.returncode == 0, done.stderr
    cells = json.loads((smoke.folder / "build/accepted.json").read_text(encoding="utf-8"))["cells"]
    assert {cell["dataset"] for cell in cells} == set(DATASETS)
    assert [(cell["verdict"], cell["why"]) for cell in cells if cell["difference"] is None] == []


def test_every_arm_of_a_set_has_the_same_budget(smoke: Clone) -> None:
    for dataset in DATASETS:
        folders = [smoke.folder / f"build/student/{dataset}/{m}/seed0" for m in METHODS]
        folders += [smoke.folder / f"build/scheme/{dataset}/{m}/seed0" for m in SCHEMES if dataset == OPINION]
        runs = [read_run(folder)[0] for folder in folders]
        assert len({(run.iterations, run.batch_size, run.parameter_count) for run in runs}) == 1
        assert all(sum(phase.iterations for phase in run.phases) == run.iterations for run in runs)


def test_the_teacher_keeps_logits_of_every_split_and_its_route(smoke: Clone) -> None:
    folder = smoke.folder / "build/teacher/news_titles/seed1"
    run, predictions = read_run(folder)
    assert {name: predictions.split.count(name) for name in dict.fromkeys(predictions.split)} == {
        "labelled": 200, "pool": 400, "validation": 100, "test": 200,
    }  # fmt: skip
    points = sorted(int(path.stem) for path in (folder / "route").iterdir())
    kept = run.phases[-1].kept["teacher"]
    assert points == [point for point in (2, 4, 7, 9, 11, 13, 16, 18) if point < kept], "the kept state is the end"


def test_a_second_run_does_nothing(smoke: Clone) -> None:
    before = processor_seconds()
    done = smoke.run("dvc", "repro")
    assert "Data and pipelines are up to date" in done.stdout + done.stderr
    assert processor_seconds() - before < 10


def processor_seconds() -> float:
    """Of all finished children: what a wall clock says too, where nothing else runs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_make_repro_prints_the_table_and_where_the_report_is(smoke: Clone) -> None:
    done = smoke.run("python", "-m", "replication", "table")
    assert done.returncode == 0, done.stderr
    assert "report: reports/smoke/index.html" in done.stdout
    assert re.search(r"soft_label|soft labels", done.stdout, re.IGNORECASE)


WITHOUT_TORCH = """
import sys
from importlib.abc import MetaPathFinder
class Refuses(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in ("torch", "transformers", "pandas", "statsmodels"):
            raise ImportError(name)
sys.meta_path.insert(0, Refuses())
"""
"""Read by every interpreter that starts with it on its path, those that draw the pages too."""


def test_the_table_and_the_report_need_no_torch(smoke: Clone, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WITHOUT_TORCH, encoding="utf-8")
    without = ("env", f"PYTHONPATH={tmp_path}", "python")
    assert "ImportError: torch" in smoke.run(*without, "-c", "import torch").stderr
    page = smoke.folder / "reports/smoke/index.html"
    before = page.read_bytes()
    for command in ("report", "table"):
        done = smoke.run(*without, "-m", "replication", command)
        assert done.returncode == 0, done.stderr
    assert page.read_bytes() == before


FIRST = {"settings", "networks"}
"""The stages that write, of all parameters, those that concern a cell."""
TRAINED = TEACHERS | STUDENTS | NOISE | SWEEPS | COST
STALE: list[tuple[str, object, set[str]]] = [
    ("temperature", 4.0, SOFTENED | SWEEPS | END),
    (
        "method_settings.soft_label.soft_weight",
        0.5,
        {f"student@{d}-soft_label" for d in DATASETS} | NOISE | SWEEPS | END,
    ),
    ("method_settings.scheme3.feedback_weight", 0.5, {f"scheme@{OPINION}-scheme3"} | END),
    ("seeds", [0, 1, 2], TRAINED | HISTORICAL | END),
    ("student.dropout", 0.4, STUDENTS | SWEEPS | HISTORICAL | NOISE | COST | END),
    ("student.max_characters", 40, STUDENTS | SWEEPS | HISTORICAL | NOISE | COST | YARDSTICKS | END),
    ("student.training.learning_rate", 0.002, STUDENTS | SWEEPS | HISTORICAL | NOISE | COST | END),
    ("student.training.iterations", 61, END),  # both sets have budgets of their own
    (
        f"student.budgets.{OPINION}.iterations",
        21,
        {name for name in STUDENTS if OPINION in name} | HISTORICAL | END,
    ),
    ("teacher.training.learning_rate", 1.0e-5, TRAINED | END),
    ("teacher.checkpoint", "folder:elsewhere", {"checkpoint"} | TRAINED | END),
    ("precision", "float32", TRAINED | HISTORICAL | END),
    ("device", "cpu", TRAINED | HISTORICAL | END),
    ("preparation.pool", 401, {f"prepare@{d}" for d in DATASETS} | TRAINED | HISTORICAL | YARDSTICKS | END),
    ("measurements.noise.rates", [0.0, 0.3], NOISE | END),
    ("measurements.temperature.temperatures", [8.0], {"temperatures@news_titles"} | END),
    ("measurements.samples.sizes", [60], {"samples@news_titles"} | END),
    ("measurements.cost.repeats", 6, COST | END),
    ("statistics.draws", 1001, COST | END),
    ("parallel.workers", 2, set()),
    ("parallel.checkpoint_seconds", 9.0, set()),
    ("parallel.threads", 2, TRAINED | HISTORICAL | END),
    ("parallel.backend", "dask", set()),
]


@pytest.mark.parametrize(("key", "value", "expected"), STALE, ids=[key for key, _, _ in STALE])
def test_what_a_parameter_makes_stale(smoke: Clone, key: str, value: object, expected: set[str]) -> None:
    params, build = smoke.folder / "params.yaml", smoke.folder / "build"
    before = params.read_bytes()
    kept = {name: files(build / name) for name in FIRST}
    assert parameter(params, key) != value, "nothing would change"
    try:
        set_parameter(params, key, value)
        settings.write(load(params), build / "settings")  # what these stages do, which come first
        networks.write(load(params), smoke.folder, build / "networks")
        assert stale(smoke) - FIRST == expected
    finally:
        params.write_bytes(before)
        for folder, contents in kept.items():
            for name, content in contents.items():
                (build / folder / name).unlink()
                (build / folder / name).write_bytes(content)


def parameter(params: Path, key: str) -> object:
    """What a clone's params.yaml says."""
    found: Any = YAML(typ="safe").load(params.read_text(encoding="utf-8"))
    for name in key.split("."):
        found = found[name]
    return found


def stale(clone: Clone) -> set[str]:
    """The stages that DVC calls changed, and those that come after them."""
    status = json.loads(clone.run("dvc", "status", "--json").stdout)
    after: dict[str, set[str]] = {}
    for before, later in edges(clone.folder):
        after.setdefault(before, set()).add(later)
    found: set[str] = set()
    # What comes after the first stages depends on the files that they write, which are up to date.
    front = {name.split(":")[-1] for name in status} - FIRST
    while front:
        found |= front
        front = {later for name in front for later in after.get(name, set())} - found
    return found


@functools.cache
def edges(folder: Path) -> list[tuple[str, str]]:
    """The graph of the stages, which none of the parameters above changes."""
    text = Clone(folder).run("dvc", "dag", "--dot").stdout
    return [(before, later) for before, later in re.findall(r'"([^"]+)" -> "([^"]+)"', text)]


def test_what_if_reruns_the_softened_cells_and_nothing_else(smoke: Clone) -> None:
    metrics = smoke.folder / "reports/smoke/metrics.json"
    before = json.loads(metrics.read_text(encoding="utf-8"))
    done = smoke.run("dvc", "exp", "run", "-S", "temperature=4")
    assert done.returncode == 0, done.stdout + done.stderr
    ran = set(re.findall(r"Running stage '([^']+)'", done.stdout + done.stderr))
    assert ran == {"settings"} | SOFTENED | SWEEPS | END
    after = json.loads(metrics.read_text(encoding="utf-8"))
    for dataset in DATASETS:
        assert before[dataset]["fitnets"] == after[dataset]["fitnets"]
        assert before[dataset]["soft_label"] != after[dataset]["soft_label"]
    difference = smoke.run("dvc", "metrics", "diff").stdout
    assert "news_titles.soft_label.student.macro_f1.mean" in difference
    assert "fitnets" not in difference
    assert "temperature" in smoke.run("dvc", "exp", "show", "--md").stdout
    assert smoke.run("git", "checkout", "-q", "--", ".").returncode == 0
    again = smoke.run("dvc", "repro")
    assert again.returncode == 0, again.stderr
    assert json.loads(metrics.read_text(encoding="utf-8")) == before


SWEPT = ("noise", "samples", "temperature")
LEFT_OUT = ("opinion_datasets", "schemes", *(f"measurements.{name}.datasets" for name in SWEPT))


def test_a_profile_may_leave_parts_out(smoke: Clone) -> None:
    """No opinion set and no measurement but the cost: what is left is evaluated and reported as before."""
    folder = smoke.folder / "reports/smoke"
    before = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    for key in LEFT_OUT:
        set_parameter(smoke.folder / "params.yaml", key, [])
    done = smoke.run("dvc", "repro")
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(re.findall(r"Running stage '([^']+)'", done.stdout + done.stderr)) == {"settings", "parts"} | END
    after = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert after["news_titles"] == before["news_titles"] and set(after[OPINION]) == {*METHODS, *NAMES}
    page = (folder / "index.html").read_text(encoding="utf-8")
    parts = ("noise", "gradients", "efficiency", "temperature-sweep", "joint")
    assert [name for name in (*parts, "results", "cost") if f'aria-labelledby="{name}"' in page] == ["results", "cost"]
    assert smoke.run("git", "checkout", "-q", "--", ".").returncode == 0
    assert smoke.run("dvc", "repro").returncode == 0
    assert json.loads((folder / "metrics.json").read_text(encoding="utf-8")) == before


def test_the_code_that_a_stage_depends_on_is_the_code_that_a_run_is_named_by(smoke: Clone) -> None:
    """A change that makes the store train again must make DVC start the stage."""
    lock: Any = YAML(typ="safe").load((smoke.folder / "dvc.lock").read_text(encoding="utf-8"))
    for method, stage in (
        ("soft_label", "student@news_titles-soft_label"),
        ("supervised", "teacher@news_titles"),
        ("supervised", f"historical@{OPINION}"),
        ("scheme3", f"scheme@{OPINION}-scheme3"),
    ):
        depends = [dep["path"] for dep in lock["stages"][stage]["deps"]]
        if "build/networks/code.json" in depends:
            depends += [dep["path"] for dep in lock["stages"]["networks"]["deps"]]
        for path in code(method):
            name = path.relative_to(Path(config.__file__).parents[1]).as_posix()
            assert any(name == dep or name.startswith(f"{dep}/") for dep in depends), (
                f"{stage} does not depend on {name}"
            )


def test_an_error_is_one_line_without_a_traceback_and_leaves_results_alone(smoke: Clone) -> None:
    params = smoke.folder / "params.yaml"
    text = params.read_bytes()
    metrics = (smoke.folder / "reports/smoke/metrics.json").read_bytes()
    try:
        set_parameter(params, "temperature", -1.0)
        done = smoke.run("python", "-m", "replication", "student", "news_titles", "soft_label")
    finally:
        params.write_bytes(text)
    assert done.returncode == 1
    assert done.stderr.strip() == "error: params.yaml: temperature: -1.0 is not allowed: input should be greater than 0"
    assert (smoke.folder / "reports/smoke/metrics.json").read_bytes() == metrics


def test_a_stage_that_fails_leaves_the_results_of_before(smoke: Clone) -> None:
    """DVC runs the command; what it removed before, nothing would bring back."""
    claims, reports = smoke.folder / "baselines/claims.yaml", smoke.folder / "reports/smoke"
    text, before = claims.read_bytes(), files(reports)
    try:
        claims.write_bytes(text.replace(b"\nclaims:", b"\nclaimz:", 1))
        done = smoke.run("dvc", "repro", "evaluate")
    finally:
        claims.write_bytes(text)
    assert done.returncode != 0 and "Running stage 'evaluate'" in done.stdout + done.stderr
    assert re.search(r"error: .*baselines/claims\.yaml: .*claimz", done.stdout + done.stderr)
    assert files(reports) == before
    assert "evaluate" not in smoke.run("dvc", "status", "--json").stdout


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in ELSEWHERE])
def test_a_command_of_the_readme_works(smoke: Clone, command: str) -> None:
    done = smoke.run("bash", "-ec", command)
    assert done.returncode == 0, done.stdout + done.stderr
    smoke.run("git", "checkout", "-q", "--", "params.yaml")
