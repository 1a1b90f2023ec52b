"""The data behind a figure as a link that the page carries along."""

from __future__ import annotations

import base64
import json


def data_link(data: object) -> str:
    """A `data:` address of JSON; the same data gives the same address."""
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)
    return f"data:application/json;base64,{base64.b64encode(text.encode()).decode()}"
