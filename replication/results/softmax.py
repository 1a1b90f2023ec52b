"""`temperature.json`: the teacher's softmax over temperatures, by dataset."""

from __future__ import annotations

from replication.results.files import Frozen


class TemperatureItem(Frozen):
    """A real validation item, names and long runs of digits masked, and the teacher's logits for it."""

    text: str
    label: int
    logits: list[float]


class TemperatureResult(Frozen):
    """How even the teacher's softmax is at each temperature; entropies in nats."""

    classes: list[str]
    temperature: float
    """The profile's."""
    grid: list[float]
    entropy: dict[int, list[float]]
    """Mean over validation items at each temperature of the grid, by teacher seed."""
    rises: bool
    """Whether it never falls from one temperature to the next, for any teacher; judged before rounding."""
    log_classes: float
    items: list[TemperatureItem]
