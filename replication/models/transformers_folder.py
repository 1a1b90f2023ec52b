"""A BERT in a folder that transformers wrote, converted to one form: tensors alone, float32, a fast tokenizer.

Nothing in the folder is executed: weights come from safetensors, or from a pickled state of which only tensors are
read (`weights_only=True`); a configuration that asks for code of its own is loaded without that code.
"""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import AutoTokenizer, BertConfig, BertModel

from replication.errors import UserError
from replication.files import file_digest

OLD_NAMES = {"LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias"}
"""Names in checkpoints converted from TensorFlow."""


def write_converted(origin: Path, folder: Path, source: dict[str, Any]) -> dict[str, Any]:
    """Write the BERT in `origin` to `folder`; return `source` with the hashes of what was read.

    Raises:
        UserError: a file is missing or damaged, or the model is no BERT.
    """
    configuration = read_configuration(origin)
    state, weights = read_state(origin)
    fitting = encoder_tensors(configuration, state, weights)
    size = _write_tokenizer(origin, folder, configuration)
    configuration.save_pretrained(folder)
    save_tensors(fitting, folder / "model.safetensors")
    used = [path for path in sorted(origin.iterdir()) if path == weights or path.suffix in (".json", ".txt")]
    return {
        **source,
        "files": {path.name: file_digest(path) for path in used if path.is_file()},
        "vocabulary": {"before": size, "after": size},
    }


def save_tensors(state: dict[str, Tensor], path: Path) -> None:
    """Write tensors as safetensors that others than the owner may read, which the library does not let them."""
    save_file(state, path, metadata={"format": "pt"})
    path.chmod(0o644)


def read_configuration(origin: Path) -> BertConfig:
    """Read config.json, which must be a BERT's.

    Raises:
        UserError: missing, damaged, or another kind of model.
    """
    path = origin / "config.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; expected a folder that transformers wrote") from None
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read as JSON: {error}; write the folder again") from None
    kind = data.get("model_type") if isinstance(data, dict) else None
    if kind != "bert":
        raise UserError(f"{path}: model_type: expected 'bert', found {kind!r}; choose a BERT checkpoint")
    known = BertConfig().to_dict().keys() - {"dtype", "transformers_version", "architectures", "_name_or_path"}
    return BertConfig(architectures=["BertModel"], **{key: data[key] for key in known & data.keys()})


def read_state(origin: Path) -> tuple[dict[str, Tensor], Path]:
    """Read the tensors of `model.safetensors`, or else of `pytorch_model.bin`, and say which it was.

    Raises:
        UserError: neither is there, or it is damaged or holds more than tensors.
    """
    safe, pickled = origin / "model.safetensors", origin / "pytorch_model.bin"
    try:
        if safe.is_file():
            return load_file(safe), safe
        if pickled.is_file():
            state: object = torch.load(pickled, map_location="cpu", weights_only=True)
            if isinstance(state, dict) and all(isinstance(value, Tensor) for value in state.values()):
                return state, pickled
            raise UserError(f"{pickled}: expected names and tensors alone; save the model as safetensors")
    except pickle.UnpicklingError:
        raise UserError(
            f"{pickled}: damaged, or holds objects besides tensors, which are not loaded; save the model as safetensors"
        ) from None
    except (SafetensorError, RuntimeError, EOFError, OSError) as error:
        path = safe if safe.is_file() else pickled
        raise UserError(f"{path}: damaged: {' '.join(str(error).split())[:200]}; fetch or write it again") from None
    raise UserError(f"{origin}: neither model.safetensors nor pytorch_model.bin; expected a folder of transformers")


def encoder_tensors(configuration: BertConfig, state: dict[str, Tensor], weights: Path) -> dict[str, Tensor]:
    """The tensors of a BertModel out of a state with a head or without one, as float32, in the model's order.

    Raises:
        UserError: one is missing or has another shape than the configuration says.
    """
    named = {_plain_name(name): tensor for name, tensor in state.items()}
    with torch.device("meta"):
        model = BertModel(configuration)
    fitting: dict[str, Tensor] = {}
    for name, parameter in model.named_parameters():
        if name not in named:
            if name.startswith("pooler."):
                continue
            raise UserError(f"{weights}: there is no tensor {name!r}; choose a whole BERT checkpoint")
        if named[name].shape != parameter.shape:
            found, expected = list(named[name].shape), list(parameter.shape)
            raise UserError(f"{weights}: {name}: expected the shape {expected} of config.json, found {found}")
        fitting[name] = named[name].to(torch.float32).contiguous()
    return fitting


def _plain_name(name: str) -> str:
    for old, new in OLD_NAMES.items():
        name = name.replace(old, new)
    return name.removeprefix("bert.")


def _write_tokenizer(origin: Path, folder: Path, configuration: BertConfig) -> int:
    """Write the folder's tokenizer as a fast one; return its number of pieces."""
    if not any((origin / name).is_file() for name in ("tokenizer.json", "vocab.txt")):
        raise UserError(f"{origin}: neither tokenizer.json nor vocab.txt; expected a folder of transformers")
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            origin, config=configuration, local_files_only=True, trust_remote_code=False
        )
    except Exception as error:  # the tokenizers library raises plain Exception for a damaged file
        raise UserError(f"{origin}: the tokenizer cannot be read: {' '.join(str(error).split())[:200]}") from None
    if not tokenizer.is_fast or tokenizer.pad_token_id is None:
        raise UserError(f"{origin}: expected a fast tokenizer with a padding token; choose another checkpoint")
    if len(tokenizer) > configuration.vocab_size:
        raise UserError(
            f"{origin}: the tokenizer has {len(tokenizer)} pieces, the model {configuration.vocab_size}; "
            f"choose files that belong together"
        )
    configuration.pad_token_id = tokenizer.pad_token_id
    tokenizer.save_pretrained(folder)
    return len(tokenizer)
