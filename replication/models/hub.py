"""Checkpoints of the model hub: known repositories at pinned revisions, files alone, never code."""

from __future__ import annotations

import re
from pathlib import Path

import huggingface_hub
from huggingface_hub import constants
from huggingface_hub.errors import LocalEntryNotFoundError, RemoteEntryNotFoundError

from replication.data.hub_files import check_blob
from replication.errors import UserError, nearest

KNOWN = {
    "google-bert/bert-base-chinese": "8f23c25b06e129b6c986331a13d8d025a92cf0ea",
    "hfl/chinese-roberta-wwm-ext": "5c58d0b8ec1d9014354d691c538661bf00bfdb44",
    "hfl/rbt3": "0aa0527ff4170f29e1dfd3eb6ef60dc67e1bf75c",
}
"""Repository -> revision, as public code pins it. One without a known revision is not offered."""
OPTIONAL = ("tokenizer.json", "vocab.txt", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
"""In order of preference."""


def parse_hub(text: str) -> tuple[str, str]:
    """Split and check `OWNER/NAME@REVISION`.

    Raises:
        UserError: not of that form, or not a known repository at its known revision.
    """
    where = f"teacher.checkpoint: 'hub:{text}'"
    match = re.fullmatch(r"([\w.-]+/[\w.-]+)@(.*)", text)
    if match is None:
        raise UserError(f"{where}: expected hub:OWNER/NAME@REVISION; known: {_offer()}")
    repository, revision = match[1], match[2]
    if not re.fullmatch(r"[0-9a-f]{40}", revision):
        raise UserError(f"{where}: the revision must be exactly 40 hexadecimal digits, found {revision!r}")
    if repository not in KNOWN:
        raise UserError(f"{where}: unknown repository{nearest(repository, KNOWN)}; known: {_offer()}")
    if revision != KNOWN[repository]:
        raise UserError(f"{where}: unknown revision of {repository}; known: {KNOWN[repository]}")
    return repository, revision


def _offer() -> str:
    return ", ".join(f"{repository}@{revision}" for repository, revision in KNOWN.items())


def download(repository: str, revision: str) -> Path:
    """Bring a snapshot's files into the hub cache (`HF_HOME`), or find them there; return the snapshot's folder.

    Raises:
        UserError: the hub cannot be reached, or a needed file is not there or not whole.
    """
    configuration = _fetch(repository, revision, "config.json")
    if configuration is None:
        raise _unreachable(repository, revision, "config.json is not there")
    for name in OPTIONAL:
        _fetch(repository, revision, name)
    if not any(_fetch(repository, revision, name) for name in WEIGHTS):
        raise _unreachable(repository, revision, f"neither {' nor '.join(WEIGHTS)} is there")
    return configuration.parent


def _fetch(repository: str, revision: str, name: str) -> Path | None:
    """One file, or None when the repository (offline: the cache) does not have it."""
    try:
        path = Path(huggingface_hub.hf_hub_download(repository, name, revision=revision))
    except RemoteEntryNotFoundError:
        return None
    except LocalEntryNotFoundError as error:
        if constants.HF_HUB_OFFLINE:
            return None
        raise _unreachable(repository, revision, _line(error)) from None
    except Exception as error:  # of the hub's HTTP client too, whose package changes with the library's version
        raise _unreachable(repository, revision, _line(error)) from None
    check_blob(path)
    return path


def _unreachable(repository: str, revision: str, reason: str) -> UserError:
    offline = " (HF_HUB_OFFLINE is set)" if constants.HF_HUB_OFFLINE else ""
    return UserError(
        f"hub:{repository}@{revision}: cannot be fetched{offline}: {reason}; connect to the hub, "
        f"fill the cache {constants.HF_HUB_CACHE}, or set teacher.checkpoint to packaged"
    )


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
