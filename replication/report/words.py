"""A language's words: `templates/<language>/words.html.j2`, so that no sentence stands in Python."""

from __future__ import annotations

import html

from jinja2 import Environment

from replication.results.cards import DataCard


class Words:
    """The texts of figures and names in one language."""

    def __init__(self, environment: Environment, language: str) -> None:
        """Load the words of `language`."""
        self._module = environment.get_template(f"{language}/words.html.j2").module

    def text(self, key: str, **values: object) -> str:
        """The plain text of a macro, white space collapsed. What is put into a page or a figure is escaped there."""
        text = str(getattr(self._module, key)(**values))
        return html.unescape(" ".join(text.split()))

    def name(self, method: str, model: str) -> str:
        """What a method's model is called."""
        return self.text("name", method=method, model=model)

    def dataset(self, card: DataCard) -> str:
        """What a dataset is called; a made one is called so wherever its numbers stand."""
        return self.text("dataset", card=card)
