"""How much seeds differ, judged by all that was measured together: variances drawn towards what they have in common.

Three or six degrees of freedom are too few for a threshold far out in the tail, which is where a correction over many
cells puts it: the false alarms then come from the variances that happen to be too small. Each is drawn towards the rest
by empirical Bayes (Smyth 2004, "Linear models and empirical Bayes methods", sections 3 and 6.2, from which the names d0
and s0² come): the cells of a set are the same network on the same texts. The tests simulate false alarms.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import optimize, special

from replication.statistics import Variance

LEAST = 3
"""Fewer variances tell nothing of how they scatter."""
EXACT = 1e5
"""Degrees of freedom from which a prior counts as exact."""


UNKNOWN = Variance(0.0, 0.0)


def fit_prior(variances: Sequence[Variance]) -> Variance:
    """s0² and d0 of the scaled inverse chi-squared distribution that the true variances come from.

    By the moments of log s² (Smyth 2004, section 6.2), over the variances above 0; `UNKNOWN` where those are too few.
    """
    usable = [one for one in variances if one.freedom and one.value > 0]
    if len(usable) < LEAST:
        return UNKNOWN
    freedom = np.array([one.freedom for one in usable], dtype=np.float64)
    logs = np.log([one.value for one in usable]) - special.digamma(freedom / 2) + np.log(freedom / 2)
    excess = float(logs.var(ddof=1) - special.polygamma(1, freedom / 2).mean())
    if excess <= special.polygamma(1, EXACT / 2):
        return Variance(float(np.exp(logs.mean())), EXACT)
    half = float(optimize.brentq(lambda at: float(special.polygamma(1, at)) - excess, 1e-6, EXACT))
    return Variance(float(np.exp(logs.mean() + special.digamma(half) - np.log(half))), 2 * half)


def moderated(own: Variance, prior: Variance) -> Variance:
    """A cell's variance drawn towards what the rest share; as it is where that is unknown."""
    freedom = prior.freedom + own.freedom
    if not freedom:
        return UNKNOWN
    return Variance((prior.freedom * prior.value + own.freedom * own.value) / freedom, freedom)
