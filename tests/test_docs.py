"""The worked example of docs/adding-a-method.md works as it stands, and what the page says of the project holds."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from ruamel.yaml import YAML

from replication.report import page

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "adding-a-method.md").read_text(encoding="utf-8")
NAME = "reverse_kl"
COPIED = ("replication", "tests", "baselines", "pyproject.toml", "params.yaml", "dvc.yaml")


def block(language: str) -> str:
    """The first code block of a language."""
    found = re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code with the example's file in its place, and no other edit."""
    folder = tmp_path_factory.mktemp("project")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, folder / name)
    (folder / "replication" / "methods" / f"{NAME}.py").write_text(block("python"), encoding="utf-8")
    return folder


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module of Python in the copy."""
    environment = {**os.environ, "PYTHONPATH": str(project), "REPLICATION_SCRATCH": str(project / ".scratch")}
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=project, env=environment, capture_output=True, text=True, check=False
    )


def test_the_example_is_short() -> None:
    assert f"`replication/methods/{NAME}.py`" in TEXT
    assert len(block("python").splitlines()) <= 40
    assert not (ROOT / "replication" / "methods" / f"{NAME}.py").exists()


def test_the_example_keeps_the_rules_of_the_code(project: Path) -> None:
    path = f"replication/methods/{NAME}.py"
    for command in (("ruff", "check", path), ("ruff", "format", "--check", path)):
        done = run(project, *command)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_example_is_found_and_passes_the_tests_of_every_method(project: Path) -> None:
    commands = [line for part in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in part.splitlines()]
    (command,) = (line.split()[2:] for line in commands if line.startswith("python -m pytest"))
    done = run(project, *command, "-v", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.findall(rf"test_every_method\.py::(\w+)\[{NAME}\] PASSED", done.stdout)
    text = (ROOT / "tests/methods/test_every_method.py").read_text(encoding="utf-8")
    assert sorted(passed) == sorted(re.findall(r"@every_method\ndef (\w+)", text))
    assert len(passed) >= 6


def test_the_example_is_listed_by_its_name_and_takes_the_settings_shown(project: Path) -> None:
    yaml = YAML(typ="safe")
    parameters = yaml.load(project / "params.yaml")
    shown = yaml.load(block("yaml"))["method_settings"][NAME]
    parameters["methods"].append(NAME)
    parameters["method_settings"][NAME] = shown
    yaml.dump(parameters, project / "params.yaml")
    done = run(project, "replication", "settings")
    assert done.returncode == 0, done.stderr
    settings = json.loads((project / "build" / "settings" / f"{NAME}.json").read_text(encoding="utf-8"))
    assert settings == {**shown, "temperature": parameters["temperature"]}
    for command in (("init", "--no-scm", "-q"), ("config", "core.analytics", "false")):
        assert run(project, "dvc", *command).returncode == 0
    stages = run(project, "dvc", "stage", "list", "--name-only").stdout.split()
    (asked,) = re.findall(r"^dvc repro (\S+)$", TEXT, re.MULTILINE)
    assert asked == f"student@reviews-{NAME}" and asked in stages


def test_the_description_shown_renders() -> None:
    text = page.templates().from_string(block("jinja")).render()
    tree = ElementTree.fromstring(f"<div>{text}</div>")
    assert [child.tag for child in tree] == ["p", "math"]
    assert "KL" in "".join(tree.itertext())


def test_files_that_the_page_names_exist() -> None:
    names = set(re.findall(r"`((?:replication|tests|docs)/[\w/.]+)`", TEXT))
    assert len(names) > 10
    lacking = sorted(name for name in names if not (ROOT / name).exists())
    assert lacking == [f"replication/methods/{NAME}.py", f"replication/report/templates/methods/{NAME}.html.j2"]
