"""`cost.json` from a small pipeline: whole, consistent, and an error where runtimes disagree."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from replication import config, yardsticks
from replication.data.splits import load_splits
from replication.errors import UserError
from replication.measurement_settings import Cost, Measurements
from replication.measurements import cost, sizes, subjects
from replication.models.bert import load_bert
from replication.models.textcnn import TextCNN
from replication.params import load
from replication.results.cost import CostResult
from replication.results.files import read_json
from tests.methods import small
from tests.methods.small import TEACHER, Pipeline
from tests.models.tiny import student as student_settings

ROOT = Path(__file__).parents[2]


def parameters(**changes: object) -> config.Parameters:
    """The committed parameters, for the small pipeline's set and teacher."""
    own = Cost(dataset="made", repeats=5, seconds=0.05, warmup=2)
    measurements = Measurements(cost=own)
    changed = {"teacher": TEACHER, "seeds": [0], "measurements": measurements, **changes}
    return load(ROOT / "params.yaml").model_copy(update=changed)


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the stages before left, with a teacher's weights that no optimiser made."""
    root = tmp_path_factory.mktemp("cost")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small, "SIZES", small.SIZES.model_copy(update={"validation": 70}))
        data = small.write_data(root)
    (root / "build/data").mkdir(parents=True)
    data.rename(root / "build/data/made")
    small.write_checkpoint(root / "build")
    pipeline = Pipeline(root)
    (root / "data").symlink_to(root / "build/data/made")
    shutil.copytree(pipeline.train("supervised", "store"), root / "build/student/made/supervised/seed0")
    bert = load_bert(root / "build/checkpoint", 2, TEACHER)
    trained = {f"bert.{name}": weight.detach() for name, weight in bert.named_parameters() if weight.requires_grad}
    path = root / "build/teacher/made/seed0/model.safetensors"
    path.parent.mkdir(parents=True)
    save_file({name: weight + 0.25 for name, weight in trained.items()}, path)
    return root / "build"


@pytest.fixture(scope="module")
def result(build: Path) -> CostResult:
    path = build.parent / "reports/cost.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cost, "all_threads", lambda: 1)  # more would wait for one another on a busy machine
        cost.run(parameters(), build, path)
    return read_json(path, CostResult)


def test_every_setting_is_measured_for_both_networks(result: CostResult) -> None:
    keys = {(one.role, one.runtime, one.threads, one.batch) for one in result.latencies}
    assert result.cores == 1
    assert len(keys) == len(result.latencies) == 2 * 2 * 2
    for one in result.latencies:
        assert 0 < one.p50 <= one.p95 <= one.p99
        assert one.items_per_second > 0
        assert one.calls >= result.repeats * (8 if one.batch == 1 else 1)


def test_sizes_are_those_of_the_networks_and_files(result: CostResult, build: Path) -> None:
    bert = load_bert(build / "checkpoint", 2, TEACHER)
    teacher, student = result.networks
    assert teacher.parameters == sum(weight.numel() for weight in bert.parameters())
    stored = (build / "student/made/supervised/seed0/model.safetensors").stat().st_size
    assert student.weights_bytes == pytest.approx(stored, rel=0.05)
    for one in result.networks:
        assert 4 * one.parameters < one.weights_bytes < 4 * one.parameters + 20_000
        assert one.onnx_bytes > 2 * one.parameters
        assert 0 <= one.difference <= result.tolerance * 10
        assert one.flops > 0
    assert 10 <= student.length <= 16
    assert student.length < teacher.length <= 16


def test_tfidf_is_timed_from_the_text_to_the_answer(result: CostResult, build: Path) -> None:
    found = result.yardstick
    assert found is not None and found.name == "tfidf_logistic"
    assert [one.batch for one in found.latencies] == [1, 64]
    for one in found.latencies:
        assert one.calls >= result.repeats * (8 if one.batch == 1 else 1)
        assert one.p50 > 0 and one.items_per_second > 0
    splits = load_splits(build / "data/made")
    fitted = yardsticks.fit("tfidf_logistic", splits)
    assert (found.parameters, found.weights_bytes) == (fitted.parameter_count, fitted.weights_bytes)
    assert found.weights_bytes > 8 * found.parameters
    texts = [*splits.validation.texts, *splits.test.texts]
    assert np.allclose(fitted.answer(texts), fitted.log_probabilities), "what is timed is what was scored"


