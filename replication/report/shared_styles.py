"""Styles that many marks of a page's drawings have, written once: a page of some hundred figures has few of them."""

from __future__ import annotations

import re
from collections import Counter

DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
STYLED = re.compile(r'<(?![^<>]*\bclass=)([^<>]*?) style="([^"<>]*)"')
"""The start of an element that has a style and no class."""
LEAST = 3
"""Uses from which a class is shorter than the style."""


def share_styles(page: str) -> str:
    """The page with a class for every style of its drawings that is used often, and the classes' rules in its head.

    Args:
        page: HTML with a head, whose own rules name no mark of a drawing: a class yields to more than a style does.
    """
    uses = Counter(style for drawing in DRAWING.findall(page) for _, style in STYLED.findall(drawing))
    often = sorted((style for style, count in uses.items() if count >= LEAST), key=lambda style: (-uses[style], style))
    names = {style: f"m{number}" for number, style in enumerate(often)}

    def named(found: re.Match[str]) -> str:
        name = names.get(found[2])
        return found[0] if name is None else f'<{found[1]} class="{name}"'

    shared = DRAWING.sub(lambda drawing: STYLED.sub(named, drawing[0]), page)
    rules = "".join(f".{name}{{{style}}}\n" for style, name in names.items())
    return shared.replace("</head>", f"<style>\n{rules}</style>\n</head>", 1) if rules else shared
