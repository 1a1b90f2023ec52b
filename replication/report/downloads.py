"""The data behind a figure as a link that works from disk: the JSON stands in the link itself."""

from __future__ import annotations

import base64
import json
from typing import Any

from pydantic import BaseModel


def data_link(data: object) -> str:
    """A `data:` address of `data` as JSON, for `<a download href>`; models of pydantic may stand anywhere in it."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
    return "data:application/json;base64," + base64.b64encode(text.encode("utf-8")).decode("ascii")


def _plain(value: object) -> dict[str, Any]:
    if isinstance(value, BaseModel):
        return value.model_dump()
    raise TypeError(f"{type(value).__name__} has no JSON form")
