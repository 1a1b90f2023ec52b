"""Makes the environment `.venv`: the locked packages, the build of PyTorch that fits this machine, the project itself.

Which build that is: on Linux without an NVIDIA GPU the one for processors (200 MB), from PyTorch's own index where that
answers; else, and on every other machine, the one that pip's configured index has, with the dependencies that it asks
for itself. PyTorch's wheels on PyPI are built for CUDA on Linux, and load nothing without 4 GB of NVIDIA's libraries.
`TORCH_INDEX` in the environment names another index, whatever the machine; empty, no index but pip's own is asked.

Run by `make`, or by hand: `python3 requirements/install.py`, with `test` or `bench` behind it for their tools. It needs
Python 3.11 with pip and nothing else, and is the one file of the project that runs outside the environment.
"""

from __future__ import annotations

import importlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "requirements"
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
OLDEST = (3, 11)
PARTS = ("pipeline", "test", "bench")
"""The locks, each on top of those before it."""
PROCESSOR_INDEX = "https://download.pytorch.org/whl/cpu"
PATIENCE = 10.0
"""Seconds in which an index has to answer, however long pip is configured to wait."""
GPUS = Path("/proc/driver/nvidia/gpus")
"""Where NVIDIA's driver for Linux lists the GPUs."""
IMPORTED = {
    "pipeline": (
        "torch, replication.measurements.cost, replication.runs.train",
        "dvc.cli, dvc.repo.reproduce, distributed, replication.baselines.tfidf_logistic, replication.data.prepare, "
        "replication.evaluation, replication.report.page",
    ),
    "test": ("pytest",),
    "bench": (),
}
"""What the stages import, in processes side by side, so that it is compiled once."""


def main(part: str) -> None:
    """Make the environment for a part of the locks, or bring the one that is there up to date."""
    if sys.version_info < OLDEST:
        fail("Python 3.11 or newer is needed; name one: make PYTHON=python3.12 ...")
    if part not in PARTS:
        fail(f"{part!r} is no part of the environment; there are {', '.join(PARTS)}")
    sys.path.insert(0, str(ROOT))
    importlib.import_module("replication")  # which refuses Windows in one line
    if not PYTHON.with_name("pip").exists():
        say(f"making {ENVIRONMENT.name} with Python {platform.python_version()}")
        run([sys.executable, "-m", "venv", str(ENVIRONMENT)], "install Python's venv module (Debian: python3-venv)")
    parts = PARTS[: PARTS.index(part) + 1]
    with installing_locked(PYTHON, [LOCKS / f"{name}.lock" for name in parts]):
        install_torch(PYTHON, LOCKS, torch_index(os.environ, sys.platform, has_nvidia_gpu()))
    complete_torch(PYTHON, LOCKS)
    install_project(PYTHON, ROOT)
    verify(PYTHON, parts)
    for name in parts:
        shutil.copyfile(LOCKS / f"{name}.lock", ENVIRONMENT / f"made-from-{name}.lock")


def has_nvidia_gpu() -> bool:
    """Whether NVIDIA's driver finds a GPU here."""
    if GPUS.is_dir() and any(GPUS.iterdir()):
        return True
    try:  # in containers, and under the Windows Subsystem for Linux, the folder may be missing
        listed = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return False
    return listed.returncode == 0 and listed.stdout.startswith("GPU ")


def torch_index(environment: Mapping[str, str], system: str, gpu: bool) -> str | None:
    """The index that PyTorch's build is to be taken from; None: pip's own.

    Args:
        environment: variables; `TORCH_INDEX` decides where it is set, and means pip's own where it is empty.
        system: `sys.platform`.
        gpu: whether there is an NVIDIA GPU.
    """
    wanted = environment.get("TORCH_INDEX")
    if wanted is not None:
        return wanted or None
    return PROCESSOR_INDEX if system == "linux" and not gpu else None


def configured_proxy(python: Path) -> str | None:
    """The proxy that pip is configured with, in a file or a variable of its own."""
    listed = subprocess.run([*pip(python), "config", "list"], capture_output=True, text=True, check=False).stdout
    found = re.findall(r"^\S*\.proxy='(.+)'$", listed, re.MULTILINE)
    return found[-1] if found else None


def answers(index: str, patience: float = PATIENCE, proxy: str | None = None) -> bool:
    """Whether the index can be reached within `patience` seconds.

    A process of its own asks, since looking up a name cannot be bounded within one. A refusal counts as an answer, and
    so does a certificate that Python does not know: pip may be configured for it.

    Args:
        index: address of a package index (PEP 503).
        patience: in seconds.
        proxy: address of the proxy to ask through; None: the one that the environment names, if any.
    """
    environment = {**os.environ, **({"http_proxy": proxy, "https_proxy": proxy} if proxy else {})}
    code = (
        "import ssl, sys, urllib.error, urllib.request\n"
        "try: urllib.request.urlopen(sys.argv[1], timeout=60).close()\n"
        "except urllib.error.HTTPError: pass\n"
        "except urllib.error.URLError as error: sys.exit(not isinstance(error.reason, ssl.SSLError))\n"
    )
    asked = [sys.executable, "-c", code, f"{index.rstrip('/')}/torch/"]
    try:
        done = subprocess.run(asked, env=environment, stderr=subprocess.DEVNULL, check=False, timeout=patience)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


