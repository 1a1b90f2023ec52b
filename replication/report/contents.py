"""The table of contents, made from the sections themselves, so that no list of them has to be kept."""

from __future__ import annotations

import re
from typing import NamedTuple

from markupsafe import Markup

HEADING = re.compile(r'<h2 id="(?P<id>[^"]+)">(?P<text>.*?)(?= <a class="anchor")', re.DOTALL)
"""A section's heading, as the macro `heading` of `templates/parts.html.j2` writes it."""


class Entry(NamedTuple):
    """A section in the table of contents."""

    id: str
    number: int
    text: str


class Contents(NamedTuple):
    """Sections whose headings have numbers, and the list of them."""

    entries: list[Entry]
    body: Markup


def numbered(body: str) -> Contents:
    """Number the sections' headings in the order in which they stand."""
    entries: list[Entry] = []

    def number(found: re.Match[str]) -> str:
        entries.append(Entry(found["id"], len(entries) + 1, Markup(found["text"]).striptags()))
        return f'<h2 id="{found["id"]}">{len(entries)} {found["text"]}'

    text = HEADING.sub(number, body)
    return Contents(entries, Markup(text))
