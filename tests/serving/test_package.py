"""The exported folder serves by itself what was trained, and its card says so."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file

from replication.data.splits import load_splits
from replication.errors import UserError
from replication.records import read_run
from replication.serving import package

SERVE = """
import sys
{code}
texts = json.load(open("texts.json", encoding="utf-8"))
np.save("logits.npy", np.concatenate([score(texts[:5]), score(texts[5:])]))
assert not {{"torch", "replication", "transformers"}} & set(sys.modules)
"""


@pytest.fixture(scope="module")
def run(students: Path) -> Path:
    return students / "student/made/supervised/seed0"


@pytest.fixture(scope="module")
def exported(students: Path, run: Path) -> Path:
    to = students / "exported"
    package.export(run, students / "data", students / "report", to)
    return to


def test_onnxruntime_alone_reproduces_the_stored_validation_logits(students: Path, run: Path, exported: Path) -> None:
    validation = load_splits(students / "data").validation
    stored = read_run(run)[1].of("validation")
    assert stored.ids == validation.ids
    code = re.search(r"```python\n(.*?)```", (exported / "MODEL_CARD.md").read_text(encoding="utf-8"), re.DOTALL)
    assert code
    assert len(code[1].splitlines()) <= 10
    (exported / "texts.json").write_text(json.dumps(validation.texts, ensure_ascii=False), encoding="utf-8")
    (exported / "serve.py").write_text(SERVE.format(code=code[1]), encoding="utf-8")
    subprocess.run([sys.executable, "serve.py"], cwd=exported, check=True)
    np.testing.assert_allclose(np.load(exported / "logits.npy"), stored.logits, atol=1e-4)


def test_the_folder_is_whole(run: Path, exported: Path) -> None:
    for name in ("model.safetensors", "vocabulary.json"):
        assert (exported / name).read_bytes() == (run / name).read_bytes()
    settings = json.loads((exported / "config.json").read_text(encoding="utf-8"))
    assert settings["classes"] == ["ordinary", "junk"]
    assert settings["widths"] == [1, 2]
    assert 0 < settings["threshold"] < 1
    characters = json.loads((exported / "vocabulary.json").read_text(encoding="utf-8"))
    weights = load_file(exported / "model.safetensors")
    assert weights["embedding.weight"].shape[0] == settings["first_character"] + len(characters)


def test_the_card_states_threshold_licence_limits_and_what_is_not_known(exported: Path) -> None:
    text = (exported / "MODEL_CARD.md").read_text(encoding="utf-8")
    threshold = json.loads((exported / "config.json").read_text(encoding="utf-8"))["threshold"]
    assert f"{threshold:.6f}" in text
    assert "Licence: MIT." in text
    assert "semi-synthetic" in text
    assert "has not been evaluated on the test set" in text
    assert "Not measured: run `python -m replication cost`" in text
    assert "on 100.0% of them" in text


def test_card_and_docs_name_every_step_that_makes_a_text_ready(exported: Path) -> None:
    for page in (exported / "MODEL_CARD.md", Path(__file__).parents[2] / "docs/serving.md"):
        steps = ["HTML's character references", "`&quot;`", "`&#160;`", "NFKC", "control and format characters"]
        places = [page.read_text(encoding="utf-8").find(step) for step in steps]
        assert -1 not in places and places == sorted(places), page


def test_the_same_run_gives_the_same_bytes(students: Path, run: Path, exported: Path, tmp_path: Path) -> None:
    package.export(run, students / "data", students / "report", tmp_path)
    for path in sorted(tmp_path.iterdir()):
        assert path.read_bytes() == (exported / path.name).read_bytes(), path.name


def test_a_failed_export_leaves_what_stood_there(
    students: Path, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def differs(*_: object) -> float:
        raise UserError("model.onnx: differs")

    def export_to(to: Path, *, whole: bool) -> None:
        with monkeypatch.context() as patch:
            if not whole:
                patch.setattr(package, "check_equal", differs)
            package.export(run, students / "data", students / "report", to)

    with pytest.raises(UserError, match="differs"):
        export_to(tmp_path / "served", whole=False)
    assert list(tmp_path.iterdir()) == []
    export_to(tmp_path / "served", whole=True)
    (tmp_path / "served/config.json").write_text("an earlier one", encoding="utf-8")
    (tmp_path / "served/notes.txt").write_text("not of the export", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in (tmp_path / "served").iterdir()}
    with pytest.raises(UserError, match="differs"):
        export_to(tmp_path / "served", whole=False)
    assert {path.name: path.read_bytes() for path in (tmp_path / "served").iterdir()} == before
    export_to(tmp_path / "served", whole=True)
    after = {path.name: path.read_bytes() for path in (tmp_path / "served").iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"config.json"}
    assert [path.name for path in tmp_path.iterdir()] == ["served"]


def test_the_best_seed_by_validation_is_taken_unless_one_is_named(students: Path, run: Path, tmp_path: Path) -> None:
    scores = {0: 0.5, 2: 0.75, 10: 0.75}
    for seed, score in scores.items():
        shutil.copytree(run, tmp_path / f"seed{seed}")
        record = json.loads((run / "run.json").read_text(encoding="utf-8")) | {"validation_macro_f1": score}
        (tmp_path / f"seed{seed}/run.json").write_text(json.dumps(record), encoding="utf-8")
    assert package.choose_run(tmp_path, None).name == "seed2"
    assert package.choose_run(tmp_path, 10).name == "seed10"
    with pytest.raises(UserError, match=r"seed3: no trained student; run `dvc repro`"):
        package.choose_run(tmp_path, 3)


def test_a_run_on_other_data_is_refused(students: Path, run: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(run, tmp_path / "seed0"))
    record = json.loads((run / "run.json").read_text(encoding="utf-8")) | {"data": "0" * 64}
    (other / "run.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(UserError, match="was trained on other data"):
        package.export(other, students / "data", students / "report", tmp_path / "to")


def test_damaged_weights_are_an_error_of_one_line(students: Path, run: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(run, tmp_path / "seed0"))
    (other / "model.safetensors").write_bytes(b"no tensors")
    with pytest.raises(UserError, match=r"seed0: not a trained network \(.*\); run its stage again"):
        package.export(other, students / "data", students / "report", tmp_path / "to")
