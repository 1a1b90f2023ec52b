"""The table of contents, made from the sections themselves, so that no list of them has to be kept."""

from __future__ import annotations

import html
import re
from typing import NamedTuple

HEADING = re.compile(r'<h2 id="(?P<id>[^"]+)">(?P<text>.*?)(?= <a class="anchor")', re.DOTALL)
"""A section's heading, as the macro `heading` of `templates/parts.html.j2` writes it."""


class Entry(NamedTuple):
    """A section in the table of contents."""

    id: str
    number: int
    text: str
    """Plain, to be escaped where it is shown."""


class Contents(NamedTuple):
    """Sections whose headings have numbers, and the list of them."""

    entries: list[Entry]
    body: str


def numbered(body: str) -> Contents:
    """Number the sections' headings in the order in which they stand."""
    entries: list[Entry] = []

    def number(found: re.Match[str]) -> str:
        entries.append(Entry(found["id"], len(entries) + 1, html.unescape(re.sub(r"<[^>]+>", "", found["text"]))))
        return f'<h2 id="{found["id"]}">{len(entries)} {found["text"]}'

    return Contents(entries, HEADING.sub(number, body))
