"""Wheels of a few lines that stand in for PyTorch and what its builds ask for, and an index of them on loopback."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from io import BytesIO

from tests.loopback import Reply

IMPORTABLE = "__version__ = '{version}'\nclass cuda:\n    is_available = staticmethod(lambda: {gpu})\n"


@dataclass(frozen=True)
class Wheel:
    """A pure wheel of one module."""

    name: str
    version: str
    code: str = ""
    requires: tuple[str, ...] = ()

    @property
    def filename(self) -> str:
        return f"{self.name}-{self.version}-py3-none-any.whl"

    @property
    def content(self) -> bytes:
        info = f"{self.name}-{self.version}.dist-info"
        metadata = ["Metadata-Version: 2.1", f"Name: {self.name}", f"Version: {self.version}"]
        metadata += [f"Requires-Dist: {one}" for one in self.requires]
        files = {
            f"{self.name}.py": self.code,
            f"{info}/METADATA": "\n".join(metadata) + "\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
        written = BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            for name, text in {**files, f"{info}/RECORD": record}.items():
                archive.writestr(zipfile.ZipInfo(name), text)
        return written.getvalue()

    @property
    def locked(self) -> str:
        """Its entry in a lock."""
        return f"{self.name}=={self.version} \\\n    --hash=sha256:{hashlib.sha256(self.content).hexdigest()}\n"


def serve(replies: MutableMapping[str, Reply], index: str, wheels: Iterable[Wheel]) -> None:
    """Have the server answer as a package index (PEP 503) below `/index/`."""
    pages: dict[str, list[str]] = {}
    for wheel in wheels:
        replies[f"/{index}/files/{wheel.filename.replace('+', '%2B')}"] = wheel.content
        address = f"/{index}/files/{wheel.filename}".replace("+", "%2B")
        pages.setdefault(wheel.name.replace("_", "-"), []).append(f"<a href='{address}'>{wheel.filename}</a><br>")
    for name, links in pages.items():
        replies[f"/{index}/{name}/"] = f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode()


def versions(listed: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """By name, what `pip list --format json` lists, without pip and setuptools."""
    found = {one["name"].replace("-", "_"): one["version"] for one in listed}
    return {name: version for name, version in found.items() if name not in ("pip", "setuptools")}
