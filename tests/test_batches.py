from __future__ import annotations

from itertools import islice

import torch

from replication.losses import WITHHELD
from replication.training.batches import Items, stream


def make(count: int, labelled: int) -> Items:
    lengths = torch.arange(count) % 17 + 1
    inputs = torch.ones((count, 17), dtype=torch.int64) * (torch.arange(17)[None] < lengths[:, None])
    labels = torch.where(torch.arange(count) < labelled, 1, WITHHELD)
    targets = {"logits": torch.arange(count, dtype=torch.float32)[:, None]}
    return Items({"pieces": inputs}, {"pieces": lengths}, labels, targets)


def test_an_epoch_meets_every_item_once_but_for_the_rest_of_the_division() -> None:
    epoch = list(islice(stream(make(103, 103), "pieces", 0, 10, 10_000), 10))
    assert [len(rows) for rows in epoch] == [10] * 10
    assert len(set(torch.cat(epoch).tolist())) == 100


def test_epochs_leave_out_different_items() -> None:
    rows = list(islice(stream(make(103, 103), "pieces", 0, 10, 10_000), 60))
    assert len(set(torch.cat(rows).tolist())) == 103


def test_labelled_and_withheld_items_are_mixed_in_the_proportion_of_the_set() -> None:
    items = make(600, 100)
    for rows in islice(stream(items, "pieces", 3, 60, 10_000), 30):
        assert 7 <= int((items.labels[rows] != WITHHELD).sum()) <= 13


def test_token_budget_is_kept_and_no_item_is_lost() -> None:
    items = make(120, 120)
    rows: list[torch.Tensor] = []
    while sum(len(part) for part in rows) < 120:
        rows = list(islice(stream(items, "pieces", 0, 40, 100), len(rows) + 1))
    assert all(int(items.lengths["pieces"][r].max()) * len(r) <= 100 for r in rows)
    assert len(set(torch.cat(rows).tolist())) == 120


def test_batches_hold_similar_lengths() -> None:
    items = make(600, 600)
    spread = [items.lengths["pieces"][r].float().std() for r in islice(stream(items, "pieces", 0, 20, 10_000), 30)]
    assert torch.stack(spread).mean() < 0.7 * items.lengths["pieces"].float().std()


def test_the_order_depends_on_the_seed_alone() -> None:
    first, again, other = (list(islice(stream(make(50, 20), "pieces", s, 8, 999), 12)) for s in (1, 1, 2))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(first, other, strict=True))


def test_a_batch_carries_the_targets_of_its_own_rows_and_is_trimmed() -> None:
    items = make(50, 20)
    rows = torch.tensor([30, 4, 19])
    batch = items.batch(rows, iteration=3, progress=0.5)
    assert batch.targets["logits"][:, 0].tolist() == [30.0, 4.0, 19.0]
    assert batch.inputs["pieces"].shape == (3, int(items.lengths["pieces"][rows].max()))
    assert batch.labels.tolist() == [WITHHELD, 1, 1]


def test_the_labelled_part_of_a_batch_keeps_its_own_rows_inputs_and_targets() -> None:
    items = make(50, 20)
    batch = items.batch(torch.tensor([30, 4, 41, 19]), iteration=3, progress=0.5)
    labelled = batch.labelled()
    assert labelled.rows.tolist() == [4, 19]
    assert labelled.labels.tolist() == [1, 1]
    assert labelled.targets["logits"][:, 0].tolist() == [4.0, 19.0]
    assert torch.equal(labelled.inputs["pieces"], batch.inputs["pieces"][[1, 3]])
    assert (labelled.iteration, labelled.progress) == (3, 0.5)


def test_the_labelled_part_of_a_batch_without_labels_is_empty() -> None:
    labelled = make(50, 20).batch(torch.tensor([30, 41])).labelled()
    assert labelled.rows.tolist() == [] and labelled.inputs["pieces"].shape[0] == 0