@contextmanager
def installing_locked(python: Path, locks: Sequence[Path]) -> Iterator[None]:
    """Install what locks name, every file held to its hash, while the block runs. A lock is whole: nothing is resolved.

    Two pips side by side take half the time of one. pip would compile every module of every package, most of which
    nothing imports.
    """
    packages = [entry for lock in locks for entry in entries(lock)]
    say(f"installing the {len(packages)} packages of {', '.join(lock.name for lock in locks)}")
    command = [*pip(python), "install", "--quiet", "--no-compile", "--no-deps", "--require-hashes", "--requirement"]
    with temporary_files(["\n".join(packages[half::2]) for half in (0, 1)]) as halves:
        started = [subprocess.Popen([*command, str(half)]) for half in halves if half.read_text(encoding="utf-8")]
        try:
            yield
        finally:
            failed = [one for one in started if one.wait()]
    if failed:
        fail(
            "pip could not install the locked packages; its own words are above. `python3 -m pip config list` says "
            "which index it asks; run the same command again when that answers"
        )


def entries(lock: Path) -> list[str]:
    """The requirements of a lock, each with its hashes."""
    text = "\n".join(line for line in lock.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return [entry for entry in re.split(r"\n(?=\S)", text) if entry.strip()]


def install_torch(python: Path, locks: Path, index: str | None) -> None:
    """Install PyTorch in the version of `torch.lock`, without what it depends on.

    Args:
        python: of the environment.
        locks: the folder of the locks.
        index: where to look for the build first. Where it has none, or is None, pip's own index decides.
    """
    (torch,) = entries(locks / "torch.lock")
    install = [*pip(python), "install", "--no-compile", "--no-deps", torch]
    if index is not None:
        if not answers(index, proxy=configured_proxy(python)):
            say(f"{index} does not answer; taking what pip's own index has of {torch}, up to 2.7 GB with CUDA")
        elif subprocess.run([*install, "--quiet", "--index-url", index], check=False).returncode == 0:
            return
        else:
            say(f"{index} has no {torch} for this machine; taking the build that pip's own index has")
    run(
        install,
        f"see that pip's index has {torch} for Python {platform.python_version()} on this machine, or name one that "
        f"has: TORCH_INDEX={PROCESSOR_INDEX} make env",
    )


def complete_torch(python: Path, locks: Path) -> None:
    """Install what the build of PyTorch asks for itself, at the versions that it asks for, and change no locked one.

    The build for processors asks for nothing that is not locked; that for CUDA asks for NVIDIA's libraries.
    """
    (torch,) = entries(locks / "torch.lock")
    locked = [line.split()[0] for lock in sorted(locks.glob("*.lock")) for line in entries(lock)]
    with temporary_files(["\n".join(locked)]) as (constraints,):
        install = [*pip(python), "install", "--no-compile", "--constraint", str(constraints), torch]
        shown = subprocess.Popen(install, stdout=subprocess.PIPE, text=True)
        assert shown.stdout is not None
        for line in shown.stdout:
            if line.strip().startswith(("Downloading ", "Using cached ")):
                say(f"for PyTorch: {line.strip()}")
        if shown.wait():
            fail(f"pip could not install what {torch} asks for; its own words are above. See that pip's index answers")


def install_project(python: Path, root: Path) -> None:
    """Install the project itself from where it stands, so that checkout and wheel import alike."""
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--editable"]
    run([*pip(python), "install", *options, str(root)], "see that pyproject.toml is as it was committed")


def verify(python: Path, parts: Sequence[str] = ("pipeline",)) -> None:
    """See that the packages fit together and can be imported, PyTorch above all.

    The imports compile what the stages will import, also where PYTHONDONTWRITEBYTECODE would have each of them do it.
    """
    remedy = f"remove {ENVIRONMENT.name} and run `make env` again"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    codes = [f"import {modules}" for part in parts for modules in IMPORTED[part]]
    codes[0] += "; print(torch.__version__, torch.cuda.is_available())"
    output: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    imports = [subprocess.Popen([python, "-c", code], cwd=ROOT, env=environment, **output) for code in codes]
    run([*pip(python), "check"], remedy, quiet=True)
    shown = []
    for one in imports:
        out, error = one.communicate()
        if one.returncode:
            said = (error.strip() or f"exit status {one.returncode}").splitlines()[-1]
            fail(
                f"the environment does not import what it holds ({said}): {remedy}; for another build of PyTorch "
                f"name its index: TORCH_INDEX={PROCESSOR_INDEX} make env"
            )
        shown.append(out)
    version, usable = shown[0].splitlines()[-1].split()
    say(f"PyTorch {version}, {'with' if usable == 'True' else 'without'} a GPU")
    if has_nvidia_gpu() and usable != "True":
        say(
            "there is an NVIDIA GPU that this build cannot use; `nvidia-smi` shows the driver's CUDA version, and "
            f"https://download.pytorch.org/whl has its index: remove {ENVIRONMENT.name} and name it as TORCH_INDEX"
        )


def pip(python: Path) -> list[str]:
    """The words that every call of the environment's pip begins with."""
    return [str(python), "-m", "pip", "--disable-pip-version-check"]


def run(command: Sequence[str], remedy: str, *, quiet: bool = False) -> None:
    """Run a command; where it fails, end with one line that names it and the remedy."""
    output = subprocess.PIPE if quiet else None
    done = subprocess.run(command, check=False, cwd=ROOT, stdout=output, text=True)
    if done.returncode:
        said = f" ({' '.join(done.stdout.split())})" if quiet else ""
        shown = " ".join(command if len(command) < 6 else [*command[:5], "..."])
        fail(f"`{shown}` failed{said}: {remedy}")


@contextmanager
def temporary_files(texts: Sequence[str]) -> Iterator[list[Path]]:
    """Files that hold `texts` and end in `.txt`, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{at}.txt") for at in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text, encoding="utf-8")
        yield paths


def say(line: str) -> None:
    """Tell what is being done."""
    print(line, flush=True)


def fail(line: str) -> NoReturn:
    """End with one line and exit status 1."""
    sys.exit(f"error: {line}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else PARTS[0])
