"""`measurements` of params.yaml: the knobs of what is measured beside the tables, and what they ask of the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from replication.strict import Fraction, Positive, Strict

ALONE, TAUGHT = "supervised", "soft_label"
"""The arms of the sweeps: the TextCNN on labels alone, and the one that soft labels teach."""


class Noise(Strict):
    """Training labels flipped on purpose, and what that does to the arms of `replication.results.noise.ARMS`."""

    datasets: list[str]
    """Among the profile's; none leaves the measurement out, here and in the next two."""
    rates: Annotated[list[Fraction], Field(min_length=2)]
    """Shares of the labelled items whose label is flipped, rising from 0."""
    kind: Literal["symmetric", "class_dependent"]
    """`symmetric`: to any other class alike; `class_dependent`: to the next class in the set's order."""
    seed: Annotated[int, Field(ge=0)]
    """Of the flips."""
    seeds: Annotated[list[int], Field(min_length=1)] | None = None
    """Those of the profile's seeds that are trained on flipped labels; null: all."""

    def seeds_of(self, seeds: Sequence[int]) -> Sequence[int]:
        """Of the profile's seeds, those that are trained on flipped labels."""
        return seeds if self.seeds is None else self.seeds


class TemperatureSweep(Strict):
    """The students that learn from soft labels at several temperatures."""

    datasets: list[str]
    temperatures: Annotated[list[Positive], Field(min_length=1)]
    """T of the soft labels; the profile's own `temperature` is always added."""

    def points(self, temperature: float) -> list[float]:
        """All temperatures, the profile's included, from low to high."""
        return sorted({*self.temperatures, temperature})


class SampleSweep(Strict):
    """The students that learn from fewer labels, alone and from a teacher that has seen them all."""

    datasets: list[str]
    sizes: Annotated[list[PositiveInt], Field(min_length=1)]
    """Labelled items, fewer than `preparation.labelled`, which is always added."""


class Cost(Strict):
    """How the cost of serving the teacher and the student is measured."""

    dataset: str
    """Whose validation texts are read."""
    repeats: Annotated[int, Field(ge=5)]
    """How often every text is timed: the repetitions are what the interval comes from."""
    seconds: Positive
    """Aimed at for one setting (a runtime, a number of threads, a batch size), both networks together."""
    warmup: PositiveInt
    """Calls of each network that are not timed, before each setting."""


class Measurements(Strict):
    """What is measured beside the cells of the tables. The pipeline asks for each; a command or report does without."""

    noise: Noise | None = None
    temperature: TemperatureSweep | None = None
    samples: SampleSweep | None = None
    cost: Cost | None = None


def faults(
    measurements: Measurements, datasets: Sequence[str], methods: Sequence[str], seeds: Sequence[int]
) -> Iterator[str]:
    """What is wrong with the measurements beside the profile's datasets, methods and seeds: key and reason."""
    noise, cost = measurements.noise, measurements.cost
    sweeps = {"temperature": measurements.temperature, "samples": measurements.samples}
    named = {key: sweep.datasets for key, sweep in sweeps.items() if sweep} | (
        {"noise": noise.datasets} if noise else {}
    )
    for key, names in named.items():
        for name in names:
            if name not in datasets:
                yield f"{key}.datasets: {name!r} is not among datasets; add it there too"
    if cost and cost.dataset not in datasets:
        yield f"cost.dataset: {cost.dataset!r} is not among datasets; add it there too"
    for key, sweep in sweeps.items():
        for method in (ALONE, TAUGHT):
            if sweep and sweep.datasets and method not in methods:
                yield f"{key}: needs {method!r}, which methods lacks; add it there"
    if noise and (noise.rates[0] != 0 or sorted(set(noise.rates)) != noise.rates):
        yield f"noise.rates: expected rates that rise from 0.0, found {noise.rates}; sort them, each once"
    for seed in noise.seeds or () if noise else ():
        if seed not in seeds:
            yield f"noise.seeds: {seed} is not among seeds, which the teachers have; add it there too"
