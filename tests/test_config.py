from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from replication import params, settings
from replication.config import Teacher
from replication.errors import UserError
from replication.params import load
from replication.strict import read_yaml
from tests.clone import set_parameter

ROOT = Path(__file__).parents[1]


def changed(tmp_path: Path, key: str, value: object) -> Path:
    """The committed params.yaml with one key set (dots lead down)."""
    path = Path(shutil.copy(ROOT / "params.yaml", tmp_path))
    set_parameter(path, key, value)
    return path


def test_the_committed_parameters_are_allowed() -> None:
    parameters = load(ROOT / "params.yaml")
    assert parameters.profile == "default"
    assert len(parameters.seeds) >= 3
    assert {"supervised", "soft_label", "logit_mse"} <= set(parameters.methods)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("temprature", 2.0, "temprature: unknown key (did you mean 'temperature'?); known here: datasets,"),
        ("student.filter", 3, "student.filter: unknown key (did you mean 'filters'?)"),
        ("student.training.learning_rat", 1.0, "(did you mean 'learning_rate'?)"),
        ("temperature", 0, "temperature: 0 is not allowed: input should be greater than 0"),
        ("temperature", -1.5, "temperature: -1.5 is not allowed"),
        ("temperature", "warm", "temperature: 'warm' is not allowed: input should be a valid number"),
        ("temperature", float("nan"), "temperature: nan is not allowed"),
        ("student.training.weight_decay", -0.1, "weight_decay: -0.1 is not allowed: input should be greater than or"),
        (
            "measurements.noise.rate",
            0.1,
            "noise.rate: unknown key (did you mean 'rates'?); known here: datasets, kind,",
        ),
        ("measurements.cost.repeat", 9, "cost.repeat: unknown key (did you mean 'repeats'?); known here: dataset, rep"),
        (
            "student.budgets.reviews",
            {"iteration": 9, "batch_size": 2},
            "student.budgets.reviews.iteration: unknown key (did you mean 'iterations'?); known here: batch_size, iter",
        ),
        (
            "own_datasets.mine",
            {"path": "own/a.csv", "titel": "x"},
            "own_datasets.mine.titel: unknown key (did you mean",
        ),
        (
            "own_datasets.Mine",
            {"path": "own/a.csv"},
            "own_datasets.Mine: 'Mine' is not allowed: input should be lower-",
        ),
        (
            "parallel.workers",
            "aut",
            "parallel.workers: 'aut' is not allowed: input should be a valid integer or 'auto'",
        ),
        ("parallel.workers", 0, "parallel.workers: 0 is not allowed: input should be greater than 0 or 'auto'"),
        ("datasets", ["Reviews"], "datasets: unknown name 'Reviews' (did you mean 'reviews'?); known: chnsenticorp, "),
        ("methods", ["Soft_label"], "methods: unknown name 'Soft_label' (did you mean 'soft_label'?); known: fitnets,"),
        ("student.budgets.Reviews", {"iterations": 1, "batch_size": 1}, "unknown dataset 'Reviews' (did you mean 'rev"),
        ("seeds", [], "seeds: [] is not allowed: list should have at least 1 item"),
        ("seeds", [1, 1], "seeds: '1' stands there twice"),
        ("seeds", [-1], "seeds.0: -1 is not allowed"),
        (
            "datasets",
            ["revews"],
            "datasets: unknown name 'revews' (did you mean 'reviews'?); known: chnsenticorp, ",
        ),
        ("methods", ["soft_labels"], "methods: unknown name 'soft_labels' (did you mean 'soft_label'?)"),
        ("yardsticks", ["majorty"], "yardsticks: unknown name 'majorty' (did you mean 'majority'?)"),
        (
            "precision",
            "float16",
            "precision: 'float16' is not allowed: input should be 'auto', 'bfloat16' or 'float32'",
        ),
        ("precision", "x" * 200, "precision: '" + "x" * 79 + " is not allowed: input should be 'auto'"),
        ("preparation.labelled", 800.5, "preparation.labelled: 800.5 is not allowed"),
        ("preparation.history", 0, "preparation.history: 0 is not allowed: input should be greater than 0"),
        ("parallel.checkpoint_seconds", 0, "parallel.checkpoint_seconds: 0 is not allowed"),
        ("statistics.seed", -1, "statistics.seed: -1 is not allowed"),
        ("methods", [], "methods: [] is not allowed: list should have at least 1 item"),
        ("datasets", ["reviews"], "opinion_datasets: 'spam_opinion_made' is not among datasets; add it there too"),
        ("schemes", ["soft_label"], "schemes: 'soft_label' stands under methods too; name it once"),
        ("schemes", ["sheme2"], "schemes: unknown name 'sheme2' (did you mean 'scheme2'?)"),
        ("student.budgets.revews", {"iterations": 1, "batch_size": 1}, "student.budgets: unknown dataset 'revews'"),
        ("student.budgets.reviews", {"iterations": 1}, "student.budgets.reviews.batch_size: missing"),
        ("preparation.sizes.revews", {"pool": 5}, "preparation.sizes: unknown dataset 'revews' (did you mean 'rev"),
        (
            "preparation.sizes.reviews",
            {"history": 5},
            "preparation.sizes.reviews.history: unknown key; known here: lab",
        ),
        ("preparation.sizes.reviews", {"test": 0}, "preparation.sizes.reviews.test: 0 is not allowed"),
        ("teacher.budgets.revews", {"iterations": 9, "batch_size": 1}, "teacher.budgets: unknown dataset 'revews'"),
        (
            "teacher.budgets.reviews",
            {"iterations": 8, "batch_size": 1},
            "teacher.budgets.reviews.iterations: expected at least 9",
        ),
        ("teacher.training.patience", 2, "teacher.training.patience: must be null"),
        ("teacher.training.iterations", 8, "teacher.training.iterations: expected at least 9"),
        ("teacher.frozen_layers", 11, "teacher.frozen_layers: 11: expected 0 to 10, so that a layer of teacher.layers"),
        ("teacher.hidden_layers", [8, 10], "teacher.hidden_layers: 8: expected 9 to 11, from teacher.frozen_layers to"),
        ("teacher.hidden_layers", [10, 12], "teacher.hidden_layers: 12: expected 9 to 11"),
        ("teacher.hidden_layers", [9], "method_settings.fitnets.hint_layer: 10: expected one of teacher.hidden_layers"),
        (
            "method_settings.fitnets",
            {"hint_layer": 11},
            "method_settings.fitnets.hint_layer: 11: expected one of teacher.hidden_layers, [10]; name one of these",
        ),
        (
            "seeds",
            [0],
            "methods: 'other_teacher' learns from the teacher of another seed, and seeds has [0] alone; take",
        ),
        (
            "method_settings.fitnets.tau",
            4.0,
            "method_settings.fitnets.tau: 4.0, where its control fitnets_control has 3.0; give both the same",
        ),
        (
            "method_settings.fitnets_control",
            {"lambda_last": 2},
            "fitnets.lambda_last: 1.0, where its control fitnets_c",
        ),
        (
            "method_settings.scheme5",
            {"temperature": 4.0},
            "scheme5.temperature: 4.0, where its control scheme5_control",
        ),
        ("method_settings.scheme5_control", {"soft_weight": 0.5}, "scheme5.soft_weight: 1.0, where its control scheme"),
        ("measurements.noise.datasets", ["revews"], "measurements.noise.datasets: 'revews' is not among datasets"),
        ("measurements.noise.rates", [0.2, 0.4], "measurements.noise.rates: expected rates that rise from 0.0"),
        ("measurements.noise.rates", [0.0, 1.0], "measurements.noise.rates.1: 1.0 is not allowed"),
        ("measurements.noise.kind", "pairs", "measurements.noise.kind: 'pairs' is not allowed"),
        ("measurements.noise.seeds", [99], "measurements.noise.seeds: 99 is not among seeds"),
        ("method_settings.soft_lable", {}, "method_settings.soft_lable: unknown method (did you mean 'soft_label'?)"),
    ],
)
def test_bad_values_give_one_line_that_names_key_value_and_remedy(
    tmp_path: Path, key: str, value: object, says: str
) -> None:
    path = changed(tmp_path, key, value)
    with pytest.raises(UserError) as error:
        load(path)
    message = str(error.value)
    assert says in message and message.startswith(str(path)) and "\n" not in message


