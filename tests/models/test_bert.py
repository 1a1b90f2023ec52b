from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional
from transformers import BertModel

from replication.errors import UserError
from replication.models.bert import Bert, BertOnStates, kept_layers, load_bert, masked_mean
from replication.models.tokeniser import Tokeniser
from tests.models.tiny import LAYERS, teacher

TEXTS = ["房间很好", "不好", "服务很不好的房间了"]


def load(folder: Path, layers: int = LAYERS, hidden: tuple[int, ...] = (), seed: int = 1) -> Bert:
    torch.manual_seed(seed)
    return load_bert(folder, 3, teacher(layers), hidden).eval()


@pytest.mark.parametrize(
    ("available", "kept", "expected"),
    [
        (12, 12, list(range(12))),
        (12, 6, [1, 3, 5, 7, 9, 11]),
        (12, 4, [2, 5, 8, 11]),
        (12, 5, [1, 3, 6, 8, 11]),
        (5, 1, [4]),
    ],
)
def test_kept_layers_are_evenly_spaced_and_end_with_the_last(available: int, kept: int, expected: list[int]) -> None:
    assert kept_layers(available, kept) == expected


def test_more_layers_than_there_are_is_an_error(tiny: Path) -> None:
    with pytest.raises(UserError, match=r"teacher\.layers: 6 is not allowed: expected 1 to 5"):
        load(tiny, layers=6)


def test_padding_changes_nothing(tiny: Path) -> None:
    model, tokens = load(tiny, hidden=(1, 5)), Tokeniser(tiny)
    together = model(tokens(TEXTS, 16))
    for row, text in enumerate(TEXTS):
        alone = model(tokens([text], 16))
        torch.testing.assert_close(alone.logits[0], together.logits[row], rtol=1e-4, atol=1e-6)
        torch.testing.assert_close(alone.hidden["layer5"][0], together.hidden["layer5"][row], rtol=1e-4, atol=1e-6)


def test_a_given_mask_is_used_in_place_of_the_padding(tiny: Path) -> None:
    model, tokens = load(tiny), Tokeniser(tiny)
    ids = tokens(TEXTS[:1], 16)
    longer = functional.pad(ids, (0, 2), value=9)
    mask = functional.pad(torch.ones_like(ids), (0, 2))
    torch.testing.assert_close(model(longer, mask).logits, model(ids).logits, rtol=1e-4, atol=1e-6)


def test_logits_are_what_transformers_own_classes_compute(tiny: Path) -> None:
    """With a trained pooler in the checkpoint: segments 0, positions from 0, the pooler's state classified."""
    model, ids = load(tiny), Tokeniser(tiny)(TEXTS, 16)
    encoder = BertModel.from_pretrained(tiny)
    pooled = encoder(input_ids=ids, attention_mask=(ids != 0).long()).pooler_output
    expected = functional.linear(pooled, model.network.classifier.weight, model.network.classifier.bias)
    torch.testing.assert_close(model(ids).logits, expected, rtol=1e-4, atol=1e-6)