def test_a_profile_without_the_yardstick_has_no_cost_of_it(build: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cost, "all_threads", lambda: 1)
        cost.run(parameters(yardsticks=["majority"]), build, tmp_path / "cost.json")
    assert read_json(tmp_path / "cost.json", CostResult).yardstick is None


def test_the_claim_has_both_latencies_and_both_sizes(result: CostResult) -> None:
    found = {one.part: one for one in result.comparisons}
    assert set(found) == {"latency pytorch", "latency onnxruntime", "bytes", "parameters"}
    teacher, student = result.networks
    for one in found.values():
        assert (one.claim, one.dataset, one.unit) == ("small-fast", "made", "ratio")
        assert one.low <= one.estimate <= one.high
    assert found["parameters"].estimate == pytest.approx(teacher.parameters / student.parameters, rel=1e-5)
    assert found["bytes"].estimate == pytest.approx(teacher.weights_bytes / student.weights_bytes, rel=1e-5)
    pytorch = [result.latency(role, "pytorch", 1, 1).p50 for role in ("teacher", "student")]
    assert found["latency pytorch"].estimate == pytest.approx(pytorch[0] / pytorch[1], rel=1e-5)
    assert found["latency pytorch"].items >= 8


def test_the_teacher_has_the_weights_that_its_run_left(build: Path, tmp_path: Path) -> None:
    found = subjects.teacher(build / "teacher/made/seed0", build / "checkpoint", TEACHER, 2, tmp_path)
    start = load_bert(build / "checkpoint", 2, TEACHER)
    name = "network.bert.encoder.layer.4.output.dense.weight"
    moved = dict(found.network.named_parameters())[name] - dict(start.named_parameters())[name]
    torch.testing.assert_close(moved, torch.full_like(moved, 0.25))


def test_what_is_missing_is_named(build: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"measurements\.cost: missing; add it"):
        cost.run(parameters(measurements=Measurements()), build, tmp_path / "cost.json")
    with pytest.raises(UserError, match=r"model\.safetensors: no teacher's weights; run the stage `teacher`"):
        cost.run(parameters(seeds=[7]), build, tmp_path / "cost.json")
    assert not (tmp_path / "cost.json").exists()


def test_runtimes_that_disagree_stop_the_stage(build: Path, tmp_path: Path) -> None:
    found = subjects.student(build / "student/made/supervised/seed0", tmp_path)
    assert isinstance(found.network, TextCNN)
    with torch.no_grad():
        found.network.classifier.bias.add_(0.01)
    with pytest.raises(UserError, match=r"^the student: ONNX Runtime's logits differ from PyTorch's by up to 0\.01"):
        found.cost([["好房间"]])


def test_operations_by_hand() -> None:
    network = TextCNN(9, 3, student_settings([2, 3]))
    # A window of width w over 6 embedded numbers makes 4 filters; the classifier reads 8 features.
    by_hand = [2 * length * (2 + 3) * 6 * 4 + 2 * 8 * 3 for length in (5, 7)]
    items = [torch.full((1, length), 2) for length in (5, 7, 5)]
    assert sizes.flops(network, items) == pytest.approx((2 * by_hand[0] + by_hand[1]) / 3)
    assert sizes.flops(nn.Sequential(network), items[:1]) == by_hand[0]


def test_the_set_must_be_listed(tmp_path: Path) -> None:
    text = (ROOT / "params.yaml").read_text(encoding="utf-8")
    path = tmp_path / "params.yaml"
    path.write_text(text.replace("dataset: news_titles ", "dataset: waimai "), encoding="utf-8")
    with pytest.raises(UserError, match=r"measurements\.cost\.dataset: 'waimai' is not among datasets"):
        load(path)
