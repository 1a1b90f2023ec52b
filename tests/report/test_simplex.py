"""The labels of the simplex's arrows."""

from __future__ import annotations

import re

import pytest

from replication.report.figures.simplex import HEIGHT, WIDTH, simplex_panel
from replication.report.figures.style import styled
from replication.report.page import templates
from replication.report.words import Words
from replication.results.gradients import Pull, ShownItem

WIDEST = 62
"""A generous width of "noisy label", in the drawing's units."""


@pytest.mark.parametrize("student", [(0.98, 0.01, 0.01), (0.6, 0.2, 0.2), (0.34, 0.33, 0.33)])
def test_the_label_of_an_arrow_to_the_left_ends_within_the_drawing(student: tuple[float, float, float]) -> None:
    item = ShownItem(text="标题", truth=1, noisy=0, teacher=[0.1, 0.8, 0.1])
    pull = Pull(student=list(student), clean=[-0.1, 0.2, -0.1], noisy=[0.6, -0.3, -0.3], soft=[-0.1, 0.2, -0.1])
    with styled():
        drawing = simplex_panel(item, pull, ["a", "b"], "s", "title", "what", Words(templates()))
    (place,) = re.findall(r'text-anchor:end[^>]*x="([\d.]+)" y="([\d.]+)">noisy label</text>', drawing)
    across, down = map(float, place)
    assert WIDEST <= across <= WIDTH and down <= HEIGHT
