"""A model with its own random stream and its own precision.

Each network draws its dropout from a stream that depends on the seed, the network's name and the iteration alone. So
a teacher that is trained beside a student meets the same random numbers as one trained alone, and a continued run needs
no saved generator.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Literal, Protocol, TypeVar, cast

import torch
from torch import Tensor, nn

from replication.errors import UserError, nearest
from replication.models.output import Output
from replication.training.batches import Batch

Precision = Literal["bfloat16", "float32"]
Device = Literal["cpu", "cuda"]
Model = TypeVar("Model", bound=nn.Module)


class Layered(Protocol):
    """A model that can be cut at a hidden layer."""

    def until(self, layer: str) -> nn.Module:
        """The modules up to and with that layer."""
        ...


class Streams:
    """Random streams by name, and the device on which what they initialise is trained.

    `position` is the iteration; the loop moves it.
    """

    def __init__(self, seed: int, device: str = "cpu") -> None:
        self.seed = seed
        self.device = torch.device(device)
        self.position = 0
        self._calls: dict[str, int] = {}

    def move(self, position: int) -> None:
        """Start an iteration."""
        self.position = position
        self._calls.clear()

    def seed_next(self, name: str) -> None:
        """Seed torch's generator for the next draw of `name` in this iteration."""
        call = self._calls[name] = self._calls.get(name, -1) + 1
        key = _key(self.seed, name, self.position, call)
        torch.default_generator.manual_seed(key)
        if self.device.type == "cuda":
            torch.cuda.manual_seed(key)

    def initialise(self, name: str, make: Callable[[], Model]) -> Model:
        """Make a module whose initial weights come from the stream of that name; the same on every device."""
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(_key(self.seed, name, "initial", 0))
            return make().to(self.device)


def _key(*parts: object) -> int:
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=8).digest(), "big") >> 1


class Network(nn.Module):
    """A model that reads one kind of input of a batch and returns logits and hidden states in float32."""

    def __init__(self, name: str, model: nn.Module, reads: str, streams: Streams, precision: Precision) -> None:
        super().__init__()
        self.name = name
        self.model = model
        self.reads = reads
        self.streams = streams
        self.precision = precision

    def forward(self, batch: Batch) -> Output:
        """Output for the batch: logits [B, C] and named hidden states."""
        if self.training:
            self.streams.seed_next(self.name)
        return self.read(batch.inputs[self.reads])

    def read(self, inputs: Tensor) -> Output:
        """Output for int64 inputs [B, L], padded at the end, on the network's device."""
        with torch.autocast(self.streams.device.type, dtype=torch.bfloat16, enabled=self.precision == "bfloat16"):
            output: Output = self.model(inputs)
        return Output(output.logits.float(), {name: hidden.float() for name, hidden in output.hidden.items()})

    @property
    def widths(self) -> Mapping[str, int]:
        """The sizes of the hidden states that the model hands out, by name."""
        widths: Mapping[str, int] = getattr(self.model, "widths_of_hidden", {})
        return widths

    def until(self, layer: str) -> nn.Module:
        """The model's modules up to and with a hidden layer.

        Raises:
            UserError: the model has no such layer.
        """
        if layer not in self.widths:
            hint, known = nearest(layer, list(self.widths)), ", ".join(self.widths)
            raise UserError(f"layer {layer!r} of the {self.name}: unknown{hint}; known: {known}")
        return cast(Layered, self.model).until(layer)

    def target(self, batch: Batch) -> Output:
        """Output that serves only as a target: evaluation mode, no gradient."""
        was_training = self.training
        self.eval()
        with torch.no_grad():
            output = self.read(batch.inputs[self.reads])
        self.train(was_training)
        return output

    @torch.no_grad()
    def predict(self, inputs: Tensor, lengths: Tensor, tokens: int = 4096) -> Output:
        """Output for N items in evaluation mode, in the given order; computed by length, so that little is padded.

        Lengths are on the processor; inputs and the output on the network's device.
        """
        was_training = self.training
        self.eval()
        order = torch.argsort(lengths, stable=True)
        parts: list[Output] = []
        start = 0
        while start < len(order):
            end = start + 1
            while end < len(order) and int(lengths[order[end]]) * (end + 1 - start) <= tokens:
                end += 1
            rows = order[start:end]
            parts.append(self.read(inputs[rows, : int(lengths[rows].max())]))
            start = end
        self.train(was_training)
        back = torch.argsort(order)
        hidden = {name: torch.cat([part.hidden[name] for part in parts])[back] for name in parts[0].hidden}
        return Output(torch.cat([part.logits for part in parts])[back], hidden)


def resolve_device(device: str) -> Device:
    """The device to train on; `auto` is the GPU where torch can use one.

    Raises:
        UserError: a GPU is asked for, and torch can use none.
    """
    usable = torch.cuda.is_available()
    if device == "cuda" and not usable:
        built = "finds none" if torch.version.cuda else "is built for processors alone"
        raise UserError(f"device: 'cuda' asks for a GPU, and PyTorch {torch.__version__} {built}; use auto or cpu")
    return "cuda" if usable and device != "cpu" else "cpu"


def resolve_precision(precision: str, device: Device = "cpu") -> Precision:
    """The precision to compute in; `auto` is bfloat16 where the device has instructions for it."""
    if precision == "auto" and device == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
    if precision == "auto":
        capabilities = torch.cpu.get_capabilities()
        native = capabilities.get("avx512_bf16") or capabilities.get("amx_bf16") or capabilities.get("bf16")
        return "bfloat16" if native else "float32"
    return "bfloat16" if precision == "bfloat16" else "float32"
