"""The section on cost: chosen by the records, whole, with the data of its figure."""

from __future__ import annotations

import base64
import json
import re
import shutil
from pathlib import Path

import pytest

from replication.evaluation.verdicts import write_verdicts
from replication.files import write_json
from replication.report.languages import ENGLISH
from replication.report.page import build
from replication.report.sections import cost
from replication.results.comparisons import Comparison, VarianceParts
from replication.results.cost import CostResult, Latency, NetworkCost, Role, Runtime, YardstickCost, YardstickLatency
from tests import made_runs
from tests.made_runs import CLASSES, OPINION, evaluated

DATASET = next(name for name in CLASSES if name != OPINION)
ROLES: tuple[Role, ...] = ("teacher", "student")
RUNTIMES: tuple[Runtime, ...] = ("pytorch", "onnxruntime")
CALLS: dict[Runtime, int] = {"pytorch": 160, "onnxruntime": 220}
"""Of one text each, 20 times over."""
MILLISECONDS = {"teacher": 24.0, "student": 0.4}


def made_cost(pytorch: tuple[float, float, float] = (60.0, 55.0, 66.0)) -> CostResult:
    """A measurement with round numbers; `pytorch` is the latency ratio with its interval."""
    ratios = {
        "latency pytorch": pytorch,
        "latency onnxruntime": (12.0, 9.0, 15.0),
        "bytes": (150.0, 150.0, 150.0),
        "parameters": (151.0, 151.0, 151.0),
    }
    return CostResult(
        dataset=DATASET,
        method="supervised",
        texts=400,
        repeats=20,
        opset=17,
        tolerance=1e-4,
        processor="a <processor>",
        cores=2,
        versions={"torch": "2.13", "onnxruntime": "1.32"},
        networks=[
            NetworkCost(
                role=role, parameters=30_000_000 // (1 if role == "teacher" else 151), length=17.5, difference=2e-6,
                weights_bytes=120_000_000 // (1 if role == "teacher" else 150), onnx_bytes=120_100_000, flops=9.1e8,
            )
            for role in ROLES
        ],
        latencies=[
            Latency(
                role=role, runtime=runtime, threads=threads, batch=batch, items_per_second=1234.0,
                calls=CALLS[runtime] if batch == 1 else 20,
                p50=MILLISECONDS[role] * batch, p95=MILLISECONDS[role] * batch * 2, p99=MILLISECONDS[role] * batch * 3,
            )
            for runtime in RUNTIMES for threads in (1, 2) for batch in (1, 64) for role in ROLES
        ],
        comparisons=[
            Comparison(
                claim="small-fast", dataset=DATASET, part=part, unit="ratio", estimate=ratio[0], low=ratio[1],
                high=ratio[2], standard_error=0.05, seeds=1, items=40,
                variance=VarianceParts(seeds=0.0, items=0.0025, both=0.0),
            )
            for part, ratio in ratios.items()
        ],
        yardstick=YardstickCost(
            name="tfidf_logistic", parameters=9_000, weights_bytes=123_000,
            latencies=[
                YardstickLatency(batch=batch, calls=160, p50=0.31 * batch, items_per_second=3210.0) for batch in (1, 64)
            ],
        ),
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A profile's folder without a measurement of cost."""
    root = tmp_path_factory.mktemp("cost")
    made_runs.make_tree(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        made = root / evaluated()
    write_verdicts(made)
    return made


def rendered(folder: Path, to: Path, found: CostResult) -> str:
    """The page with that measurement."""
    shutil.copytree(folder, to)
    write_json(to / "cost.json", found.model_dump())
    return build(to, [ENGLISH]).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def section(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    page = rendered(folder, tmp_path_factory.mktemp("page") / "made", made_cost())
    found = re.search(r'<section aria-labelledby="cost">.*?</section>', page, re.DOTALL)
    assert found
    return found[0]


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_without_a_measurement_there_is_no_section(folder: Path) -> None:
    assert 'id="cost"' not in build(folder, [ENGLISH]).read_text(encoding="utf-8")


def test_every_ratio_says_where_it_stands_to_the_claim(section: str) -> None:
    text = plain(section)
    assert "BERT’s is 60.0 times the TextCNN’s (95% interval 55.0 to 66.0). That is at least the 10 times" in text
    assert "12.0 times the TextCNN’s (95% interval 9.00 to 15.0). Whether that is the 10 times of the claim" in text
    assert "Size of the weights’ file: BERT’s is 150 times the TextCNN’s. That is at least" in text


def test_the_title_is_the_finding(section: str, folder: Path, tmp_path: Path) -> None:
    assert "BERT takes 60.0 times as long as the TextCNN in PyTorch and 12.0 times in ONNX Runtime" in plain(section)
    page = rendered(folder, tmp_path / "made", made_cost(pytorch=(1.1, 0.7, 1.5)))
    assert "The TextCNN is not shown to be faster in both runtimes" in page
    assert "BERT’s is 1.10 times the TextCNN’s (95% interval 0.700 to 1.50). That is less than the 10 times" in plain(
        page
    )


def test_the_figure_has_a_panel_a_runtime_and_its_data(section: str) -> None:
    assert section.count("<svg") == 2
    assert "BERT (teacher): 24.0 ms" in plain(section)
    link = re.search(r'download="cost.json" href="data:application/json;base64,([^"]+)"', section)
    assert link
    data = json.loads(base64.b64decode(link[1]))
    assert CostResult.model_validate(data["cost"]) == made_cost()
    assert {(one["method"], one["model"]) for one in data["macro_f1"]} >= {
        ("supervised", "teacher"),
        ("supervised", "student"),
    }


def test_the_tables_are_whole_and_texts_are_escaped(section: str) -> None:
    tables = re.findall(r"<tbody>(.*?)</tbody>", section, re.DOTALL)
    assert [table.count("<tr>") for table in tables] == [2, 8, 2]
    assert tables[1].count(">60.0<") == 8
    assert "a &lt;processor&gt;" in section
    assert not re.search(r"\{\{|\{%|%\(", section)


def latencies(section: str) -> list[list[str]]:
    """The cells of the table of latencies, a list a row."""
    table = re.findall(r"<tbody>(.*?)</tbody>", section, re.DOTALL)[1]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    return [[plain(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows]


def test_tfidf_stands_beside_them_where_it_was_timed(section: str, folder: Path, tmp_path: Path) -> None:
    words = plain(section)
    assert "TF-IDF with logistic regression takes 0.310 ms from one text to its answer" in words
    assert (
        "the TextCNN 0.400 ms in ONNX Runtime, once the text is numbers. It keeps 0.123 MB, the TextCNN 0.800 MB"
        in words
    )
    assert "64 160 19.8 3,210" in words
    page = rendered(folder, tmp_path / "without", made_cost().model_copy(update={"yardstick": None}))
    assert "Cost of TF-IDF" not in page and "Cost of TF-IDF" in section


def test_a_row_tells_its_texts_and_calls(section: str) -> None:
    rows = latencies(section)
    assert rows[0][:5] == ["PyTorch", "1", "1", "8", "160"]
    assert rows[1][:5] == ["PyTorch", "1", "64", "64", "20"]
    assert rows[4][:5] == ["ONNX Runtime", "1", "1", "11", "220"]
    assert "The time had room for 8 to 64 of the 400 texts" in plain(section)


def test_a_percentile_of_too_few_calls_is_blank(section: str) -> None:
    rows = latencies(section)
    assert [rows[at][6:8] for at in (0, 1, 4)] == [["48.0", ""], ["", ""], ["48.0", "72.0"]]
    assert "The 95th percentile of fewer than 100 calls and the 99th of fewer than 200 are left blank" in plain(section)


def test_the_margin_is_that_of_the_verdict(folder: Path, tmp_path: Path) -> None:
    own = Path(shutil.copytree(folder, tmp_path / "own"))
    verdicts = json.loads((own / "verdicts.json").read_text(encoding="utf-8"))
    changed = [one | {"margin": 58.0} if one["claim"] == "small-fast" else one for one in verdicts]
    write_json(own / "verdicts.json", changed)
    text = plain(rendered(own, tmp_path / "made", made_cost()))
    assert "(95% interval 55.0 to 66.0). Whether that is the 58 times of the claim" in text
    write_json(own / "verdicts.json", [one for one in verdicts if one["claim"] != "small-fast"])
    assert "times of the claim" not in plain(rendered(own, tmp_path / "unjudged", made_cost()))


def test_standings_by_hand() -> None:
    by_part = {one.part: cost.standing(one, 10.0) for one in made_cost(pytorch=(5.0, 4.0, 9.9)).comparisons}
    assert by_part == {
        "latency pytorch": "below",
        "latency onnxruntime": "level",
        "bytes": "above",
        "parameters": "above",
    }
