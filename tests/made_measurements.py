"""Made results of the measurements, as `evaluate` publishes them."""

from __future__ import annotations

from replication.results.cells import Interval
from replication.results.comparisons import Comparison, Unit, VarianceParts
from replication.results.gradients import (
    MOMENTS,
    SCOPES,
    SPACES,
    CorrectionRow,
    CosineRow,
    GradientResult,
    GradientSet,
    Pull,
    ShownItem,
    SimplexPicture,
)
from replication.results.noise import NoiseArm, NoisePoint, NoiseResult, NoiseSet
from tests.made_data import CLASSES, MALICIOUS, OPINION

RATES = [0.0, 0.2, 0.4]
SETS = ("titles", OPINION)
FALLS = {"supervised": 0.2, "label_smoothing": 0.18, "soft_label": 0.12, "logit_mse": 0.1}


def around(mean: float, half: float = 0.03) -> Interval:
    return Interval(mean=round(mean, 6), low=round(mean - half, 6), high=round(mean + half, 6))


def compared(dataset: str, part: str, unit: Unit, estimate: float, half: float) -> Comparison:
    return Comparison(
        claim="noise", dataset=dataset, part=part, unit=unit, estimate=estimate, low=estimate - half,
        high=estimate + half, standard_error=half / 1.96, seeds=2, items=100,
        variance=VarianceParts(seeds=0.0, items=(half / 1.96) ** 2, both=0.0),
    )  # fmt: skip


def made_noise(gains: tuple[float, float] = (0.08, 0.08), half: float = 0.02) -> NoiseResult:
    """Arms that fall in a line; `gains` are the differences of falls on the two sets."""
    return NoiseResult(
        kind="symmetric",
        rates=RATES,
        confidence=0.95,
        sets=[NoiseSet(dataset=one, labelled=30, flipped={"0": 0, "0.2": 6, "0.4": 12}, test_items=100, arms=_arms())
              for one in SETS],
        comparisons=[compared(one, "fall from 0 to 0.4", "share", gain, half)
                     for one, gain in zip(SETS, gains, strict=True)],
    )  # fmt: skip


def _arms() -> list[NoiseArm]:
    arms = []
    for method, fall in FALLS.items():
        taught = ("honest", "oracle") if method in ("soft_label", "logit_mse") else ("",)
        for kind in taught:
            arms.append(_arm(method, "student", kind, 0.65, fall / 2 if kind == "oracle" else fall))
    return [*arms, _arm("supervised", "teacher", "", 0.8, 0.05)]


def _arm(method: str, model: str, taught: str, start: float, fall: float) -> NoiseArm:
    points = []
    for rate in RATES:
        mean = start - fall * rate / RATES[-1]
        seeds = {0: round(mean - 0.01, 6), 1: round(mean + 0.01, 6)}
        points.append(NoisePoint(rate=rate, macro_f1=around(mean), seeds=seeds, missing=[]))
    return NoiseArm.model_validate(
        {"method": method, "model": model, "taught": taught, "points": points, "slope": around(-fall / RATES[-1], 0.1),
         "fall": around(fall, 0.04)}
    )  # fmt: skip


def made_gradients(gain: float = 0.1) -> GradientResult:
    """Cosines that part by `gain` times the rate over its largest."""
    sets = []
    for dataset in SETS:
        rows, corrections = [], []
        for rate in RATES:
            for number, moment in enumerate(MOMENTS):
                for scope in SCOPES if rate else SCOPES[:1]:
                    for space in SPACES:
                        hard = (1 - rate - 0.1 * number) * (1 if scope == "all" else -0.5)
                        change = gain * rate / RATES[-1]
                        rows.append(
                            CosineRow(rate=rate, moment=moment, scope=scope, space=space, hard=around(hard),
                                      soft=around(0.7), mix=around(hard + change), gain=around(change))
                        )  # fmt: skip
                if rate:
                    share = 0.9 - rate - 0.05 * number
                    corrections.append(
                        CorrectionRow(rate=rate, moment=moment, flipped=round(30 * rate), corrected=around(share),
                                      outweighed=around(share / 2))
                    )  # fmt: skip
        simplex = _simplex() if dataset == "titles" else None
        seeds = {f"{rate:g}": [0, 1] for rate in RATES}
        sets.append(
            GradientSet(dataset=dataset, classes=CLASSES[dataset], seeds=seeds, labelled=30, missing=[], cosines=rows,
                        corrections=corrections, simplex=simplex)
        )  # fmt: skip
    comparisons = [
        compared(one, f"rate {rate:g}", "cosine", gain * rate / RATES[-1], 0.02) for one in SETS for rate in RATES[1:]
    ]
    return GradientResult(kind="symmetric", rates=RATES, confidence=0.95, sets=sets, comparisons=comparisons)


def _simplex() -> SimplexPicture:
    text = MALICIOUS.replace("13800138000", "•••••••••••")
    items = [
        ShownItem(text=f"{text} {at}", truth=0, noisy=2, teacher=[0.6 - 0.2 * at, 0.2 + 0.3 * at, 0.2 - 0.1 * at])
        for at in (0, 1)
    ]
    pull = {"student": [0.3, 0.2, 0.5], "clean": [-0.1, 0.3, -0.2], "noisy": [0.3, -0.1, -0.2]}
    pulls = [Pull(**pull, soft=[0.2, -0.05, -0.15]), Pull(**pull, soft=[-0.15, 0.25, -0.1])]
    return SimplexPicture(
        rate=0.4, seed=0, moment="middle", iteration=50, temperature=2.0, items=items, pulls=pulls
    )  # fmt: skip
