"""What the README says of the project holds; its commands are run by `test_pipeline`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from replication.report.numbers import duration
from replication.results.cells import Results
from replication.results.files import read_json
from tests.readme import COMMANDS, ELSEWHERE, README, ROOT


def test_the_two_commands_are_named_first() -> None:
    assert COMMANDS[:2] == ["make repro", "make test"]
    assert set(ELSEWHERE) <= set(COMMANDS)


def test_files_that_the_readme_names_exist() -> None:
    names = set(re.findall(r"`((?:replication|tests|baselines|profiles|dvc)[\w/.]*)`", README))
    names |= set(re.findall(r"\]\(([\w/.-]+)\)", README))
    assert len(names) > 6
    assert [name for name in sorted(names) if not (ROOT / name).exists()] == []


def test_the_trainings_time_is_that_of_the_records_each_run_once(publication: Path) -> None:
    results = read_json(publication / "reports/default/results.json", Results)
    runs = [cell for dataset in results.datasets for cell in dataset.cells if not cell.joint_teacher]
    seconds = 60 * round(sum(seed.seconds for cell in runs for seed in cell.present) / 60)
    said = " ".join((publication / "README.md").read_text(encoding="utf-8").split())
    assert f"trainings behind the tables were {duration(seconds).removesuffix(' 0 s')} of one process" in said


@pytest.mark.parametrize("name", ["README.md", "Makefile", "replication/report/templates/provenance.html.j2"])
def test_a_profile_is_taken_off_by_one_and_the_same_command(name: str) -> None:
    found = re.findall(r"git checkout [\w. ]*\w", (ROOT / name).read_text(encoding="utf-8"))
    assert found and set(found) == {"git checkout params.yaml dvc.lock"}
