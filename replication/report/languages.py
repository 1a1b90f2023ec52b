"""The languages of the report, and their message catalogues.

The templates are written in English and marked for gettext. `locale/<code>/LC_MESSAGES/messages.po` has the translation
and is compiled in memory, so that there is no second file to keep up to date. `make messages` brings it up to date with
the templates.
"""

from __future__ import annotations

import io
from gettext import NullTranslations
from pathlib import Path
from typing import NamedTuple

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from replication.errors import UserError

LOCALE = Path(__file__).parent / "locale"


class Language(NamedTuple):
    """A language of the report."""

    code: str
    """As in HTML's `lang`."""
    name: str
    """In itself."""
    page: str
    """The file's name."""


ENGLISH = Language("en", "English", "index.html")
CHINESE = Language("zh", "中文", "index.zh.html")
LANGUAGES = (ENGLISH, CHINESE)


def catalogue(language: Language) -> Path:
    """Where a language's messages stand."""
    return LOCALE / language.code / "LC_MESSAGES" / "messages.po"


def translations(language: Language) -> NullTranslations:
    """The messages of a language. English needs none.

    Raises:
        UserError: the catalogue is missing.
    """
    if language == ENGLISH:
        return NullTranslations()
    path = catalogue(language)
    try:
        with path.open("rb") as file:
            messages = read_po(file, locale=language.code)
    except FileNotFoundError as error:
        raise UserError(f"{path}: no messages for {language.name}; install the package with its data files") from error
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled)
