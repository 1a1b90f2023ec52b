"""How the environment is made, from an index on loopback: no wheel that lies on this machine has a part in it."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from requirements import install
from tests.loopback import Reply
from tests.requirements.made_wheels import IMPORTABLE, Wheel, serve, versions

LOCKED = Wheel("locked_library", "1.0")
NEWER = Wheel("locked_library", "2.0")
DRIVERS = [Wheel("drivers", "7.0", "LOADED = True\n"), Wheel("drivers", "8.0", "raise ImportError('too new')\n")]
FOR_PROCESSORS = Wheel(
    "torch", "2.13.0+cpu", IMPORTABLE.format(version="2.13.0+cpu", gpu=False), ("locked_library",)
)  # fmt: skip
FOR_GPUS = Wheel(
    "torch", "2.13.0", "import drivers\n" + IMPORTABLE.format(version="2.13.0", gpu=True),
    ("locked_library", "drivers==7.0"),
)  # fmt: skip
UNUSABLE = Wheel("torch", "2.13.0", "raise ImportError('libcudnn.so.9: cannot open shared object file')\n")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that has pip alone; nobody changes it."""
    folder = tmp_path_factory.mktemp("empty") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder


@pytest.fixture
def project(tmp_path: Path, empty: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an environment, a lock of one package, and a module that it installs."""
    folder = tmp_path / "a folder 垃圾舆情"
    locks = folder / "requirements"
    locks.mkdir(parents=True)
    (locks / "torch.lock").write_text("# The build varies.\ntorch==2.13.0\n", encoding="utf-8")
    (locks / "pipeline.lock").write_text(f"# Written by a tool.\n{LOCKED.locked}", encoding="utf-8")
    own = Wheel("made_project", "0.1", requires=("torch>=2.13", "locked_library>=1.0"))
    (folder / own.filename).write_bytes(own.content)
    (folder / "backend.py").write_text(
        "import shutil\n"
        "def build_editable(to, config_settings=None, metadata_directory=None):\n"
        f"    shutil.copy({own.filename!r}, to)\n"
        f"    return {own.filename!r}\n",
        encoding="utf-8",
    )
    (folder / "pyproject.toml").write_text(
        "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n", encoding="utf-8"
    )
    shutil.copytree(empty, folder / ".venv", symlinks=True)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(install, "ROOT", folder)
    monkeypatch.setattr(install, "LOCKS", locks)
    monkeypatch.setattr(install, "ENVIRONMENT", folder / ".venv")
    monkeypatch.setattr(install, "PYTHON", folder / ".venv/bin/python")
    monkeypatch.setattr(install, "IMPORTED", {"pipeline": ("torch, locked_library",)})
    return folder


@pytest.fixture
def index(bare_pip: None, address: str, replies: dict[str, Reply], monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of PyTorch's own index; pip's is another, which has the build for GPUs and what it asks for."""
    serve(replies, "simple", [LOCKED, NEWER, *DRIVERS, FOR_GPUS])
    serve(replies, "processors", [FOR_PROCESSORS])
    monkeypatch.setenv("PIP_INDEX_URL", f"{address}/simple")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return f"{address}/processors"


@pytest.fixture
def dead() -> str:
    """Address of an index where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}/processors"


@pytest.fixture
def silent() -> Iterator[str]:
    """Address of an index that takes a connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/processors"


def installed(project: Path) -> dict[str, str]:
    """The packages of a project's environment."""
    command = [str(project / ".venv/bin/python"), "-m", "pip", "list", "--format", "json"]
    return versions(json.loads(subprocess.check_output(command, text=True)))


def test_a_machine_without_a_gpu_takes_the_processor_build_of_pytorchs_index(
    project: Path, index: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "PROCESSOR_INDEX", index)
    monkeypatch.setattr(install, "has_nvidia_gpu", lambda: False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("TORCH_INDEX", raising=False)
    install.main("pipeline")
    assert installed(project) == {"torch": "2.13.0+cpu", "locked_library": "1.0", "made_project": "0.1"}
    lock = project / "requirements/pipeline.lock"
    assert (project / ".venv/made-from-pipeline.lock").read_bytes() == lock.read_bytes()
    assert "PyTorch 2.13.0+cpu, without a GPU" in capfd.readouterr().out


def test_a_gpu_that_the_build_cannot_use_is_told(
    project: Path, index: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "has_nvidia_gpu", lambda: True)
    monkeypatch.setenv("TORCH_INDEX", index)
    install.main("pipeline")
    assert re.search(
        r"^there is an NVIDIA GPU that this build cannot use; .*TORCH_INDEX$", capfd.readouterr().out, re.M
    )


@pytest.mark.usefixtures("index")
def test_where_that_index_is_not_reached_the_index_of_pip_decides_and_its_build_brings_what_it_asks_for(
    project: Path, dead: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TORCH_INDEX", dead)
    install.main("pipeline")
    locked = {"torch": "2.13.0", "locked_library": "1.0", "made_project": "0.1"}
    assert installed(project) == {**locked, "drivers": "7.0"}, "the drivers that it asks for; the locked stay as locked"
    said = capfd.readouterr().out
    assert f"{dead} does not answer" in said
    assert re.search(r"^for PyTorch: Downloading \S*drivers-7\.0", said, re.MULTILINE)


def test_where_that_index_has_no_such_build_the_index_of_pip_decides(
    project: Path, index: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TORCH_INDEX", index.replace("processors", "nothing"))
    install.main("pipeline")
    assert installed(project)["torch"] == "2.13.0"
    assert "has no torch==2.13.0 for this machine" in capfd.readouterr().out


def test_an_index_that_never_answers_costs_seconds_however_long_pip_would_wait(
    silent: str, dead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "180")
    started = time.monotonic()
    assert not install.answers(silent, patience=2.0)
    assert not install.answers(dead)
    assert time.monotonic() - started < 8
    assert install.PATIENCE <= 10, "so that it costs at most 15 s, a slow start of Python included"


@pytest.mark.parametrize("configured", ["variable", "file"])
def test_it_is_asked_through_the_proxy_that_pip_is_configured_with(
    bare_pip: None,
    configured: str,
    address: str,
    replies: dict[str, Reply],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    if configured == "variable":
        monkeypatch.setenv("PIP_PROXY", address)
    else:
        (tmp_path / "pip.conf").write_text(f"[global]\nproxy = {address}\n", encoding="utf-8")
        monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    proxy = install.configured_proxy(Path(sys.executable))
    assert proxy == address
    replies["http://pytorch.invalid/whl/torch/"] = b"here"
    assert install.answers("http://pytorch.invalid/whl", proxy=proxy)
    assert not install.answers("http://pytorch.invalid/whl")


@pytest.mark.parametrize(
    ("environment", "system", "gpu", "expected"),
    [
        ({}, "linux", False, install.PROCESSOR_INDEX),
        ({}, "linux", True, None),
        ({}, "darwin", False, None),
        ({"TORCH_INDEX": "https://example.org/whl"}, "linux", True, "https://example.org/whl"),
        ({"TORCH_INDEX": "https://example.org/whl"}, "darwin", False, "https://example.org/whl"),
        ({"TORCH_INDEX": ""}, "linux", False, None),
    ],
)
def test_which_index_is_asked_first(environment: dict[str, str], system: str, gpu: bool, expected: str | None) -> None:
    assert install.torch_index(environment, system, gpu) == expected


@pytest.mark.parametrize(("listed", "found"), [("GPU 0: NVIDIA H200 (UUID: GPU-0)", True), ("No devices found", False)])
def test_a_gpu_is_found_by_the_drivers_own_command(
    listed: str, found: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = tmp_path / "nvidia-smi"
    command.write_text(f"#!/bin/sh\necho '{listed}'\n", encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setattr(install, "GPUS", tmp_path / "none")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert install.has_nvidia_gpu() is found


def test_a_gpu_is_found_by_the_drivers_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "GPUS", tmp_path)
    monkeypatch.setenv("PATH", "")
    assert not install.has_nvidia_gpu()
    (tmp_path / "0000:65:00.0").mkdir()
    assert install.has_nvidia_gpu()


Breaking = Callable[[Path, dict[str, Reply]], None]


def other_bytes(project: Path, _: dict[str, Reply]) -> None:
    lock = project / "requirements/pipeline.lock"
    lock.write_text(re.sub("sha256:....", "sha256:0000", lock.read_text(encoding="utf-8")), encoding="utf-8")


def no_hash(project: Path, _: dict[str, Reply]) -> None:
    (project / "requirements/pipeline.lock").write_text("locked_library==1.0\n", encoding="utf-8")


def no_torch(_: Path, replies: dict[str, Reply]) -> None:
    del replies["/simple/torch/"]


def broken_torch(_: Path, replies: dict[str, Reply]) -> None:
    del replies["/simple/torch/"]
    serve(replies, "simple", [UNUSABLE])


def unmet(project: Path, _: dict[str, Reply]) -> None:
    (project / "requirements/pipeline.lock").write_text("", encoding="utf-8")
    own = Wheel("made_project", "0.1", requires=("locked_library>=3",))
    (project / own.filename).write_bytes(own.content)


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize(
    ("breaking", "said"),
    [
        (other_bytes, "pip could not install the locked packages"),
        (no_hash, "pip could not install the locked packages"),
        (no_torch, r"see that pip's index has torch==2\.13\.0 .* TORCH_INDEX=\S+ make env$"),
        (
            broken_torch,
            r"ImportError: libcudnn\.so\.9: cannot open shared object file\): remove \.venv and run `make env`",
        ),
        (unmet, r"made-project 0\.1 .*locked-library.*: remove \.venv and run `make env` again$"),
    ],
)
def test_what_fails_is_said_in_one_line_with_a_remedy(
    breaking: Breaking, said: str, project: Path, replies: dict[str, Reply], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_INDEX", "")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    breaking(project, replies)
    with pytest.raises(SystemExit) as ended:
        install.main("pipeline")
    line = str(ended.value.code)
    assert line.startswith("error: ") and "\n" not in line
    assert re.search(said, line)
    assert not (project / ".venv/made-from-pipeline.lock").exists(), "so that the next `make` tries again"


def test_an_old_python_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed"):
        install.main("pipeline")


def test_an_unknown_part_is_refused_in_one_line() -> None:
    with pytest.raises(SystemExit, match=r"'tests' is no part of the environment; there are pipeline, test, bench"):
        install.main("tests")


@pytest.mark.parametrize("command", ["import replication", "import runpy; runpy.run_path('setup.py')"])
def test_windows_is_refused_in_one_line(command: str) -> None:
    code = f"import pathlib, setuptools, os; os.name = 'nt'; {command}"
    root = Path(install.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch("error: Windows is not supported; use Linux, .*\n", done.stderr)
