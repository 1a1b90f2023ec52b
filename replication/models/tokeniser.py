"""Texts to the teacher's pieces."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from replication.errors import UserError


class Tokeniser:
    """A checkpoint's fast tokenizer, with truncation and padding."""

    def __init__(self, folder: Path) -> None:
        """Read `tokenizer.json` and the padding's number from `config.json`.

        Args:
            folder: a checkpoint as `make_checkpoint` writes it.

        Raises:
            UserError: a file is missing or damaged.
        """
        try:
            self._tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
            configuration = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            self.pad_id: int = configuration["pad_token_id"]
            self.positions: int = configuration["max_position_embeddings"]
        except Exception as error:  # the tokenizers library raises plain Exception for a damaged file
            raise UserError(f"{folder}: not a checkpoint: {error!r}; run the stage `checkpoint`") from None
        self._tokenizer.no_padding()

    def __call__(self, texts: Sequence[str], max_tokens: int) -> Tensor:
        """Number the pieces of each text: int64 [texts, longest], padded at the end with `pad_id`.

        Where a text itself has the padding's mark, that piece is left out, so that padding stands at the ends alone.

        One text at a time: the batch call starts threads of its own, which fork badly and crowd the seeds' processes.

        Args:
            texts: as people wrote them.
            max_tokens: pieces kept of a text, the two marks at its ends included.

        Raises:
            UserError: the encoder has fewer positions than `max_tokens`.
        """
        if max_tokens > self.positions:
            raise UserError(
                f"teacher.max_tokens: {max_tokens} is not allowed: the encoder has {self.positions} positions"
            )
        self._tokenizer.enable_truncation(max_tokens)
        numbered = (self._tokenizer.encode(text).ids for text in texts)
        rows = [torch.tensor([piece for piece in ids if piece != self.pad_id], dtype=torch.long) for ids in numbered]
        if not rows:
            return torch.zeros((0, 0), dtype=torch.long)
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=self.pad_id)