def test_a_method_that_is_not_run_asks_for_nothing() -> None:
    data = read_yaml(ROOT / "params.yaml") | {"seeds": [0], "methods": ["supervised", "soft_label", "fitnets"]}
    data["method_settings"]["fitnets"]["tau"] = 4.0
    assert params.checked(data, "params.yaml").seeds == [0]
    data["methods"] = ["supervised", "soft_label", "fitnets_control"]
    data["method_settings"]["fitnets"]["hint_layer"] = 1
    assert params.checked(data, "params.yaml").method_settings["fitnets"]["hint_layer"] == 1


def test_a_control_may_say_what_its_method_has_anyway(tmp_path: Path) -> None:
    same = {"temperature": 2.0, "transfer": "all", "hard_weight": 1, "soft_weight": 1}
    assert load(changed(tmp_path, "method_settings.scheme5_control", same)).method_settings["scheme5_control"] == same


@pytest.mark.parametrize(("method", "control"), params.CONTROLS)
def test_the_shared_settings_of_a_control_are_those_that_loading_compares(method: str, control: str) -> None:
    parameters = load(ROOT / "params.yaml").model_copy(update={"method_settings": {}})
    own, other = (settings.resolve(parameters, name).model_dump() for name in (method, control))
    shared = {key: value for key, value in own.items() if key in other and key not in settings.SHARED}
    assert shared == params.CONTROLS[method, control]


