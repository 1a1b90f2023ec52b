"""`cost.json`: what the teacher and the student cost to serve, measured on one machine."""

from __future__ import annotations

from typing import Literal

from replication.results.comparisons import Comparison
from replication.results.files import Frozen

Role = Literal["teacher", "student"]
Runtime = Literal["pytorch", "onnxruntime"]


class NetworkCost(Frozen):
    """A network's size."""

    role: Role
    parameters: int
    """Frozen ones included."""
    weights_bytes: int
    """Of the safetensors file, float32."""
    onnx_bytes: int
    flops: float
    """Mean of the texts: matrix products and convolutions, a multiplication and an addition counting as two."""
    length: float
    """Mean length of the texts as it reads them: the teacher's pieces, the student's characters."""
    difference: float
    """Largest difference between a logit in PyTorch and in ONNX Runtime."""


class Latency(Frozen):
    """The time of calls of one network under one setting, from inputs as numbers to logits."""

    role: Role
    runtime: Runtime
    threads: int
    batch: int
    """Texts in a call."""
    calls: int
    p50: float
    """Milliseconds of a call: the median; then the 95th and 99th percentile."""
    p95: float
    p99: float
    items_per_second: float
    """Texts of all calls over the time of all calls."""


class YardstickLatency(Frozen):
    """The time of calls of a yardstick on one thread, from the texts to the answer."""

    batch: int
    """Texts in a call."""
    calls: int
    p50: float
    """Milliseconds of a call: the median."""
    items_per_second: float
    """Texts of all calls over the time of all calls."""


class YardstickCost(Frozen):
    """What a classifier without a network costs, in scikit-learn."""

    name: str
    parameters: int
    weights_bytes: int
    """Of the numbers and n-grams that it keeps."""
    latencies: list[YardstickLatency]


class CostResult(Frozen):
    """`cost.json`."""

    dataset: str
    method: str
    """Of the student that was measured; every method's has the same architecture."""
    texts: int
    """Real texts of the validation set that were timed one at a time."""
    repeats: int
    opset: int
    tolerance: float
    """Absolute and relative, that the runtimes' logits may differ by."""
    processor: str
    cores: int
    """Processors that the measurement could use: what `all threads` means."""
    versions: dict[str, str]
    networks: list[NetworkCost]
    latencies: list[Latency]
    comparisons: list[Comparison]
    yardstick: YardstickCost | None = None
    """Of a profile that has `tfidf_logistic` among its yardsticks."""

    def network(self, role: Role) -> NetworkCost:
        """One of the two."""
        return next(one for one in self.networks if one.role == role)

    def latency(self, role: Role, runtime: Runtime, threads: int, batch: int) -> Latency:
        """One measurement, which must be there."""
        wanted = (role, runtime, threads, batch)
        return next(one for one in self.latencies if (one.role, one.runtime, one.threads, one.batch) == wanted)
