"""The workflow of continuous integration: what it may do, what it runs, and that the gate here runs the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
GATE = (ROOT / ".ci/run").read_text(encoding="utf-8")
TARGET = r"\bmake(?: --silent)? ([a-z]+)"


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
    rules = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
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


def test_the_gate_here_calls_the_same_targets() -> None:
    here = set(re.findall(rf"^{TARGET}$", GATE, re.MULTILINE))
    assert here <= targets_of_the_makefile()
    (parts,) = re.findall(r"^check: (.*)$", MAKEFILE, re.MULTILINE)
    called = {name for step in steps() for name in re.findall(TARGET, step.get("run", ""))}
    assert here - {"check"} | set(parts.split()) <= called


def test_the_report_is_kept_and_the_summary_written() -> None:
    uploads = [step for step in steps() if step.get("uses", "").startswith("actions/upload-artifact@")]
    assert [step["with"]["path"].split() for step in uploads] == [["reports/smoke", "build/accepted.json"]]
    assert sum("GITHUB_STEP_SUMMARY" in step.get("run", "") for step in steps()) == 2
