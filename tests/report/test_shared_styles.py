"""Styles that are used often become classes, and nothing else of a page changes."""

from __future__ import annotations

from replication.report.shared_styles import share_styles

HEAD = "<html><head><title>t</title></head><body>"
OFTEN, RARE = "fill:none;stroke:var(--grid)", "fill:red"


def test_a_style_used_often_is_a_class_of_the_head_and_a_rare_one_stays() -> None:
    marks = f'<path d="M 0 1" style="{OFTEN}" /><use style="{OFTEN}" x="1" />'
    page = f'{HEAD}<p style="{OFTEN}">x</p><svg>{marks}<g style="{RARE}"><text>a</text></g></svg><svg>{marks}</svg>'
    assert share_styles(page) == (
        f"<html><head><title>t</title><style>\n.m0{{{OFTEN}}}\n</style>\n</head><body>"
        f'<p style="{OFTEN}">x</p>'
        f'<svg><path d="M 0 1" class="m0" /><use class="m0" x="1" /><g style="{RARE}"><text>a</text></g></svg>'
        '<svg><path d="M 0 1" class="m0" /><use class="m0" x="1" /></svg>'
    )


def test_the_most_used_comes_first_whatever_the_order_on_the_page() -> None:
    page = share_styles(HEAD + "<svg>" + '<a style="b:1"/>' * 3 + '<a style="a:1"/>' * 4 + "</svg>")
    assert ".m0{a:1}\n.m1{b:1}" in page


def test_an_element_with_a_class_keeps_its_style() -> None:
    page = HEAD + "<svg>" + '<a class="k" style="b:1"/><a style="b:1" class="k"/>' * 2 + "</svg>"
    assert share_styles(page) == page


def test_a_page_without_drawings_is_left_alone() -> None:
    assert share_styles(HEAD) == HEAD
