"""What the README says of the project holds; its commands are run by `test_pipeline`."""

from __future__ import annotations

import re

from tests.readme import COMMANDS, ELSEWHERE, README, ROOT


def test_the_two_commands_are_named_first() -> None:
    assert COMMANDS[:2] == ["make repro", "make test"]
    assert set(ELSEWHERE) <= set(COMMANDS)


def test_files_that_the_readme_names_exist() -> None:
    names = set(re.findall(r"`((?:replication|tests|baselines|profiles|dvc)[\w/.]*)`", README))
    names |= set(re.findall(r"\]\(([\w/.-]+)\)", README))
    assert len(names) > 6
    assert [name for name in sorted(names) if not (ROOT / name).exists()] == []
