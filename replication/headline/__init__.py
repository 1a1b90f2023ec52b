"""The headline table and the verdicts of a profile, written from its records between two markers of a page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from replication.errors import UserError
from replication.files import write_text
from replication.headline.board import board
from replication.report.languages import ENGLISH
from replication.report.numbers import percent, points
from replication.report.page import templates
from replication.report.readings import read_readings
from replication.report.words import Words
from replication.results.cards import DataCard
from replication.results.cells import CellResult, DatasetResult, Interval, Results
from replication.results.files import read_json
from replication.results.verdicts import Verdict

MARKER = re.compile(r"<!-- results:([\w-]+):(begin|end) -->")
"""Around a block: the profile whose results it shows, and which end this is."""
METRIC = "macro_f1"
ARMS = {
    ("supervised", "student"): "TextCNN, labels alone",
    ("supervised", "teacher"): "BERT, the teacher",
    ("soft_label", "student"): "TextCNN, soft labels",
    ("logit_mse", "student"): "TextCNN, logit regression (scheme 1)",
    ("fitnets", "student"): "TextCNN, FitNets",
    ("rco", "student"): "TextCNN, route (RCO)",
    ("scheme2", "student"): "TextCNN, scheme 2 (joint, isolated)",
    ("scheme3", "student"): "TextCNN, scheme 3 (joint, feedback)",
    ("scheme4", "student"): "TextCNN, scheme 4 (losses added)",
    ("scheme5", "student"): "TextCNN, scheme 5 (two teachers)",
    ("tfidf_logistic", "student"): "TF-IDF, logistic regression, whole texts",
    ("tfidf_logistic_cut", "student"): "TF-IDF, logistic regression, what the student reads",
}
"""The rows, by method and model; named beforehand, so that none is there for how it scored."""


@dataclass(frozen=True)
class Slot:
    """Where a block stands in a page."""

    profile: str
    start: int
    """Just after the first marker."""
    end: int
    """Where the second marker starts."""


def write(published: Path, root: Path = Path()) -> list[Path]:
    """Write every block of the pages anew; returns those pages.

    Args:
        published: the folder that holds the published folder of each profile, by name.
        root: the project's folder.

    Raises:
        UserError: a published file is missing or damaged, or a page's markers are no pairs.
    """
    written = pages(root)
    for path in written:
        text = path.read_text(encoding="utf-8")
        for slot in reversed(list(slots(path))):
            text = f"{text[: slot.start]}\n\n{block(published / slot.profile)}\n{text[slot.end :]}"
        write_text(path, text)
    return written


def pages(root: Path) -> list[Path]:
    """The README, and the pages of the docs that have a marker."""
    docs = sorted(path for path in (root / "docs").glob("*.md") if MARKER.search(path.read_text(encoding="utf-8")))
    return [root / "README.md", *docs]


def slots(path: Path) -> Iterator[Slot]:
    """The blocks of a page, in their order.

    Raises:
        UserError: the page has none, or a marker without its fellow.
    """
    marks = list(MARKER.finditer(path.read_text(encoding="utf-8")))
    paired = [mark.groups() for mark in marks] == [(mark[1], end) for mark in marks[::2] for end in ("begin", "end")]
    if not marks or not paired:
        raise UserError(
            f"{path}: expected <!-- results:PROFILE:begin --> and after it <!-- results:PROFILE:end -->, once or more; "
            "put them where results belong"
        )
    for first, last in zip(marks[::2], marks[1::2], strict=True):
        yield Slot(first[1], first.end(), last.start())


def block(folder: Path) -> str:
    """The Markdown between the markers."""
    results = read_json(folder / "results.json", Results)
    cards = read_json(folder / "cards.json", dict[str, DataCard])
    parts = [_table(results, {name for name, card in cards.items() if card.generation is not None})]
    verdicts = folder / "verdicts.json"
    if verdicts.is_file():
        words = Words(templates(ENGLISH))
        parts.append(board(read_json(verdicts, list[Verdict]), read_readings(folder, results, cards), words))
    return "\n".join(parts)


def _table(results: Results, made: set[str]) -> str:
    """The sets across, the arms down; `made` sets, which a program made in part, are called so."""
    confidence = f"{100 * results.parameters['statistics']['confidence']:g}%"
    seeds = len(results.parameters["seeds"])
    sets = [f"`{one.name}`{' (semi-synthetic)' if one.name in made else ''}" for one in results.datasets]
    lines = [
        f"Test macro-F1 in %, mean over {seeds} seeds, and in brackets the difference to the TextCNN on labels alone,",
        f"in points with its {confidence} interval; bold where that interval is clear of 0. Written from",
        f"`reports/{results.profile}/results.json` by `python -m replication headline`.",
        _commits(results),
        "",
        f"| | {' | '.join(sets)} |",
        f"|---|{'--:|' * len(results.datasets)}",
    ]
    for (method, model), name in ARMS.items():
        found = [_listed(dataset, method, model) for dataset in results.datasets]
        if any(found):
            lines.append(f"| {name} | {' | '.join(_entry(cell) for cell in found)} |")
    return "\n".join(lines) + "\n"


def _commits(results: Results) -> str:
    """Whose code the runs are of, most runs first: it may be older than the page."""
    runs: Counter[str] = Counter()
    for one in results.environments:
        changed = "+" if one["commit"].endswith("+") else ""
        runs[one["commit"][:7] + changed] += one["runs"]
    named = [f"{count} of commit `{commit}`" for commit, count in runs.most_common()]
    return f"The runs are of the code of these commits: {', '.join(named)}." if named else "There are no runs."


def _listed(dataset: DatasetResult, method: str, model: str) -> CellResult | None:
    return next((cell for cell in dataset.cells if (cell.method, cell.model) == (method, model)), None)


def _entry(cell: CellResult | None) -> str:
    if cell is None:
        return ""
    if METRIC not in cell.metrics:
        return "missing"
    mean = percent(cell.metrics[METRIC].mean)
    delta = cell.delta.get(METRIC)
    return mean if delta is None else f"{mean} ({_difference(delta)})"


def _difference(delta: Interval) -> str:
    text = f"{points(delta.mean)} [{points(delta.low)}, {points(delta.high)}]"
    return f"**{text}**" if delta.separated else text
