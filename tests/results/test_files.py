"""Published JSON that is missing or damaged: one line that says what to do about it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from replication.errors import UserError
from replication.results.files import Frozen, read_json


class Shape(Frozen):
    size: int


DAMAGE = [(None, "no such file"), ("{", "not readable as JSON: "), ('{"size": "x"}', "size: Input should be a valid")]


def said_of(path: Path, content: str | None, remedy: str | None = None) -> str:
    if content is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        read_json(path, Shape, remedy)
    return str(caught.value)


def published() -> dict[str, str]:
    """The stage that writes a JSON file of a profile's folder, as dvc.yaml says."""
    stages = YAML(typ="safe").load(Path(__file__).parents[2] / "dvc.yaml")["stages"]
    return {
        name.rpartition("/")[2]: stage
        for stage, said in stages.items()
        for kind in ("outs", "metrics")
        for one in said.get(kind, ())
        for name in ([one] if isinstance(one, str) else one)
        if name.startswith("reports/") and name.endswith(".json")
    }


def test_there_are_files_of_several_stages() -> None:
    assert set(published().values()) == {"evaluate", "verdicts", "cost"}


@pytest.mark.parametrize(("content", "message"), DAMAGE)
@pytest.mark.parametrize(("name", "stage"), published().items())
def test_the_stage_that_writes_it_is_named(
    tmp_path: Path, name: str, stage: str, content: str | None, message: str
) -> None:
    path = tmp_path / "reports/smoke" / name
    said = said_of(path, content)
    assert said.startswith(f"{path}: {message}") and said.endswith(f"; run `dvc repro {stage}`") and "\n" not in said


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("gradients/titles/symmetric-0.4/seed1/gradients.json", "gradients@titles"),
        ("checkpoint/source.json", "checkpoint"),
    ],
)
def test_of_a_file_that_a_stage_left_in_build_too(tmp_path: Path, name: str, stage: str) -> None:
    assert said_of(tmp_path / "build" / name, "{").endswith(f"; run `dvc repro {stage}`")


@pytest.mark.parametrize(("content", "message"), DAMAGE)
def test_a_remedy_of_the_readers_own_is_said_instead(tmp_path: Path, content: str | None, message: str) -> None:
    said = said_of(tmp_path / "smoke.json", content, "restore the file from git")
    assert message in said and re.search(r"; restore the file from git$", said)


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text('{"size": 3}', encoding="utf-8")
    assert read_json(path, Shape) == Shape(size=3)
