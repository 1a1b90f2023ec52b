"""A tiny BERT written to disk as transformers writes one, and small settings."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertForSequenceClassification

from replication.config import Student, Teacher, Training

TRAINING = Training(
    iterations=1, batch_size=2, batch_tokens=64, learning_rate=1e-3, weight_decay=0.0, warmup=0.0, clip_norm=1.0,
    evaluations=1,
)  # fmt: skip
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"好坏房间服务很不的了,。ab"]
LAYERS = 5


def teacher(layers: int, dropout: float = 0.1) -> Teacher:
    return Teacher(
        checkpoint="packaged",
        layers=layers,
        frozen_layers=0,
        max_tokens=16,
        dropout=dropout,
        hidden_layers=[],
        route_points=8,
        training=TRAINING,
    )


def student(widths: list[int], dropout: float = 0.5) -> Student:
    return Student(
        max_characters=16,
        min_count=1,
        embedding=6,
        filters=4,
        widths=widths,
        dropout=dropout,
        training=TRAINING,
        budgets={},
    )


def write_tiny(folder: Path, pickled: bool = False) -> Path:
    """A random BERT with a head, in transformers' layout; `pickled` writes its state as pytorch_model.bin."""
    folder.mkdir(parents=True, exist_ok=True)
    config = BertConfig(
        vocab_size=len(PIECES), hidden_size=8, num_hidden_layers=LAYERS, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=20, pad_token_id=0,
    )  # fmt: skip
    torch.manual_seed(7)
    state = BertForSequenceClassification(config).state_dict()
    (folder / "config.json").write_text(config.to_json_string(), encoding="utf-8")
    (folder / "vocab.txt").write_text("\n".join(PIECES) + "\n", encoding="utf-8")
    settings = {"tokenizer_class": "BertTokenizer", "model_max_length": 20}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    if pickled:
        old = {name.replace("LayerNorm.weight", "LayerNorm.gamma"): tensor for name, tensor in state.items()}
        torch.save(old, folder / "pytorch_model.bin")
    else:
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    return folder
