"""Data of a figure as a link that a reader can save without a network."""

from __future__ import annotations

import base64
import json


def data_link(data: object) -> str:
    """A `data:` address of the JSON text of `data`, keys sorted."""
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return "data:application/json;base64," + base64.b64encode(text.encode()).decode("ascii")