def test_the_hint_layer_that_loading_compares_is_the_methods_own() -> None:
    parameters = load(ROOT / "params.yaml").model_copy(update={"method_settings": {}})
    assert settings.resolve(parameters, "fitnets").model_dump()["hint_layer"] == params.HINT_LAYER


@pytest.mark.parametrize("network", ["student", "teacher"])
def test_budgets_of_a_set_take_the_place_of_the_common_ones(network: str, tmp_path: Path) -> None:
    budgets = {"reviews": {"iterations": 17, "batch_size": 3}}
    settings = getattr(load(changed(tmp_path, f"{network}.budgets", budgets)), network)
    own, common = settings.on("reviews").training, settings.on("news_titles").training
    assert (own.iterations, own.batch_size) == (17, 3) and own.learning_rate == common.learning_rate
    assert common == settings.training


def test_what_a_teacher_is_on_a_set_says_nothing_of_other_sets(tmp_path: Path) -> None:
    budgets = {"reviews": {"iterations": 17, "batch_size": 3}}
    plain, changing = (load(changed(tmp_path, "teacher.budgets", value)) for value in ({}, budgets))
    assert plain.teacher.on("news_titles") == changing.teacher.on("news_titles")
    assert changing.teacher.on("reviews").model_dump().keys() == Teacher.model_fields.keys()
    assert changing.of_results()["teacher"]["budgets"] == budgets


def test_sizes_of_a_set_take_the_place_of_the_common_ones(tmp_path: Path) -> None:
    settings = load(changed(tmp_path, "preparation.sizes", {"reviews": {"pool": 9, "test": 8}})).preparation
    own, common = settings.on("reviews"), settings.on("news_titles")
    assert (own.pool, own.test, own.labelled, own.sizes) == (9, 8, settings.labelled, {})
    assert common == settings.model_copy(update={"sizes": {}})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("opinion_datasets", []),
        ("schemes", []),
        *((f"measurements.{name}.datasets", []) for name in ("noise", "samples", "temperature")),
    ],
)
def test_parts_may_be_left_out(tmp_path: Path, key: str, value: object) -> None:
    found: Any = load(changed(tmp_path, key, value))
    for name in key.split("."):
        found = getattr(found, name)
    assert found == value


def test_a_sweep_that_is_left_out_asks_for_no_method(tmp_path: Path) -> None:
    path = changed(tmp_path, "methods", ["supervised", "logit_mse"])
    for sweep in ("temperature", "samples"):
        set_parameter(path, f"measurements.{sweep}.datasets", [])
    assert load(path).methods == ["supervised", "logit_mse"]


def test_sample_sizes_stay_below_the_labels_of_their_own_sets(tmp_path: Path) -> None:
    load(changed(tmp_path, "preparation.sizes", {"reviews": {"labelled": 100}}))  # not among measurements.samples
    with pytest.raises(UserError, match=r"measurements\.samples\.sizes: 100: expected fewer than .*labelled, 90"):
        load(changed(tmp_path, "preparation.sizes", {"news_titles": {"labelled": 90}}))


