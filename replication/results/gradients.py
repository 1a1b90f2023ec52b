"""How gradients align where labels are flipped: what a run leaves for `evaluate`, and `gradients.json`.

Cosines are with the gradient of cross-entropy on the true labels. `hard` is the gradient of cross-entropy on the noisy
labels, `soft` that of the loss towards the teacher, `mix` that of their weighted sum. All are of labelled items;
a training step has pool items beside them, which have no label.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from replication.results.cells import Interval
from replication.results.comparisons import Comparison
from replication.results.files import Frozen

MomentName = Literal["start", "middle", "end"]
MOMENTS: tuple[MomentName, ...] = ("start", "middle", "end")
"""Before the first update, after half of them, and after the last."""
Scope = Literal["all", "flipped"]
SCOPES: tuple[Scope, ...] = ("all", "flipped")
"""All items of a batch, or those whose label is flipped."""
Space = Literal["parameters", "logits"]
SPACES: tuple[Space, ...] = ("parameters", "logits")


class Cosines(Frozen):
    """Cosines with the gradient of the true labels, each [batches]."""

    scope: Scope
    space: Space
    hard: list[float]
    soft: list[float]
    mix: list[float]


class Pull(Frozen):
    """A flipped item in the simplex of three classes: the noisy label's, the true one, and all the rest together."""

    student: list[float]
    """Its probabilities, adding up to 1."""
    clean: list[float]
    """How they change, per unit of step, down the logit gradient of the true label's loss; adds up to 0."""
    noisy: list[float]
    """The same for the noisy label's loss."""
    soft: list[float]
    """The same for the loss towards the teacher."""


class Moment(Frozen):
    """One look at a student under way."""

    name: MomentName
    iteration: int
    cosines: list[Cosines]
    corrected: list[bool]
    """By flipped item: the soft gradient pushes the true class up, and the hard one pushes it down."""
    outweighed: list[bool]
    """By flipped item: the mix pushes the true class up."""
    pulls: list[Pull]
    """Of the shown items."""


class ShownItem(Frozen):
    """A flipped item to show, names and long runs of digits masked; class indices."""

    text: str
    truth: int
    noisy: int
    teacher: list[float]
    """The teacher's probabilities at the temperature of the soft loss, as in `Pull`."""


class SeedGradients(Frozen):
    """What one run leaves."""

    seed: int
    run: str
    """Identity of the run of which this is a second look."""
    labelled: int
    flipped: int
    temperature: float
    items: list[ShownItem]
    moments: list[Moment]


class CosineRow(Frozen):
    """Mean cosines at one rate."""

    rate: float
    moment: MomentName
    scope: Scope
    space: Space
    hard: Interval
    soft: Interval
    mix: Interval
    gain: Interval
    """`mix` minus `hard`."""


class CorrectionRow(Frozen):
    """Shares of the flipped items at one rate."""

    rate: float
    moment: MomentName
    flipped: int
    corrected: Interval
    outweighed: Interval


class SimplexPicture(Frozen):
    """Flipped items of one seed at one rate, at one moment."""

    rate: float
    seed: int
    moment: MomentName
    iteration: int
    temperature: float
    items: list[ShownItem]
    pulls: list[Pull]


class GradientSet(Frozen):
    """One dataset."""

    dataset: str
    classes: list[str]
    seeds: dict[str, list[int]]
    """With a finished measurement, by rate (as `%g` writes it)."""
    labelled: int
    missing: list[str]
    """Why measurements are missing."""
    cosines: list[CosineRow]
    corrections: list[CorrectionRow]
    simplex: SimplexPicture | None
    """None where the set has but two classes."""


class GradientResult(Frozen):
    """`gradients.json`."""

    kind: str
    rates: list[float]
    confidence: float
    sets: list[GradientSet]
    comparisons: list[Comparison]
    """At each rate, cos(mix, clean) minus cos(hard, clean) in the space of the parameters, over all items, the mean of
    the three moments."""
    unmeasured: list[str] = Field(default_factory=list)
    """Parts of the claim that some set has no comparison of."""
