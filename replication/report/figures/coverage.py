"""Coverage: recall by kind of junk and period, and what of the historical model's catch a network keeps and loses."""

from __future__ import annotations

from replication.report.figures.style import BAND, GRID, INK, MUTED, PAPER, look, panel, svg
from replication.report.words import Words
from replication.results.coverage import ArmCoverage, Period

WIDTH, ROW, LEFT = 300, 24, 112
APART = 0.17
"""How far above and below a row's middle legacy and current recall are drawn, in rows."""


def recall_panel(
    arm: ArmCoverage,
    reference: ArmCoverage | None,
    families: list[str],
    name: str,
    title: str,
    description: str,
    words: Words,
) -> str:
    """One network: a row a family, its recall on legacy (hollow) and current items; the TextCNN's as grey ticks.

    Args:
        arm: whose recall.
        reference: the TextCNN, where it has runs and is another.
        families: the rows.
        name: of the figure, unique on the page.
        title: short text alternative.
        description: what is to be seen.
        words: for names and axis.
    """
    axes = panel(WIDTH, 54 + ROW * len(families), LEFT, right=14)
    appearance = look(arm.method)
    heights: dict[Period, float] = {"legacy": -APART, "current": APART}
    for at, family in enumerate(families):
        axes.axhline(at + 0.5, color=GRID, linewidth=0.4)
        for period, offset in heights.items():
            other = None if reference is None else reference.recall.get(period, {}).get(family)
            if other is not None:
                axes.plot([100 * other.mean], [at + offset], marker="|", color=MUTED, markersize=9, markeredgewidth=1.6)
            value = arm.recall.get(period, {}).get(family)
            if value is None:
                continue
            axes.plot([100 * value.low, 100 * value.high], [at + offset] * 2, color=appearance.colour, linewidth=1.6)
            axes.plot(
                [100 * value.mean],
                [at + offset],
                marker=appearance.marker,
                color=appearance.colour,
                markerfacecolor=PAPER if period == "legacy" else appearance.colour,
                markersize=5.5,
            )
    axes.set_xlim(-3, 103)
    axes.set_ylim(len(families) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.set_yticks(range(len(families)), [words.text("coverage_family", name=family) for family in families])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(words.text("coverage_recall_axis"))
    return svg(axes, name, title, description)


def flips_panel(arms: list[ArmCoverage], period: Period, name: str, title: str, description: str, words: Words) -> str:
    """A row a network: left what it lost of the historical catch, right what it kept of it and what it added."""
    axes = panel(360, 56 + 28 * len(arms), 122, right=20)
    for at, arm in enumerate(arms):
        flips, colour = arm.flips[period], look(arm.method).colour
        axes.barh(at, -flips.lost, height=0.56, facecolor=PAPER, edgecolor=colour, hatch="////", linewidth=1)
        axes.barh(at, flips.kept, height=0.56, color=colour, linewidth=0)
        axes.barh(at, flips.gained, left=flips.kept, height=0.56, facecolor=BAND, edgecolor=colour, linewidth=1)
        axes.text(flips.kept + flips.gained, at, f" {flips.kept:.0f} + {flips.gained:.0f}", va="center", color=INK)
        axes.text(-flips.lost, at, f"{flips.lost:.0f} ", va="center", ha="right", color=INK)
    axes.axvline(0, color=MUTED, linewidth=1)
    widest = max(arm.flips[period].kept + arm.flips[period].gained for arm in arms)
    axes.set_xlim(-max(arm.flips[period].lost for arm in arms) - 0.2 * widest, 1.3 * widest + 1)
    axes.set_ylim(len(arms) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    labels = [words.text("coverage_arm", short=words.text("short", method=arm.method), arm=arm) for arm in arms]
    axes.set_yticks(range(len(arms)), labels)
    axes.tick_params(axis="y", length=0)
    ticks = [tick for tick in axes.get_xticks() if axes.get_xlim()[0] <= tick <= axes.get_xlim()[1]]
    axes.set_xticks(ticks, [f"{abs(tick):g}" for tick in ticks])
    axes.set_xlabel(words.text("coverage_flips_axis"))
    return svg(axes, name, title, description)
