"""What results are held against. A yardstick is one file here, named as the yardstick.

It offers

    fit_predict(train_texts, train_labels, validation_texts, validation_labels, texts, classes) -> Fitted

and is deterministic. Labels are class indices; it never sees the labels of `texts` other than those given. With
`CUT = True` beside it, all texts end where the student's end; else they are whole.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt


class Fitted(NamedTuple):
    """A fitted yardstick's answer."""

    log_probabilities: npt.NDArray[np.float64]
    """[texts, classes]."""
    parameter_count: int
    settings: dict[str, Any]
    """What was fixed or chosen on validation."""
