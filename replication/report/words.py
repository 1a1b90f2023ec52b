"""The words of figures and names, so that no sentence stands in Python.

They are macros in `templates/words/*.html.j2`, in the language that the environment speaks.
"""

from __future__ import annotations

import html
from typing import Any

from jinja2 import Environment

from replication.results.cards import DataCard


class Words:
    """The texts of figures and names in one language."""

    def __init__(self, environment: Environment) -> None:
        """Load every file of words."""
        self._macros: dict[str, Any] = {}
        for file in environment.list_templates(filter_func=_is_words):
            self._macros |= vars(environment.get_template(file).module)

    def text(self, key: str, **values: object) -> str:
        """The plain text of a macro, white space collapsed. What is put into a page or a figure is escaped there."""
        text = str(self._macros[key](**values))
        return html.unescape(" ".join(text.split()))

    def name(self, method: str, model: str) -> str:
        """What a method's model is called."""
        return self.text("name", method=method, model=model)

    def dataset(self, card: DataCard) -> str:
        """What a dataset is called; a made one is called so wherever its numbers stand."""
        return self.text("dataset", card=card)


def _is_words(file: str) -> bool:
    return file.startswith("words/")
