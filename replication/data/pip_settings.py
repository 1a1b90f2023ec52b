"""What pip is configured with, so that data comes from the same index as the packages did.

pip merges its configuration files and its environment variables itself; `pip config list` prints the result. Where the
environment has no pip, its `PIP_*` variables alone are read.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from dataclasses import dataclass

SECTIONS = ("global", "install", ":env:")
"""Later ones win, as they do in pip."""
KEYS = ("index-url", "extra-index-url", "find-links", "no-index", "trusted-host", "cert")


@dataclass(frozen=True)
class PipSettings:
    """Where pip looks for distributions."""

    find_links: tuple[str, ...]
    """Folders, pages or file addresses that are looked through first."""
    indexes: tuple[str | None, ...]
    """Addresses of simple indexes; None is the default index."""
    trusted_hosts: tuple[str, ...]
    certificates: str | None
    """Path of the certificate authorities to trust."""


def pip_settings() -> PipSettings:
    """Ask pip for its configuration."""
    found = _configured()
    indexes: list[str | None] = [found.get("index-url") or None]
    indexes += found.get("extra-index-url", "").split()
    if found.get("no-index", "").strip().lower() in ("1", "true", "yes", "on", "y", "t"):
        indexes = []
    return PipSettings(
        find_links=tuple(found.get("find-links", "").split()),
        indexes=tuple(indexes),
        trusted_hosts=tuple(found.get("trusted-host", "").split()),
        certificates=found.get("cert") or None,
    )


def _configured() -> dict[str, str]:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    try:
        output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return _from_environment()
    by_section: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in output.splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        if section in by_section and key in KEYS:
            by_section[section][key] = _literal(value)
    return {key: value for section in SECTIONS for key, value in by_section[section].items()}


def _from_environment() -> dict[str, str]:
    names = {key: f"PIP_{key.replace('-', '_').upper()}" for key in KEYS}
    return {key: os.environ[name] for key, name in names.items() if os.environ.get(name)}


def _literal(value: str) -> str:
    """`pip config list` prints values as Python literals."""
    try:
        return str(ast.literal_eval(value))
    except (ValueError, SyntaxError):
        return value
