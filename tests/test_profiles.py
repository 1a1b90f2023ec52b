from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from replication import profiles
from replication.errors import UserError
from replication.params import load

ROOT = Path(__file__).parents[1]


@pytest.fixture
def params(tmp_path: Path) -> Path:
    return Path(shutil.copy(ROOT / "params.yaml", tmp_path / "params.yaml"))


def test_smoke_is_merged_and_comments_stay(params: Path) -> None:
    before = load(params)
    changes = profiles.put_on("smoke", params, ROOT / "profiles")
    after = load(params)
    assert after.profile == "smoke" and after.teacher.layers < before.teacher.layers
    assert after.temperature == before.temperature and after.teacher.dropout == before.teacher.dropout
    assert set(after.methods) < set(before.methods) and after.method_settings["rco"] == before.method_settings["rco"]
    assert f"profile: {before.profile} -> smoke" in changes
    assert "# T of the soft targets" in params.read_text(encoding="utf-8")


def test_a_second_profile_is_refused(params: Path) -> None:
    profiles.put_on("smoke", params, ROOT / "profiles")
    text = params.read_bytes()
    with pytest.raises(UserError, match=r"holds the profile 'smoke'; go back to 'default' first"):
        profiles.put_on("public", params, ROOT / "profiles")
    assert params.read_bytes() == text


def test_a_profile_that_is_on_stays_on_so_that_its_command_can_be_given_again(params: Path) -> None:
    profiles.put_on("smoke", params, ROOT / "profiles")
    text = params.read_bytes()
    assert profiles.put_on("smoke", params, ROOT / "profiles") == []
    assert params.read_bytes() == text
    changes, shown = profiles.show("smoke", params, ROOT / "profiles")
    assert changes == [] and shown == load(params)


def test_an_unknown_profile_is_named(params: Path) -> None:
    with pytest.raises(UserError, match=r"unknown profile 'smoak' \(did you mean 'smoke'\?\)"):
        profiles.put_on("smoak", params, ROOT / "profiles")


def test_an_overlay_that_is_not_allowed_changes_nothing(params: Path, tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles/odd.yaml").write_text("profile: odd\ntemperature: -1\n", encoding="utf-8")
    text = params.read_bytes()
    with pytest.raises(UserError, match=r"odd\.yaml: temperature: -1 is not allowed"):
        profiles.put_on("odd", params, tmp_path / "profiles")
    assert params.read_bytes() == text


def test_the_hint_of_paper_is_a_middle_layer() -> None:
    _, parameters = profiles.show("paper", ROOT / "params.yaml", ROOT / "profiles")
    teacher, settings = parameters.teacher, parameters.method_settings["fitnets"]
    assert (teacher.frozen_layers, teacher.hidden_layers) == (0, [teacher.layers // 2])
    assert settings["hint_layer"] == teacher.layers // 2 and settings["tau"] == 3.0


def test_a_profile_that_every_command_would_refuse_is_not_written(params: Path) -> None:
    text = params.read_text(encoding="utf-8").replace("labelled: 800", "labelled: 300")
    params.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"public\.yaml: measurements\.samples\.sizes: 400: expected fewer than prep"):
        profiles.put_on("public", params, ROOT / "profiles")
    assert params.read_text(encoding="utf-8") == text


def test_the_committed_results_of_public_are_of_the_profile_as_it_stands() -> None:
    _, parameters = profiles.show("public", ROOT / "params.yaml", ROOT / "profiles")
    published = json.loads((ROOT / "reports/public/results.json").read_text(encoding="utf-8"))["parameters"]
    wanted = parameters.of_results()
    assert published == wanted
    assert wanted["student"]["budgets"].keys() <= set(parameters.datasets), "nothing of other sets"
    assert wanted["parallel"].keys() == {"threads"}
