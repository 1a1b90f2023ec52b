"""What a profile may leave out."""

from __future__ import annotations

import json
from pathlib import Path

from ruamel.yaml import YAML

from replication import parts
from replication.config import Parameters
from replication.measurement_settings import Measurements
from replication.params import load

ROOT = Path(__file__).parents[1]
MEASURED = ("noise", "samples", "temperature")


def without(parameters: Parameters) -> Parameters:
    """The same without a part."""
    empty = {name: getattr(parameters.measurements, name).model_copy(update={"datasets": []}) for name in MEASURED}
    measurements = parameters.measurements.model_copy(update=empty)
    return parameters.model_copy(update={"opinion_datasets": [], "schemes": [], "measurements": measurements})


def test_every_part_names_its_sets(tmp_path: Path) -> None:
    parameters = load(ROOT / "params.yaml")
    parts.write(parameters, tmp_path)
    found = {path.parent.name: json.loads(path.read_text()) for path in tmp_path.glob("*/sets.json")}
    measured = parameters.measurements
    assert measured.noise and measured.samples and measured.temperature
    assert found == {
        "historical": parameters.opinion_datasets, "scheme": parameters.opinion_datasets,
        "noise": measured.noise.datasets, "gradients": measured.noise.datasets,
        "samples": measured.samples.datasets, "temperatures": measured.temperature.datasets,
    }  # fmt: skip


def test_a_part_that_is_left_out_has_a_folder_nevertheless(tmp_path: Path) -> None:
    parts.write(without(load(ROOT / "params.yaml")), tmp_path)
    assert {path.read_text().strip() for path in tmp_path.glob("*/sets.json")} == {"[]"}
    assert len(list(tmp_path.iterdir())) == 6
    base = load(ROOT / "params.yaml")
    assert set(parts.sets(base.model_copy(update={"measurements": Measurements()}))) == set(parts.sets(base))
    assert parts.sets(base.model_copy(update={"schemes": []}))["scheme"] == []


def test_the_folders_that_the_evaluation_reads_are_those_that_are_always_there() -> None:
    stages = YAML(typ="safe").load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    always = {f"build/{name}" for name in ("checkpoint", "data", "student", "teacher", "yardstick")}
    read = {path for path in stages["evaluate"]["deps"] if path.startswith("build/")}
    assert {Path(path).parent.as_posix() for path in stages["parts"]["outs"]} == read - always
    assert {f"build/{name}" for name in parts.sets(load(ROOT / "params.yaml"))} == read - always
