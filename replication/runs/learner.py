"""What a run trains, and on what: networks, items and validation of a cell's seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from replication.data.splits import Split, Splits
from replication.errors import UserError
from replication.predictions import read_hidden, read_predictions
from replication.runs.readers import Readers, macro_f1
from replication.runs.route import StoredRoute
from replication.runs.tasks import Cell
from replication.training.batches import Items
from replication.training.inputs import Outputs
from replication.training.network import Network, Streams
from replication.training.phases import Context, JointTeacher, MethodSettings


@dataclass(frozen=True)
class Learner:
    """What a run trains, and on what."""

    readers: Readers
    main: Network
    """The network that the run is about."""
    items: Items
    held_out: Items
    """The validation items."""
    vocabulary: Sequence[str]

    def validation(self, network: Network) -> float:
        """Macro-F1 on the validation items, in [0, 1]."""
        return macro_f1(network, self.held_out, len(self.readers.splits.classes))


def make_learner(cell: Cell, seed: int, splits: Splits) -> Learner:
    """Networks and items of a run.

    Raises:
        UserError: the set has no legacy items, or a teacher's outputs do not fit the items.
    """
    readers = Readers(splits, Streams(seed, cell.device))
    vocabulary: Sequence[str] = ()
    parts, held_out = [splits.labelled], splits.validation
    if cell.role == "historical":
        parts, held_out = _legacy(cell, splits)
    elif cell.own.uses_pool():
        parts.append(splits.pool)
    if cell.student is not None:
        # Of all training texts, the pool included, so that every arm has the same student.
        known = parts if cell.role == "historical" else [splits.labelled, splits.pool]
        texts = [text for part in known for text in part.texts]
        vocabulary = readers.add_textcnn(cell.role, cell.student, texts, cell.precision).to_list()
    if cell.needs_bert:
        assert cell.teacher is not None and cell.checkpoint is not None and cell.states is not None
        readers.add_bert(cell.teacher, cell.checkpoint, cell.states, cell.precision, hidden=cell.role == "teacher")
    targets = _targets(cell, seed)
    items, validation = readers.items(parts, targets), readers.items([held_out], targets)
    return Learner(readers, readers.networks[cell.role], items, validation, vocabulary)


def _legacy(cell: Cell, splits: Splits) -> tuple[list[Split], Split]:
    if splits.history is None or splits.history_validation is None:
        raise UserError(f"{cell.dataset}: the set has no legacy items; take it out of opinion_datasets in params.yaml")
    return [splits.history], splits.history_validation


def _targets(cell: Cell, seed: int) -> dict[str, Outputs]:
    found = {}
    for name, path in cell.inputs(seed).items():
        if name.startswith("hidden"):
            ids, states = read_hidden(path, int(name.removeprefix("hidden")))
            found[name] = Outputs(ids, states)
        elif name != "route":
            predictions = read_predictions(path)
            found[name] = Outputs(predictions.ids, predictions.logits)
    return found


def make_context(cell: Cell, seed: int, learner: Learner) -> Context[MethodSettings]:
    """What the method of a cell is given."""
    joint, route = None, None
    if cell.own.trains_teacher():
        assert cell.teacher is not None
        budget = {"iterations": cell.training.iterations, "evaluations": cell.training.evaluations}
        joint = JointTeacher(learner.readers.networks["teacher"], cell.teacher.training.model_copy(update=budget))
    if cell.own.walks_route():
        teacher, folder = learner.readers.networks["teacher"], cell.inputs(seed)["route"]
        route = StoredRoute(folder, teacher, learner.items, learner.held_out)
    return Context(cell.own, learner.main, cell.training, learner.validation, learner.held_out, joint, route)