def test_kept_layers_are_run_one_after_the_other_and_handed_out(tiny: Path) -> None:
    model, ids = load(tiny, layers=2, hidden=(1, 2)), Tokeniser(tiny)(["服务很不好"], 16)
    encoder = BertModel.from_pretrained(tiny)
    states: Tensor = encoder.embeddings(input_ids=ids)
    means = []
    for number in (1, 4):
        states = encoder.encoder.layer[number](states)
        means.append(states.mean(dim=1))
    output = model(ids)
    assert sorted(output.hidden) == ["layer1", "layer2"]
    torch.testing.assert_close(output.hidden["layer1"], means[0], rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(output.hidden["layer2"], means[1], rtol=1e-4, atol=1e-6)
    assert load(tiny)(ids).hidden == {}


def test_a_hidden_layer_that_is_not_there_is_an_error(tiny: Path) -> None:
    with pytest.raises(UserError, match="hidden layer 3: expected 1 to 2"):
        load(tiny, layers=2, hidden=(3,))


def test_the_seed_decides_the_head_alone(tiny: Path) -> None:
    first, same, other = (load(tiny, seed=seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(first[name], same[name]) for name in first)
    assert [name for name in first if not torch.equal(first[name], other[name])] == ["network.classifier.weight"]


def test_dropout_is_of_the_hidden_states_and_only_acts_in_training(tiny: Path) -> None:
    model = load_bert(tiny, 3, teacher(LAYERS, dropout=0.3))
    rates = {module.p for module in model.modules() if isinstance(module, torch.nn.Dropout)}
    assert rates == {0.0, 0.3}
    assert model.network.config.attention_probs_dropout_prob == 0.0
    assert model.network.config.hidden_dropout_prob == model.network.config.classifier_dropout == 0.3
    ids = Tokeniser(tiny)(TEXTS, 16)
    assert not torch.equal(model.train()(ids).logits, model(ids).logits)
    assert torch.equal(model.eval()(ids).logits, model(ids).logits)


@pytest.mark.parametrize("frozen", [0, 2])
def test_everything_above_the_embeddings_and_the_frozen_layers_learns(tiny: Path, frozen: int) -> None:
    model = load_bert(tiny, 3, teacher(LAYERS).model_copy(update={"frozen_layers": frozen}))
    ids = Tokeniser(tiny)(TEXTS, 16)
    torch.autograd.backward(functional.cross_entropy(model(ids).logits, torch.tensor([0, 1, 2])))
    still = {name.split(".", 2)[2] for name, parameter in model.named_parameters() if parameter.grad is None}
    assert {name.split(".")[0] for name in still if not name.startswith("encoder")} == {"embeddings"}
    assert {name.split(".")[2] for name in still if name.startswith("encoder")} == {str(n) for n in range(frozen)}


def test_freezing_every_layer_is_an_error(tiny: Path) -> None:
    with pytest.raises(
        UserError, match=rf"teacher\.frozen_layers: {LAYERS} is not allowed: expected 0 to {LAYERS - 1}"
    ):
        load_bert(tiny, 3, teacher(LAYERS).model_copy(update={"frozen_layers": LAYERS}))


def test_the_mean_leaves_padding_out() -> None:
    states = torch.tensor([[[1.0, 2.0], [3.0, 6.0], [9.0, 9.0]]])
    assert masked_mean(states, torch.tensor([[1, 1, 0]])).tolist() == [[2.0, 4.0]]


def test_tokeniser_pads_and_cuts(tiny: Path) -> None:
    tokens = Tokeniser(tiny)
    ids = tokens(["好", "好好好好好好好好好好", "X"], 8)
    assert ids.dtype == torch.long
    assert ids.tolist() == [[2, 5, 3, 0, 0, 0, 0, 0], [2, 5, 5, 5, 5, 5, 5, 3], [2, 1, 3, 0, 0, 0, 0, 0]]
    assert tokens(["好" * 9], 4).tolist() == [[2, 5, 5, 3]]
    assert tokens([], 8).shape == (0, 0)
    inside = tokens(["好[PAD]好", "好好[PAD][PAD]"], 8)
    assert inside.tolist() == [[2, 5, 5, 3], [2, 5, 5, 3]], "no padding inside a text"


def test_more_tokens_than_positions_is_an_error(tiny: Path) -> None:
    with pytest.raises(UserError, match=r"teacher\.max_tokens: 21 is not allowed: the encoder has 20 positions"):
        Tokeniser(tiny)([], 21)


def test_a_folder_that_is_no_checkpoint_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a checkpoint"):
        load(tmp_path)
    with pytest.raises(UserError, match="not a checkpoint"):
        Tokeniser(tmp_path)


def test_stored_states_of_the_frozen_part_give_the_same_scores(tiny: Path) -> None:
    torch.manual_seed(1)
    model = load_bert(tiny, 3, teacher(LAYERS).model_copy(update={"frozen_layers": 2}), hidden_layers=(2, 4)).eval()
    ids = Tokeniser(tiny)(TEXTS, 16)
    mask = (ids != 0).long()
    table = torch.cat([torch.zeros(1, model.width), model.frozen(ids, mask)[mask.bool()]])
    rows = mask.flatten().cumsum(0).reshape(ids.shape) * mask
    direct, stored = model(ids), BertOnStates(model, table)(rows)
    torch.testing.assert_close(stored.logits, direct.logits, rtol=1e-5, atol=1e-7)
    assert sorted(stored.hidden) == ["layer2", "layer4"]
    torch.testing.assert_close(stored.hidden["layer4"], direct.hidden["layer4"], rtol=1e-5, atol=1e-7)


def test_no_dropout_acts_in_the_frozen_part(tiny: Path) -> None:
    model = load_bert(tiny, 3, teacher(LAYERS, dropout=0.5).model_copy(update={"frozen_layers": 2})).train()
    ids = Tokeniser(tiny)(TEXTS, 16)
    mask = (ids != 0).long()
    assert torch.equal(model.frozen(ids, mask), model.eval().frozen(ids, mask))
    assert not torch.equal(model.train()(ids).logits, model.eval()(ids).logits)


def test_a_hidden_layer_inside_the_frozen_part_is_an_error(tiny: Path) -> None:
    with pytest.raises(UserError, match="hidden layer 1: expected 2 to 5"):
        load_bert(tiny, 3, teacher(LAYERS).model_copy(update={"frozen_layers": 2}), hidden_layers=(1,))
