"""The wheel holds all that the commands read, and runs where it is installed with its least extra, without torch."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from requirements import install
from tests.clone import make_clone
from tests.readme import ROOT

LEAST = "report"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that pip builds of the working tree, in a copy, and through the source distribution."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = make_clone(folder / "copy").folder
    build = "import sys; from setuptools import build_meta as build; build.build_sdist(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, folder], cwd=copy, check=True, capture_output=True)
    (source,) = folder.glob("*.tar.gz")
    command = [*install.pip(Path(sys.executable)), "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(source)], check=True)
    (found,) = folder.glob("*.whl")
    assert not (copy / "build").exists(), "that folder is the pipeline's"
    return found


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment that has the wheel and what its least extra asks for, as locked."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    install_wheel(folder / "bin", wheel, LEAST)
    return folder / "bin"


def install_wheel(programs: Path, wheel: Path, extra: str) -> None:
    """Install the wheel with an extra, at the locked versions, and see that the packages fit together."""
    locked = [e.split()[0] for lock in sorted((ROOT / "requirements").glob("*.lock")) for e in install.entries(lock)]
    constraints = programs.parent / "constraints.txt"
    constraints.write_text("\n".join(locked), encoding="utf-8")
    pip = install.pip(programs / "python")
    options = ["--quiet", "--no-compile", "--constraint", str(constraints)]
    subprocess.run([*pip, "install", *options, f"{wheel}[{extra}]"], check=True)
    subprocess.run([*pip, "check"], check=True)


@pytest.fixture
def results(tmp_path: Path, publication: Path) -> Path:
    """A folder of parameters and published results, with nothing of the code."""
    shutil.copy2(ROOT / "params.yaml", tmp_path / "params.yaml")
    shutil.copytree(ROOT / "profiles", tmp_path / "profiles")
    shutil.copytree(publication / "reports/default", tmp_path / "reports/default")
    return tmp_path


def run(environment: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command in a folder."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(environment / "replication"), *words]
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)


def python(environment: Path, folder: Path, code: str) -> str:
    """What Python prints there."""
    command = [str(environment / "python"), "-c", code]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_the_wheel_installs_no_other_name_and_brings_the_baselines(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"replication"}
    kept = {path.relative_to(ROOT).as_posix() for path in (ROOT / "baselines").rglob("*") if path.is_file()}
    wanted = {f"replication/{name}" for name in kept if "__pycache__" not in name}
    assert wanted and wanted <= set(names)
    templates = (ROOT / "replication/report/templates").rglob("*.j2")
    assert {path.relative_to(ROOT).as_posix() for path in templates} <= set(names)


def test_the_installed_command_says_its_version_and_completes_words(environment: Path, tmp_path: Path) -> None:
    version = run(environment, tmp_path, "--version")
    installed = python(environment, tmp_path, "import importlib.metadata as m; print(m.version('replication'))")
    assert version.stdout == f"replication {installed}"
    shown = subprocess.run(
        [environment / "replication"],
        env={"_REPLICATION_COMPLETE": "complete_bash", "COMP_WORDS": "replication verd", "COMP_CWORD": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert shown.stdout.split() == ["verdicts"]


def test_what_reads_results_alone_runs_without_torch_and_writes_the_same_bytes(
    environment: Path, results: Path
) -> None:
    folder = results / "reports/default"
    kept = {name: (folder / name).read_bytes() for name in ("verdicts.json", "published.json", "index.html")}
    for name in kept:
        (folder / name).unlink()
    for words in (["verdicts"], ["report"], ["table"], ["check"], ["profile", "public", "--show"]):
        done = run(environment, results, *words)
        assert done.returncode == 0, (words, done.stderr)
    assert {name for name, content in kept.items() if (folder / name).read_bytes() != content} == set()
    names = ("torch", "baselines", "tests", "replication")
    found = python(environment, results, f"import importlib.util as u; print(*[bool(u.find_spec(n)) for n in {names}])")
    assert found.split() == ["False", "False", "False", "True"]


@pytest.mark.parametrize("words", [["student", "reviews", "supervised"], ["settings"], ["cost"], ["fetch", "reviews"]])
def test_what_needs_another_extra_says_so_in_one_line(environment: Path, results: Path, words: list[str]) -> None:
    done = run(environment, results, *words)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: the module '") and "pip install '.[train]'" in done.stderr


MODULES = {"export": "onnxruntime", "train": "dvc", "dask": "distributed", "test": "pytest", "bench": "textbrewer"}
"""By extra, a module that it brings."""


@pytest.mark.torture
@pytest.mark.parametrize("extra", MODULES)
def test_every_extra_installs_by_itself(extra: str, wheel: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "own"], check=True)
    install_wheel(tmp_path / "own/bin", wheel, extra)
    subprocess.run([tmp_path / "own/bin/python", "-c", f"import {MODULES[extra]}"], cwd=tmp_path, check=True)
    assert run(tmp_path / "own/bin", tmp_path, "--version").returncode == 0
