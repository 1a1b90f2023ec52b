"""The set as it is built from the real distribution (through the package index, once) at the default sizes."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.base import ClassifierMixin
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from replication.config import PARAMS
from replication.data.fetch import fetch
from replication.data.grammar import load_grammar
from replication.data.normalise import normalise
from replication.data.prepare import prepare
from replication.data.source import RawItem, load_source
from replication.data.sources.spam_opinion_made import RECIPE
from replication.data.splits import Facts, Splits, load_card, load_facts, load_splits, load_withheld
from replication.files import digest, file_digest
from replication.params import load

ROOT = Path(__file__).parents[3]
PICTURES = re.compile("[\u2190-\u2bff\u3030\ufe0f\U0001f000-\U0001faff]")


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw") / "spam_opinion_made"
    fetch("spam_opinion_made", folder)
    return folder


@pytest.fixture(scope="module")
def items(raw: Path) -> list[RawItem]:
    return list(load_source("spam_opinion_made").read(raw))


@pytest.fixture(scope="module")
def prepared(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "spam_opinion_made"
    prepare("spam_opinion_made", raw, folder, load(ROOT / PARAMS).preparation)
    return folder


@pytest.fixture(scope="module")
def splits(prepared: Path) -> Splits:
    return load_splits(prepared)


@pytest.fixture(scope="module")
def facts(prepared: Path) -> dict[str, Facts]:
    return load_facts(prepared, "test")


def test_sizes_shares_and_lengths(items: list[RawItem], prepared: Path) -> None:
    card = load_card(prepared)
    assert card["duplicates_dropped"] + card["conflicts_dropped"] < 100
    usual = [item for item in items if "held_out" not in item.extra]
    for period, least in {"current": 8000, "legacy": 2000}.items():
        labels = [item.label for item in usual if item.extra["period"] == period]
        assert len(labels) >= least + 100
        assert labels.count("junk") / len(labels) == pytest.approx(0.4, abs=0.01)
    lengths = [len(normalise(item.text)) for item in items]
    assert 35 <= np.median(lengths) <= 45
    assert np.quantile(lengths, 0.95) < 96


def test_junk_is_class_one_and_the_card_names_what_made_it(
    splits: Splits, prepared: Path, items: list[RawItem]
) -> None:
    assert splits.classes == ["ordinary", "junk"]
    card = load_card(prepared)
    assert card["kind"] == "semi-synthetic"
    assert card["generation"] == {
        "grammar": "spam_opinion.yaml",
        "sha256": file_digest(RECIPE.grammar),
        "seed": RECIPE.seed,
        "items": digest([[item.text, item.label, item.extra] for item in items]),
    }
    assert all(len(family["examples"]) == 10 for family in card["families"].values())
    shown = chain.from_iterable(family["examples"] for family in card["families"].values())
    assert not any(re.search(r"[0-9]{5}", example) for example in shown)


def test_every_family_is_written_plainly_and_in_disguise(items: list[RawItem]) -> None:
    grammar = load_grammar(RECIPE.grammar)
    for name, family in grammar.families.items():
        texts = [item.text for item in items if item.extra["family"] == name]
        entries = family.disguises.values()
        forms = {form for entry in entries for form in (*entry.variant, *entry.split, *entry.homophone)}
        assert len(texts) > 100
        assert sum(any(word in text for word in family.disguises) for text in texts) > 10, name
        assert sum(any(form in text for form in forms if len(form) > 1) for text in texts) > 5, name
        assert sum(bool(PICTURES.search(text)) for text in texts) > 5, name


def test_families_drift_and_some_of_the_test_set_are_new(items: list[RawItem], facts: dict[str, Facts]) -> None:
    grammar = load_grammar(RECIPE.grammar)
    shares = {}
    for period in ("legacy", "current"):
        counts = Counter(i.extra["family"] for i in items if i.label == "junk" and i.extra["period"] == period)
        shares[period] = {name: counts[name] / counts.total() for name in grammar.trained}
    assert max(abs(shares["legacy"][name] - shares["current"][name]) for name in grammar.trained) > 0.08
    tested = Counter(fact.family for fact in facts.values() if fact.period == "current")
    assert all(tested[name] >= 10 for name in grammar.untrained)
    assert (
        0.08
        < sum(tested[name] for name in grammar.untrained)
        / sum(count for name, count in tested.items() if not name.startswith("ordinary"))
        < 0.2
    )


def test_held_out_families_are_in_no_other_split(items: list[RawItem], splits: Splits, prepared: Path) -> None:
    held_out = {normalise(item.text) for item in items if "held_out" in item.extra}
    others = (splits.labelled, splits.pool, splits.validation, splits.history, splits.history_validation)
    assert not any(held_out & set(split.texts) for split in others if split is not None)
    assert held_out & set(splits.test.texts)


def test_no_review_stands_in_two_posts(items: list[RawItem]) -> None:
    plain = {item.text for item in items if item.extra["family"] == "ordinary"}
    assert len(plain) == sum(item.extra["family"] == "ordinary" for item in items)
    starts: dict[str, list[str]] = {}
    for text in plain:
        starts.setdefault(text[:8], []).append(text)
    for item in items:
        if item.extra["family"] != "ordinary":
            windows = (item.text[start : start + 8] for start in range(len(item.text) - 7))
            assert not any(text in item.text for window in windows for text in starts.get(window, []))


def test_contacts_cannot_exist(items: list[RawItem]) -> None:
    grammar = load_grammar(RECIPE.grammar)
    assert all(word.endswith(".example") for word in grammar.words["site"])
    assert all(word.startswith(("129", "101")) for word in grammar.words["phone"])
    assert all(word.startswith("0") for word in grammar.words["qq"])
    assert all(len(word) <= 5 for word in grammar.words["wechat"])
    patterns = [p for f in grammar.families.values() for w in f.periods.values() for p in w.patterns]
    for lists in (grammar.words, *(family.words for family in grammar.families.values())):
        patterns += chain(*lists.values())
    assert not [p for p in patterns if re.search(r"[1-9][#\d]{6}", p) and p not in grammar.words["phone"]]
    assert not [p for p in patterns if re.search(r"https?:|\.(?:com|cn|net|org)\b", p)]


def format_features(texts: list[str]) -> npt.NDArray[np.float64]:
    """Length, and counts of digits, punctuation, Latin letters, emoji and symbols, spaces: [texts, 6]."""
    rows = []
    for text in texts:
        kinds = [unicodedata.category(character) for character in text]
        latin = sum(character.isascii() and character.isalpha() for character in text)
        signs = sum(kind.startswith("S") for kind in kinds) + len(PICTURES.findall(text))
        digits, points = (sum(kind.startswith(first) for kind in kinds) for first in ("N", "P"))
        rows.append([len(text), digits, points, latin, signs, text.count(" ")])
    return np.array(rows, dtype=np.float64)


@pytest.mark.parametrize(
    "model",
    [
        make_pipeline(StandardScaler(), LogisticRegression()),
        make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced")),
        GradientBoostingClassifier(random_state=0),
    ],
    ids=["logistic", "balanced", "boosting"],
)
def test_format_alone_does_not_tell_junk(
    model: ClassifierMixin, splits: Splits, facts: dict[str, Facts], prepared: Path
) -> None:
    withheld = load_withheld(prepared, "test")
    current = np.array([facts[id_].period == "current" for id_ in splits.test.ids])
    truth = np.array([withheld[id_] for id_ in splits.test.ids])
    model.fit(format_features(splits.labelled.texts), splits.labelled.labels)
    predicted = model.predict(format_features(splits.test.texts))
    for part in (current, ~current):
        assert f1_score(truth[part], predicted[part]) < 0.70
        assert f1_score(truth[part], predicted[part], average="macro") < 0.70
    assert f1_score(truth[current], predicted[current], average="macro") > 0.38  # that of calling all ordinary


def test_reading_does_tell_junk(splits: Splits, facts: dict[str, Facts], prepared: Path) -> None:
    """The classical classifier stands between chance and what would leave nothing to teach."""
    from replication.baselines.tfidf_logistic import fit_predict

    assert splits.labelled.labels is not None and splits.validation.labels is not None
    withheld = load_withheld(prepared, "test")
    fitted = fit_predict(
        splits.labelled.texts,
        splits.labelled.labels.tolist(),
        splits.validation.texts,
        splits.validation.labels.tolist(),
        splits.test.texts,
        2,
    )
    current = np.array([facts[id_].period == "current" for id_ in splits.test.ids])
    truth = np.array([withheld[id_] for id_ in splits.test.ids])
    predicted = fitted.log_probabilities.argmax(axis=1)
    assert 0.75 < f1_score(truth[current], predicted[current], average="macro") < 0.92
