"""The methods: one file each, named after its method. See `replication.training.phases` for the contract."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from replication.config import available
from replication.errors import UserError, nearest
from replication.training.phases import Context, MethodSettings, Phase


@dataclass(frozen=True)
class Method:
    """A loaded method file."""

    name: str
    settings: type[MethodSettings]
    phases: Callable[[Context[Any]], Iterator[Phase]]


def load(name: str) -> Method:
    """Load the method of that name.

    Raises:
        UserError: there is no such file, or it does not keep the contract.
    """
    known = available("methods")
    if name not in known:
        raise UserError(f"unknown method {name!r}{nearest(name, known)}; known: {', '.join(known)}")
    module = importlib.import_module(f"{__name__}.{name}")
    settings = getattr(module, "Settings", None)
    phases = getattr(module, "phases", None)
    if not (isinstance(settings, type) and issubclass(settings, MethodSettings) and callable(phases)):
        raise UserError(f"replication/methods/{name}.py: expected a Settings(MethodSettings) and phases(context)")
    return Method(name, settings, phases)
