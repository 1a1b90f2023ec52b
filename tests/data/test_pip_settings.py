from __future__ import annotations

import sys
from pathlib import Path

import pytest

from replication.data.pip_settings import PipSettings, pip_settings


def test_nothing_configured_means_the_default_index(bare_pip: None) -> None:
    assert pip_settings() == PipSettings((), (None,), (), None)


def test_environment_beats_the_configuration_file(
    bare_pip: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = tmp_path / "pip.conf"
    configuration.write_text(
        "[global]\nindex-url = https://one.example/simple\nextra-index-url =\n    https://two.example/simple\n"
        "    https://three.example/simple\ntrusted-host = two.example\ncert = ca.pem\n"
        "[install]\nfind-links = wheels\n[list]\nindex-url = https://not-this.example\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(configuration))
    extra = ("https://two.example/simple", "https://three.example/simple")
    expected = PipSettings(("wheels",), ("https://one.example/simple", *extra), ("two.example",), "ca.pem")
    assert pip_settings() == expected
    monkeypatch.setenv("PIP_INDEX_URL", "https://four.example/simple")
    assert pip_settings().indexes == ("https://four.example/simple", *extra)


def test_no_index_leaves_the_folders(bare_pip: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "true")
    monkeypatch.setenv("PIP_FIND_LINKS", "first second")
    assert pip_settings() == PipSettings(("first", "second"), (), (), None)


def test_without_pip_its_environment_variables_count(
    bare_pip: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://two.example/simple")
    assert pip_settings() == PipSettings((), (None, "https://two.example/simple"), (), None)
