"""What stands around the code: how a clone behaves, what `make` says, who may use it and how to cite it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.clone import Clone, make_clone
from tests.readme import ROOT

MAKE = ("make", "--no-print-directory")
VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
DOCUMENTS = ("CONTRIBUTING.md", "CHANGELOG.md", "docs/installing.md")
RUN_ELSEWHERE = {
    "make quick": "as the profile smoke, which tests.conftest runs",
    "make test": "is what runs this test",
    "make check": "the gate runs it",
    "make env": "how this environment was made",
    "TORCH_INDEX=https://download.pytorch.org/whl/cpu make env": "test_install runs it on an index of its own",
    "TORCH_INDEX= make env": "test_install runs it on an index of its own",
    "pip install '.[report]'": "test_wheel installs the wheel with this extra",
    "replication --version": "test_wheel runs it",
    "replication --install-completion": "test_wheel completes a word; installing it would change this user's shell",
}
"""Every command of these documents, and where it is run."""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A clone that nobody changes."""
    return make_clone(tmp_path_factory.mktemp("repository") / "a folder 垃圾舆情")


def made(folder: Path, *targets: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Call make there."""
    environment = {**os.environ, **variables}
    return subprocess.run([*MAKE, *targets], cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_make_alone_lists_the_targets_and_starts_nothing(clone: Clone) -> None:
    done = made(clone.folder)
    assert done.returncode == 0 and done.stderr == ""
    described = [line.split("  ")[0].removeprefix("make ").split() for line in done.stdout.splitlines()]
    assert described[0] == ["repro"] and {"quick", "test", "torture", "env", "lock"} <= {
        t for ts in described for t in ts
    }
    assert not (clone.folder / ".venv").exists() and clone.run("git", "status", "--porcelain").stdout == ""


def test_a_downloaded_archive_says_how_to_begin_a_repository_and_that_works(clone: Clone, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    shutil.copytree(clone.folder, archive, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    nowhere = {"GIT_CEILING_DIRECTORIES": str(tmp_path)}
    done = made(archive, "repository", **nowhere)
    assert done.returncode != 0
    said = done.stderr.splitlines()[0]
    assert said.startswith("error: there is no git repository here")
    command = said.partition("begin one: ")[2]
    who = {f"GIT_{role}_{what}": "test@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["sh", "-c", command], cwd=archive, env={**os.environ, **who}, check=True)
    assert made(archive, "repository", **nowhere).returncode == 0
    assert Clone(archive).run("dvc", "stage", "list", "--name-only").returncode == 0


def test_a_folder_of_another_user_says_how_to_trust_it_and_that_works(clone: Clone, tmp_path: Path) -> None:
    other = {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1", "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}
    done = made(clone.folder, "repository", **other)
    assert done.returncode != 0
    said = done.stderr.splitlines()[0]
    assert said.startswith("error: this folder belongs to another user")
    command = said.partition("to trust it: ")[2]
    subprocess.run(["sh", "-c", command], cwd=tmp_path, env={**os.environ, **other}, check=True)
    assert made(clone.folder, "repository", **other).returncode == 0


def test_a_clone_that_turns_line_ends_has_the_same_bytes(clone: Clone, tmp_path: Path) -> None:
    turned = tmp_path / "turned"
    subprocess.run(["git", "clone", "-q", "-c", "core.autocrlf=true", clone.folder, turned], check=True)
    names = clone.run("git", "-c", "core.quotePath=false", "ls-files").stdout.splitlines()
    assert "dvc.yaml" in names and "replication/claims.py" in names
    kept = [name for name in names if (clone.folder / name).is_file()]
    assert [name for name in kept if (turned / name).read_bytes() != (clone.folder / name).read_bytes()] == []


def test_generated_files_are_marked_as_such() -> None:
    names = ("dvc.lock", "reports/default/index.html", "requirements/pipeline.lock", "replication/claims.py")
    command = ["git", "check-attr", "linguist-generated", "--", *names]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert [line.rsplit(" ", 1)[1] for line in done.stdout.splitlines()] == ["set", "set", "set", "unspecified"]


def test_the_citation_is_of_this_version_and_names_the_papers() -> None:
    cited: dict[str, Any] = YAML(typ="safe").load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors", "license"} <= set(cited)
    assert (cited["version"], cited["license"]) == (VERSION, "MIT")
    assert [one["year"] for one in cited["references"]] == [2015, 2014, 2015, 2019]
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_files_that_a_document_names_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    names = re.findall(r"`((?:replication|tests|baselines|docs|profiles|requirements)/[\w/.-]+)`", text)
    gone = {"CHANGELOG.md": {"benchmarks/requirements.lock"}}
    assert names
    assert [one for one in names if not (ROOT / one).exists() and one not in gone.get(name, set())] == []


def test_every_command_of_the_documents_is_run() -> None:
    blocks = [
        b for name in DOCUMENTS for b in re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)
    ]
    commands = [line for block in blocks for line in block.splitlines() if line]
    assert set(commands) == set(RUN_ELSEWHERE)