def test_a_missing_key_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no such file; run from the project's top folder"):
        load(tmp_path / "params.yaml")
    (tmp_path / "params.yaml").write_text("profile: default\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"temperature: missing; add it"):
        load(tmp_path / "params.yaml")


@pytest.mark.parametrize(("text", "says"), [("a: [", "not valid YAML"), ("- 1\n", "expected a mapping")])
def test_a_file_that_is_not_a_mapping(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=says):
        load(tmp_path / "params.yaml")


def test_exponents_are_numbers_as_dvc_writes_them(tmp_path: Path) -> None:
    text = (ROOT / "params.yaml").read_text(encoding="utf-8").replace("learning_rate: 3.0e-3", "learning_rate: 3e-05")
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    assert load(tmp_path / "params.yaml").student.training.learning_rate == 3e-05


def test_a_method_takes_the_shared_temperature_unless_it_has_its_own(tmp_path: Path) -> None:
    shared = load(changed(tmp_path, "temperature", 4.0))
    assert settings.resolve(shared, "soft_label").model_dump()["temperature"] == 4.0
    assert "temperature" not in settings.resolve(shared, "logit_mse").model_dump()
    own = load(changed(tmp_path, "method_settings.soft_label", {"temperature": 8.0}))
    assert settings.resolve(own, "soft_label").model_dump()["temperature"] == 8.0


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"soft_wieght": 1.0}, "soft_wieght: unknown key (did you mean 'soft_weight'?)"),
        ({"soft_weight": -1.0}, "soft_weight: -1.0 is not allowed"),
        ({"transfer": "none"}, "transfer: 'none' is not allowed: input should be 'all' or 'labelled'"),
    ],
)
def test_bad_method_settings_are_named_and_nothing_is_written(tmp_path: Path, value: object, says: str) -> None:
    parameters = load(changed(tmp_path, "method_settings.soft_label", value))
    with pytest.raises(UserError) as error:
        settings.write(parameters, tmp_path / "settings")
    assert says in str(error.value)
    assert not (tmp_path / "settings").exists()


def test_settings_files_change_only_with_what_the_method_reads(tmp_path: Path) -> None:
    def files(key: str, value: object) -> dict[str, bytes]:
        settings.write(load(changed(tmp_path, key, value)), tmp_path / "settings")
        return {path.stem: path.read_bytes() for path in (tmp_path / "settings").iterdir()}

    before, after = files("temperature", 2.0), files("temperature", 4.0)
    joint = {"scheme2", "scheme3", "scheme4", "scheme4_own_rate", "scheme5", "scheme5_control"}
    softened = {"soft_label", "rco", "other_teacher", "scheme1_soft_label", "scheme1_soft_label_labelled"} | joint
    assert {name for name in before if before[name] != after[name]} == softened
    schemes = set(load(ROOT / "params.yaml").schemes)
    measured = {"supervised", "label_smoothing", "soft_label", "logit_mse"}
    assert set(files("methods", ["supervised", "soft_label"])) == measured | schemes


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        (
            "measurements.temperature.datasets",
            ["waimai_10k"],
            "measurements.temperature.datasets: 'waimai_10k' is not among datasets; add it there too",
        ),
        ("measurements.samples.datasets", ["news"], "measurements.samples.datasets: 'news' is not among datasets"),
        ("measurements.temperature.temperatures", [0.0], "measurements.temperature.temperatures.0: 0.0 is not allowed"),
        ("measurements.temperature.temperatures", [], "should have at least 1 item"),
        ("measurements.samples.sizes", [800], "measurements.samples.sizes: 800: expected fewer than preparation.lab"),
        ("measurements.samples.sizes", [0], "measurements.samples.sizes.0: 0 is not allowed"),
        ("measurements.temperatur", {}, "unknown key (did you mean 'temperature'?)"),
        ("methods", ["supervised", "logit_mse"], "measurements.temperature: needs 'soft_label', which methods lacks"),
    ],
)
def test_sweeps_are_checked(tmp_path: Path, key: str, value: object, says: str) -> None:
    with pytest.raises(UserError) as caught:
        load(changed(tmp_path, key, value))
    assert says in str(caught.value)


def test_a_profile_may_do_without_sweeps(tmp_path: Path) -> None:
    found = load(changed(tmp_path, "measurements", {})).measurements
    assert found.temperature is None and found.samples is None
