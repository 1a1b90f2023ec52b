"""Both colour schemes keep to the contrasts of WCAG 2.1: 4.5 for text (1.4.3), 3 for marks and lines (1.4.11)."""

from __future__ import annotations

import re

import pytest

from replication.report.figures.style import OKABE_ITO
from replication.report.page import TEMPLATES

LIGHT, DARK = re.findall(r":root \{(.*?)\}", (TEMPLATES / "palette.css.j2").read_text(encoding="utf-8"), re.DOTALL)
SCHEMES = {"light": LIGHT, "dark": DARK}


def luminance(colour: str) -> float:
    """WCAG's relative luminance of `#rrggbb`."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_known_colours() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_stands_out(scheme: str) -> None:
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", SCHEMES[scheme]))
    for text in ("ink", "muted", "link"):
        for ground in ("paper", "raised"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert contrast(colours["ink"], colours["band"]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_method_stands_out(scheme: str) -> None:
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", SCHEMES[scheme]))
    assert {name: colours[name] for name in OKABE_ITO if contrast(colours[name], colours["paper"]) < 3} == {}
