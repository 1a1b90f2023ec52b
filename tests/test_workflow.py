"""The workflow of continuous integration: what it may do, what it runs, and that the gate here runs the same."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
GATE = (ROOT / ".ci/run").read_text(encoding="utf-8")
TARGET = r"\bmake(?: --silent)? ([a-z]+)"
ELSEWHERE = {
    "smoke": ("tests/conftest.py", "_run_smoke", ("replication profile smoke", "dvc repro")),
    "metrics": (
        "tests/test_pipeline.py",
        "test_what_if_reruns_the_softened_cells_and_nothing_else",
        ("dvc metrics diff",),
    ),
}
"""Targets that the workflow calls and the gate here does not: what of the tests does the same, by which commands."""


def load(path: Path) -> dict[str, Any]:
    """A workflow; `on` stays a word."""
    yaml = YAML(typ="safe")
    yaml.version = (1, 2)
    found = yaml.load(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def steps() -> list[dict[str, Any]]:
    """Every step of every job."""
    return [step for path in WORKFLOWS for job in load(path)["jobs"].values() for step in job["steps"]]


def targets_of_the_makefile() -> set[str]:
    """The targets that `.PHONY` names, each of which has a rule."""
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    rules = {name for names in re.findall(r"^([a-z ]+):", MAKEFILE, re.MULTILINE) for name in names.split()}
    assert set(phony.split()) <= rules
    return rules


def test_there_is_a_workflow() -> None:
    assert [path.name for path in WORKFLOWS] == ["ci.yml"]


def test_actions_are_pinned_by_commit_and_say_which_release_it_is() -> None:
    used = [step["uses"] for step in steps() if "uses" in step]
    assert len(used) >= 5
    assert [one for one in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", one)] == []
    lines = [line for path in WORKFLOWS for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert all(re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line) for line in lines)


def test_the_token_reads_and_no_more() -> None:
    for path in WORKFLOWS:
        workflow = load(path)
        assert workflow["permissions"] == {"contents": "read"}
        assert [name for name, job in workflow["jobs"].items() if "permissions" in job] == []
        assert set(workflow["on"]) == {"push", "pull_request"}
    checkouts = [step for step in steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_no_expression_is_put_into_a_script() -> None:
    assert [step["run"] for step in steps() if "${{" in step.get("run", "")] == []


def test_every_target_exists_and_every_check_is_called() -> None:
    called = {name for step in steps() for name in re.findall(TARGET, step.get("run", ""))}
    assert called <= targets_of_the_makefile()
    assert {"env", "lint", "types", "layers", "test", "smoke", "stale", "accepted", "metrics"} <= called


def called_here() -> set[str]:
    """The targets that the gate calls; `check` is all that it depends on."""
    here = set(re.findall(rf"^{TARGET}$", GATE, re.MULTILINE))
    assert "check" in here and here <= targets_of_the_makefile()
    (parts,) = re.findall(r"^check: (.*)$", MAKEFILE, re.MULTILINE)
    return here - {"check"} | set(parts.split())


def test_the_gate_here_and_the_workflow_call_the_same_targets() -> None:
    called = {name for step in steps() for name in re.findall(TARGET, step.get("run", ""))}
    assert called == called_here() | ELSEWHERE.keys()
    assert not called_here() & ELSEWHERE.keys()


@pytest.mark.parametrize("target", ELSEWHERE)
def test_what_the_gate_does_not_call_a_test_of_it_does(target: str) -> None:
    file, name, commands = ELSEWHERE[target]
    (recipe,) = re.findall(rf"^(?:[a-z ]+ )?{target}(?: [a-z ]+)?: .*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    recipe = recipe.replace("$@", target)
    source = (ROOT / file).read_text(encoding="utf-8")
    (function,) = (one for one in ast.parse(source).body if isinstance(one, ast.FunctionDef) and one.name == name)
    words = " ".join(
        one.value for one in ast.walk(function) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )
    assert "make test" in GATE
    for command in commands:
        assert command in recipe and command in words


def test_the_report_is_kept_and_the_summary_written() -> None:
    uploads = [step for step in steps() if step.get("uses", "").startswith("actions/upload-artifact@")]
    assert [step["with"]["path"].split() for step in uploads] == [["reports/smoke", "build/accepted.json"]]
    assert sum("GITHUB_STEP_SUMMARY" in step.get("run", "") for step in steps()) == 2


def test_every_profile_has_a_target() -> None:
    profiles = {path.stem for path in (ROOT / "profiles").glob("*.yaml")}
    rule = re.compile(r"^([a-z ]+): .*\n(?:\t.*\n)*\t.*replication profile \$@\n", re.MULTILINE)
    (names,) = rule.findall(MAKEFILE)
    assert set(names.split()) == profiles
