"""What results are held against. A yardstick is one file here, named as the yardstick.

It offers

    fit_predict(train_texts, train_labels, validation_texts, validation_labels, texts, classes) -> Fitted

and is deterministic. Labels are class indices; it never sees the labels of `texts` other than those given. With
`CUT = True` beside it, all texts end where the student's end; else they are whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    answer: Callable[[Sequence[str]], npt.NDArray[np.float64]]
    """What it says of further texts, [texts, classes]: log-probabilities, from the text as it is."""
    weights_bytes: int
    """Of the numbers and n-grams that it has to keep in order to answer, as they lie in memory or UTF-8."""
