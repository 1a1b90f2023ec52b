"""What bounds the reach of the results, and how the threats to validity say it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from replication.report.inputs import Inputs, read_inputs
from replication.report.limits import MostJunk, limits, measured_stages
from replication.report.page import templates
from replication.report.words import Words
from tests.made_runs import OPINION


def changed(inputs: Inputs, **parameters: object) -> Inputs:
    """With other parameters of the profile."""
    results = inputs.results.model_copy(update={"parameters": {**inputs.results.parameters, **parameters}})
    return replace(inputs, results=results)


def test_sets_whose_texts_are_cut_are_those_longer_than_a_student_reads(published: Path) -> None:
    inputs = read_inputs(published)
    student = inputs.results.parameters["student"]
    assert limits(changed(inputs, student={**student, "max_characters": 10_000})).cut == []
    names = [one.name for one in inputs.results.datasets]
    assert limits(changed(inputs, student={**student, "max_characters": 1})).cut == names


def test_the_junk_of_a_real_set_is_named_by_its_largest_family(published: Path) -> None:
    inputs = read_inputs(published)
    assert limits(inputs).junk == [], "the made set is called so elsewhere"
    cards = {name: card.model_copy(update={"kind": "real"}) for name, card in inputs.cards.items()}
    datasets = [
        one.model_copy(update={"family_items": {"abuse": 539, "spam_message": 211}}) if one.name == OPINION else one
        for one in inputs.results.datasets
    ]
    results = inputs.results.model_copy(update={"datasets": datasets})
    assert limits(replace(inputs, cards=cards, results=results)).junk == [MostJunk(OPINION, "abuse", 539, 750)]


def test_measurements_are_counted_by_their_sets(published: Path) -> None:
    measured = {
        "noise": {"datasets": ["a", "b"], "rates": [0.0, 0.2, 0.4]}, "samples": {"datasets": ["a"]},
        "temperature": {"datasets": []}, "cost": {"dataset": "a"},
    }  # fmt: skip
    found = limits(changed(read_inputs(published), measurements=measured))
    assert (found.sets, found.rates, found.cost) == ({"noise": 2, "samples": 1}, [0.2, 0.4], True)
    assert Words(templates()).text("measured_on", limits=found) == (
        "Noise is measured on 2 of them (rates besides 0: 0.2, 0.4). Few samples are measured on 1. "
        "Cost is measured on one."
    )
    assert limits(changed(read_inputs(published), measurements={})).sets == {}
    assert measured_stages({"measurements": measured}) == [
        ("noise", "noise.json", ["a", "b"]), ("gradients", "gradients.json", ["a", "b"]),
        ("samples", "efficiency.json", ["a"]), ("cost", "cost.json", [""]),
    ]  # fmt: skip


def test_the_teacher_is_the_largest_one(published: Path) -> None:
    assert limits(read_inputs(published)).teacher_parameters == 1234
