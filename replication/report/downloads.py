"""The data of a figure as a link that works from the page itself."""

from __future__ import annotations

import base64
import json


def data_link(data: object) -> str:
    """The address of `data` as JSON inside the page."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "data:application/json;base64," + base64.b64encode(text.encode("utf-8")).decode("ascii")
