"""Find a distribution's file in the index that pip is configured with (PEP 503/691), by exact name and sha256."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import httpx2
from unearth import Link, PackageFinder
from unearth.auth import MultiDomainBasicAuth
from unearth.fetchers import Fetcher, PyPIClient

from replication.data.downloads import MIRROR, Address
from replication.data.pip_settings import PipSettings, pip_settings
from replication.errors import UserError


class _Notes(logging.Handler):
    """Keeps what unearth warns of, for the error message; it skips unreachable or untrusted places without raising."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(" ".join(record.getMessage().split()))


def find_package(project: str, version: str, filename: str, sha256: str) -> Address:
    """Ask each of pip's places in turn for `filename`.

    Raises:
        UserError: no place has it (with what each one answered), or the index lists it with another sha256.
    """
    settings = pip_settings()
    notes = _Notes()
    logger = logging.getLogger("unearth")
    logger.addHandler(notes)
    try:
        for link, source in _links(settings, project, notes):
            if link.filename != filename:
                continue
            offered = (link.hash_option or {}).get("sha256", [sha256])
            if sha256 in offered:
                return _address(link, source, settings)
            notes.lines.append(f"{link.redacted} is listed with sha256 {offered[0]}, expected {sha256}")
    finally:
        logger.removeHandler(notes)
    answers = "; ".join(dict.fromkeys(notes.lines)) or "no place lists it"
    raise UserError(
        f"{filename}: not found in the package index ({answers}). Point pip at an index that has {project} {version} "
        f"(PIP_INDEX_URL or pip.conf), or put the file at {MIRROR}/pypi/{project}/{version}/{filename}"
    )


def _links(settings: PipSettings, project: str, notes: _Notes) -> Iterator[tuple[Link, str | None]]:
    """Links of a project's files, of any platform, with the place that lists them. A dead place is noted and passed."""
    for place in settings.find_links:
        options: dict[str, list[str]] = {"find_links": [str(Path(place).expanduser()) if "://" not in place else place]}
        yield from _links_of(settings, project, notes, place, options)
    for index in settings.indexes:
        yield from _links_of(settings, project, notes, index, {"index_urls": [index]} if index else {})


def _links_of(
    settings: PipSettings, project: str, notes: _Notes, place: str | None, options: dict[str, list[str]]
) -> Iterator[tuple[Link, str | None]]:
    verify: ssl.SSLContext | bool = True
    try:
        if settings.certificates:
            verify = ssl.create_default_context(cafile=settings.certificates)
        with PyPIClient(trusted_hosts=settings.trusted_hosts, verify=verify, follow_redirects=True) as session:
            session.auth = MultiDomainBasicAuth(prompting=False, index_urls=[place] if place else [])
            finder = PackageFinder(
                cast(Fetcher, session),
                index_urls=options.get("index_urls", ()),
                find_links=options.get("find_links", ()),
                ignore_compatibility=True,
            )
            for package in finder.find_all_packages(project, allow_yanked=True):
                yield package.link, place
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        name = Link(place).redacted if place else "the default index"
        notes.lines.append(f"{name}: {' '.join(str(error).split()) or type(error).__name__}")


def _address(link: Link, place: str | None, settings: PipSettings) -> Address:
    """The link's address without its fragment and credentials; those of the index count for files on its own host."""
    credentials, url = Link(link.url_without_fragment).split_auth()
    host = link.parsed.hostname or ""
    if credentials is None and place and Link(place).parsed.hostname == host:
        credentials, _ = Link(place).split_auth()
    trusted = {host, f"{host}:{link.parsed.port}"} & set(settings.trusted_hosts)
    return Address(
        url,
        credentials=(credentials[0], credentials[1] or "") if credentials else None,
        verify=False if trusted else settings.certificates or True,
    )
