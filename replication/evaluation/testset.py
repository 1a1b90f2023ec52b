"""The test items of a dataset with all that is withheld from training: labels, families, periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from replication.config import Parameters
from replication.data.splits import Facts, Split, Splits, load_facts, load_splits, load_withheld
from replication.errors import UserError

JUNK = 1
"""Class index of junk in an opinion set."""
CURRENT, LEGACY = "current", "legacy"


@dataclass(frozen=True)
class TestSet:
    """Test items in their order, and the validation items on which thresholds are chosen."""

    __test__ = False

    name: str
    splits: Splits
    labels: Mapping[str, int]
    """Class index by item id; the items in their order, those of both periods."""
    facts: Mapping[str, Facts]
    """Family and period by item id; empty where the set is no opinion set."""

    @property
    def opinion(self) -> bool:
        """Whether this is an opinion set, which has junk, families and periods."""
        return bool(self.facts)

    @property
    def truth(self) -> npt.NDArray[np.int64]:
        """Class indices, [items]."""
        return np.array(list(self.labels.values()), dtype=np.int64)

    @property
    def current(self) -> npt.NDArray[np.bool_]:
        """Which items are of the current period, [items]; all of them where the set has no periods."""
        return np.array(
            [not self.opinion or self.facts[item].period == CURRENT for item in self.labels], dtype=np.bool_
        )

    @property
    def families(self) -> list[str]:
        """Family of each item, [items]; empty strings where the set has none."""
        return [self.facts[item].family if self.opinion else "" for item in self.labels]

    def family_items(self) -> dict[str, int]:
        """Current test items by junk family, in the order of their names."""
        rows = zip(self.families, self.truth, self.current, strict=True)
        found = [family for family, label, current in rows if label == JUNK and current] if self.opinion else []
        return {family: found.count(family) for family in sorted(set(found))}

    def validation(self, historical: bool) -> Split:
        """The items on which a run's threshold is chosen: the historical model's are legacy ones.

        Raises:
            UserError: the prepared data has no such split.
        """
        if not historical:
            return self.splits.validation
        if self.splits.history_validation is None:
            raise UserError(f"{self.name}: no legacy validation items; run `dvc repro prepare@{self.name}` again")
        return self.splits.history_validation


def load_test_set(parameters: Parameters, name: str, data: Path) -> TestSet:
    """Read what the stage `prepare` left in `data`.

    Raises:
        UserError: a file is missing or damaged, or an opinion set has no families and periods.
    """
    labels, facts = load_withheld(data, "test"), load_facts(data, "test")
    if name in parameters.opinion_datasets and not facts:
        raise UserError(f"params.yaml: opinion_datasets: {name} has no families and periods; take it off the list")
    odd = [item for item in labels if facts and (item not in facts or facts[item].period not in (CURRENT, LEGACY))]
    if odd:
        raise UserError(
            f"{data / 'withheld.parquet'}: item {odd[0]} has no period `{CURRENT}` or `{LEGACY}`; "
            f"run `dvc repro -f prepare@{name}`"
        )
    splits = load_splits(data)
    if facts and len(splits.classes) != 2:
        raise UserError(f"{data / 'card.json'}: an opinion set has two classes, not {len(splits.classes)}")
    return TestSet(name, splits, labels, facts)
