"""Route-constrained optimisation: which anchors are taken, for how long, and what of the optimiser goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest
import torch
from torch import Tensor

from replication import methods
from replication.training.loop import fit
from replication.training.phases import Phase
from tests.methods.bench import Bench, Weights, equal, watched, weights
from tests.toy import CLASSES, ITEMS, TRAINING, accuracy, items, loop

POINTS: tuple[int | None, ...] = (25, 50, 75, 100, 125, 150, 175, 200, None)


@dataclass
class MadeRoute:
    """A route whose states say what the test wants them to."""

    training: Sequence[Tensor]
    validation: Sequence[Tensor]
    points: Sequence[int | None] = POINTS
    asked: list[tuple[int | None, bool]] = field(default_factory=list)

    def logits(self, point: int | None) -> Tensor:
        self.asked.append((point, True))
        return self.training[list(self.points).index(point)]

    def on_validation(self, point: int | None) -> Tensor:
        self.asked.append((point, False))
        return self.validation[list(self.points).index(point)]


def growing() -> MadeRoute:
    """States that grow more certain of the true class."""
    final = items().targets["logits"]
    scaled = [final * (number + 1) / len(POINTS) for number in range(len(POINTS))]
    return MadeRoute(scaled, scaled)


def with_divergences(counts: Sequence[int]) -> MadeRoute:
    """States certain of class 0 on so many validation items and even on the rest.

    Towards an even student, such a state's KL is count·log 3/96.
    """
    logits = torch.zeros((len(counts), ITEMS, CLASSES))
    for state, count in zip(logits, counts, strict=True):
        state[:count, 0] = 1000.0
    return MadeRoute(list(logits), list(logits), [*range(1, len(counts)), None])


def even_student(bench: Bench) -> None:
    with torch.no_grad():
        for weight in bench.student.parameters():
            weight.zero_()


def bench(route: MadeRoute, iterations: int = 30, **training: object) -> Bench:
    return Bench(training=TRAINING.model_copy(update={"iterations": iterations, **training}), route=route)


def course(phases: Iterator[Phase]) -> list[tuple[str, int]]:
    """Names and lengths of the phases, as an untrained student meets them."""
    return [(phase.name, phase.iterations) for phase in phases]


def test_equal_intervals_count_back_from_the_end() -> None:
    settings: dict[str, object] = {"temperature": 2.0}
    found = course(bench(growing()).phases("rco", **settings, every=3))
    assert found == [("anchor 75", 10), ("anchor 150", 10), ("anchor end", 10)]
    found = course(bench(growing()).phases("rco", **settings, every=4))
    assert found == [("anchor 25", 10), ("anchor 125", 10), ("anchor end", 10)]
    assert course(bench(growing()).phases("rco", **settings, every=9)) == [("anchor 25", 15), ("anchor end", 15)]


def test_equal_intervals_ask_for_their_anchors_on_the_training_items_alone() -> None:
    route = growing()
    course(bench(route).phases("rco", temperature=2.0, every=3))
    assert route.asked == [(75, True), (150, True), (None, True)]


@pytest.mark.parametrize(
    ("points", "every", "expected"),
    [
        ((25, 50, None), 3, ["25", "end"]),  # validation kept an early state
        ((25, 50, None), 2, ["25", "end"]),
        ((25, 50, 75, None), 3, ["25", "end"]),
        ((25, None), 1, ["25", "end"]),
        ((None,), 3, ["end"]),
    ],
)
def test_a_short_route_has_its_first_state_and_its_end(
    points: tuple[int | None, ...], every: int, expected: list[str]
) -> None:
    whole = growing()
    route = replace(whole, points=points)
    found = course(bench(route).phases("rco", temperature=2.0, every=every))
    assert [name.removeprefix("anchor ") for name, _ in found] == expected
    assert sum(iterations for _, iterations in found) == 30


@pytest.mark.parametrize("strategy", ["equal_interval", "greedy"])
@pytest.mark.parametrize("share", [None, 1, 7, 40])
@pytest.mark.parametrize("iterations", [2, 5, 30, 31])
def test_the_anchors_take_the_budget_exactly_and_end_with_the_final_teacher(
    strategy: str, share: int | None, iterations: int
) -> None:
    on = bench(growing(), iterations)
    phases = on.phases("rco", temperature=2.0, strategy=strategy, anchor_iterations=share, every=2)
    trained = fit(phases, loop(on.data, on.student.streams))
    assert trained.iterations == iterations
    assert sum(record.iterations for record in trained.phases) == iterations
    assert trained.phases[-1].name == "anchor end" and trained.phases[-1].iterations > 0
    assert [record.name for record in trained.phases].count("anchor end") == 1


def test_the_rest_of_a_division_belongs_to_the_last_anchor() -> None:
    found = course(bench(growing(), 31).phases("rco", temperature=2.0, every=3))
    assert [iterations for _, iterations in found] == [10, 10, 11]


@pytest.mark.parametrize(
    ("counts", "delta", "expected"),
    [
        ((2, 3, 5, 6, 7, 13, 16, 30, 50), 2.1, ["1", "2", "4", "5", "6", "7", "8", "end"]),
        ((2, 3, 5, 6, 7, 13, 16, 30, 50), 3.1, ["1", "4", "7", "8", "end"]),
        ((2, 30, 40, 3, 90, 5, 60, 70, 80), 2.0, ["1", "4", "6", "7", "end"]),  # over states that are out of reach
        ((1, 50, 60, 96), 1.0, ["1", "2", "3", "end"]),  # at least the next one
        ((10, 11, 12, 13), 2.0, ["1", "end"]),
    ],
)
def test_greedy_takes_the_farthest_anchor_within_delta(
    counts: tuple[int, ...], delta: float, expected: list[str]
) -> None:
    route = with_divergences(counts)
    on = bench(route)
    even_student(on)
    phases = on.phases("rco", temperature=2.0, strategy="greedy", delta=delta, anchor_iterations=1)
    assert [phase.name.removeprefix("anchor ") for phase in phases] == expected
    taken = [point for point, training_items in route.asked if training_items]
    assert [str(point or "end") for point in taken] == expected, "no other state costs a pass over the training items"


def test_each_anchor_teaches_its_own_phase() -> None:
    route = growing()
    on = bench(route)
    taught = []
    for phase in on.phases("rco", temperature=2.0, every=3):
        on.train_mode()
        taught.append(phase.updates[0].terms(on.batch)["soft"].value.item())
    on.train_mode()
    logits = on.student(on.batch).logits
    for index, found in zip((2, 5, 8), taught, strict=True):
        anchor = (route.training[index][on.batch.rows] / 2.0).softmax(-1)
        kl = (anchor * (anchor.log() - (logits / 2.0).log_softmax(-1))).sum(-1).mean()
        assert found == pytest.approx(4.0 * kl.item(), rel=1e-4)
    assert len(set(taught)) == 3


def test_notes_list_the_anchors_with_the_validation_score_after_each() -> None:
    on = bench(growing(), evaluations=1)
    scores: list[float] = []
    context = on.context("rco", temperature=2.0, every=3)
    phases = methods.load("rco").phases(context)
    fit(
        watched(phases, lambda phase: scores.append(accuracy(on.student, on.held_out))),
        loop(on.data, on.student.streams),
    )
    assert context.notes["restart"] is False
    assert context.notes["anchors"] == [
        {"iteration": iteration, "validation_macro_f1": score}
        for iteration, score in zip((75, 150, None), scores, strict=True)
    ]
    assert scores[-1] > scores[0]


def test_one_schedule_and_one_optimiser_span_all_anchors_unless_restarted() -> None:
    def run(restart: bool) -> tuple[list[float], set[int]]:
        on = bench(growing(), evaluations=30)
        phases = on.phases("rco", temperature=2.0, every=3, restart=restart)
        trained = fit(phases, loop(on.data, on.student.streams))
        steps = {int(state["step"]) for state in trained.optimisers["student"]["state"].values()}
        return [point.learning_rate for point in trained.history], steps

    on = bench(growing(), evaluations=30)
    single = fit(on.phases("soft_label", temperature=2.0), loop(on.data, on.student.streams))
    assert run(False) == ([point.learning_rate for point in single.history], {30})
    rates, steps = run(True)
    assert steps == {10}
    assert rates[:10] == rates[10:20] == rates[20:] and rates[0] == max(rates) > rates[9]


def steps_of(on: Bench, phases: Iterator[Phase]) -> list[Weights]:
    """The student after every iteration."""
    seen: list[Weights] = []
    observed = replace(
        loop(on.data, on.student.streams), on_progress=lambda iterations: seen.append(weights(on.student))
    )
    fit(phases, observed)
    return seen


def test_a_route_that_stands_still_is_soft_labels_from_the_final_teacher_to_the_bit() -> None:
    """The two take the same steps. What may differ is the state kept: soft labels keep the best of the whole training,
    the route the best of its last anchor; so the kept states are equal where both score at the end alone.
    """
    final, on_validation = items(withheld=40).targets["logits"], items().targets["logits"]
    route = MadeRoute([final] * 9, [on_validation] * 9)
    walked, plain = bench(route, evaluations=1), bench(route, evaluations=1)
    on_route = steps_of(walked, walked.phases("rco", temperature=2.0, every=3, hard_weight=0.5))
    on_end = steps_of(plain, plain.phases("soft_label", temperature=2.0, hard_weight=0.5))
    assert len(on_route) == len(on_end) == 30
    assert all(equal(one, other) for one, other in zip(on_route, on_end, strict=True))
    assert equal(weights(walked.student), weights(plain.student))


def test_the_state_kept_is_the_best_of_the_last_anchor() -> None:
    on = bench(growing(), evaluations=10)
    scores: list[float] = []
    states: list[Weights] = []

    def score() -> float:
        states.append(weights(on.student))
        scores.append(-float(len(scores)) if len(scores) != 4 else 1.0)
        return scores[-1]

    def rescored(phases: Iterator[Phase]) -> Iterator[Phase]:
        for phase in phases:
            yield replace(phase, selections=[replace(kept, score=score) for kept in phase.selections])

    fit(rescored(on.phases("rco", temperature=2.0, every=3)), loop(on.data, on.student.streams))
    assert len(scores) == 10, "as many as every arm chooses among; the anchors before are not selected"
    assert equal(weights(on.student), states[4])
