"""One look for all figures: colours and marks by method, and SVG that takes the page's fonts and colour scheme.

Matplotlib draws with stand-in colours; `svg` turns them into CSS variables, so that one drawing serves light and dark.
Texts stay texts. The same drawing gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import matplotlib as mpl
from markupsafe import escape
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from replication.report.figures.slim import slim

INK, MUTED, GRID, BAND, PAPER = "#010101", "#020202", "#030303", "#040404", "#050505"
OKABE_ITO = {
    "blue": "#0072b2",
    "vermillion": "#d55e00",
    "green": "#009e73",
    "purple": "#cc79a7",
    "orange": "#e69f00",
    "sky": "#56b4e9",
    "yellow": "#f0e442",
}
"""Okabe and Ito's palette, black (here the page's ink) apart."""
VARIABLES = {INK: "currentColor"}
VARIABLES |= {MUTED: "var(--muted)", GRID: "var(--grid)", BAND: "var(--band)", PAPER: "var(--paper)"}
VARIABLES |= {colour: f"var(--{name})" for name, colour in OKABE_ITO.items()}

SETTINGS: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 11.0,
    "svg.fonttype": "none",
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.labelsize": 11.0,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "figure.facecolor": "none",
    "figure.dpi": 72,
    "axes.unicode_minus": True,
}


class Look(NamedTuple):
    """Colour and mark of a method."""

    colour: str
    marker: str


BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, YELLOW = OKABE_ITO.values()
LOOKS = {
    "supervised": Look(INK, "o"),
    "soft_label": Look(BLUE, "s"),
    "logit_mse": Look(VERMILLION, "D"),
    "tfidf_logistic": Look(GREEN, "P"),
    "tfidf_logistic_cut": Look(SKY, "P"),
    "majority": Look(PURPLE, "X"),
    "label_smoothing": Look(ORANGE, "^"),
    "pseudo_label": Look(SKY, "v"),
    "fitnets": Look(YELLOW, "p"),
    "fitnets_control": Look(YELLOW, "o"),
    "rco": Look(GREEN, "h"),
    "other_teacher": Look(PURPLE, "<"),
    "historical": Look(YELLOW, "*"),
    "scheme1": Look(VERMILLION, "d"),
    "scheme1_soft_label": Look(VERMILLION, "s"),
    "scheme1_labelled": Look(VERMILLION, "^"),
    "scheme1_soft_label_labelled": Look(VERMILLION, "p"),
    "scheme2": Look(BLUE, "o"),
    "scheme3": Look(GREEN, "v"),
    "scheme4": Look(ORANGE, "D"),
    "scheme4_own_rate": Look(ORANGE, "H"),
    "scheme5": Look(PURPLE, "s"),
    "scheme5_control": Look(PURPLE, "o"),
}
"""Methods that had a look before: it stays the same in every report. Variants of a scheme share its colour."""
MARKERS = ("^", "v", "<", ">", "p", "h", "*", "d", "H", "8")


def look(method: str) -> Look:
    """A method's look; one without a fixed look gets one from its name, so that no list needs an edit."""
    number = int.from_bytes(hashlib.sha256(method.encode()).digest()[:4], "big")
    colours = list(OKABE_ITO.values())
    return LOOKS.get(method) or Look(colours[number % len(colours)], MARKERS[number // 8 % len(MARKERS)])


def line_style(model: str) -> str:
    """Students are drawn solid, teachers dashed."""
    return "--" if model == "teacher" else "-"


def panel(width: float, height: float, left: float, right: float = 12, top: float = 12, bottom: float = 40) -> Axes:
    """Axes with fixed margins in a figure of its own; all sizes in CSS pixels at the natural width."""
    figure = Figure(figsize=(width / 72, height / 72))
    place = (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    return figure.add_axes(place)


def axis_title(axes: Axes, text: str) -> None:
    """Write what the vertical axis shows above it, at the left edge of the drawing, where it reads level."""
    axes.annotate(text, (0, 1), (0, -2), xycoords="figure fraction", textcoords="offset points", va="top", color=INK)


def styled() -> AbstractContextManager[None]:
    """The settings under which every figure is drawn."""
    return mpl.rc_context(SETTINGS)


def svg(axes: Axes, name: str, title: str, description: str) -> str:
    """The figure of `axes` as inline SVG.

    Args:
        axes: any axes of the figure.
        name: unique on the page; prefixes every id.
        title: short text alternative.
        description: what is to be seen, with its numbers.
    """
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("the axes stand in no figure")
    FigureCanvasSVG(figure)
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": name}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        none: dict[str, None] = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(buffer, format="svg", metadata=none, facecolor="none")
    return _inline(buffer.getvalue(), name, title, description)


def _inline(text: str, name: str, title: str, description: str) -> str:
    body = text[text.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r' xmlns(:xlink)?="[^"]*"', "", body).replace("xlink:href", "href")
    body = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", body)
    body = re.sub(r" font-family: [^;\"]*;?", "", body)
    for colour, variable in VARIABLES.items():
        body = body.replace(colour, variable)
    body = slim(body, "f" + hashlib.sha256(name.encode()).hexdigest()[:7])
    head, body = body.split(">", 1)
    box = re.search(r'viewBox="[^"]*"', head)
    opening = f'<svg {box[0] if box else ""} role="img" aria-labelledby="{name}-title {name}-description">'
    words = f'<title id="{name}-title">{escape(title)}</title>'
    words += f'<desc id="{name}-description">{escape(description)}</desc>'
    return f"{opening}\n{words}{body}"
