"""A second device without hardware: tensors that compute on the processor and refuse to meet the processor's own.

What a GPU does to a program is that its tensors live elsewhere: an operation on tensors of both places is an error, but
for single numbers, for indices that the processor holds, and for copies. Here the arithmetic is the processor's, so a
training gives what it gives there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.utils import backend_registration
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

NAME = "elsewhere"
aten = torch.ops.aten
MIXING = {aten.index.Tensor, aten.copy_.default, aten._to_copy.default}
"""Operations that take tensors of both places: indices of the processor, and copies."""


class _Backend:
    """What torch asks the module of a device."""

    def is_available(self) -> bool:
        return True

    def is_initialized(self) -> bool:
        return True

    def current_device(self) -> int:
        return 0

    def device_count(self) -> int:
        return 1

    def get_amp_supported_dtype(self) -> Sequence[torch.dtype]:
        return [torch.bfloat16]

    def _is_in_bad_fork(self) -> bool:
        return False

    def manual_seed_all(self, seed: int) -> None:
        """The arithmetic's generator is the processor's."""


@cache
def _register() -> None:
    backend_registration._setup_privateuseone_for_python_backend(NAME, _Backend())


class Elsewhere(Tensor):
    """A tensor of the second device."""

    here: Tensor
    """The same on the processor."""

    @staticmethod
    def __new__(cls: type[Elsewhere], here: Tensor) -> Elsewhere:
        place = torch.device(NAME, 0)
        made = Tensor._make_wrapper_subclass(cls, here.shape, strides=here.stride(), dtype=here.dtype, device=place)
        made.here = here
        return made

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:  # type: ignore[override]
        """What happens to tensors of this device."""
        return _run(func, args, kwargs or {})


class _Mode(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Sees to functions that are given nothing of a device but its name."""
        return _run(func, args, kwargs or {})


def _run(function: Any, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """Do here what is asked for, and put the results where they belong."""
    tensors = [value for value in tree_leaves((arguments, keywords)) if isinstance(value, Tensor)]
    there = [tensor for tensor in tensors if isinstance(tensor, Elsewhere)]
    if there and function not in MIXING and any(tensor.ndim for tensor in tensors if not isinstance(tensor, Elsewhere)):
        raise RuntimeError(f"{function}: tensors on the processor and elsewhere")
    device = keywords.get("device")
    if device is not None:
        keywords = {**keywords, "device": torch.device("cpu")}
    found = function(*tree_map(_here, arguments), **tree_map(_here, keywords))
    changed = isinstance(arguments[0], Elsewhere) if function is aten.copy_.default else bool(there)
    if not (changed if device is None else torch.device(device).type == NAME):
        return found
    known = {id(tensor.here): tensor for tensor in there}
    return tree_map(lambda value: known[id(value)] if id(value) in known else _there(value), found)


def _here(value: Any) -> Any:
    return value.here if isinstance(value, Elsewhere) else value


def _there(value: Any) -> Any:
    return Elsewhere(value) if isinstance(value, Tensor) else value


@contextmanager
def second_device() -> Iterator[str]:
    """Have a second device; gives its name."""
    _register()
    before = torch.__future__.get_swap_module_params_on_conversion()
    torch.__future__.set_swap_module_params_on_conversion(True)
    try:
        with _Mode():  # type: ignore[no-untyped-call]
            yield NAME
    finally:
        torch.__future__.set_swap_module_params_on_conversion(before)
