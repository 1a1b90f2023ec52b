"""What a slimmed drawing keeps and what it lets go."""

from __future__ import annotations

from replication.report.figures.slim import slim

DRAWING = """<svg viewBox="0 0 9 9">
<defs><style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style></defs>
<g id="figure_1"><g id="patch_1">
<path d="M 0 9
L 9 9
z
" style="fill: none"/></g>
<g id="line_1"><path d="M 1.234567 2
" clip-path="url(#box)" style="fill: none; stroke: red"/>
<defs><path id="dot" d="M 0 1.5
L -0.000001 3.10
"/></defs>
<g clip-path="url(#box)"><use href="#dot" x="1.999999" y="2"/></g></g>
<g style="opacity: 0.5"></g>
<g id="text_1"><text style="font-size: 11px; fill: red" x="1" y="2" transform="rotate(-0 1 2)">5% &lt;a&gt; b</text></g>
<g id="text_2"><text transform="rotate(-90 1.0012 2)">up</text></g></g>
<defs><clipPath id="box"><rect x="0" y="0" width="9.000001" height="9"/></clipPath></defs>
</svg>"""


def test_what_is_seen_stays_and_the_rest_goes() -> None:
    assert slim(DRAWING, "p").replace("><", ">\n<").splitlines() == [
        '<svg viewBox="0 0 9 9">',
        "<defs>",
        '<style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style>',
        "</defs>",
        "<defs>",
        '<path d="M 0 1.5 L -0 3.1" id="p-1" />',
        "</defs>",
        '<g clip-path="url(#p-0)">',
        '<use href="#p-1" x="2" y="2" />',
        "</g>",
        '<text style="font-size:11px;fill:red" x="1" y="2">5% &lt;a&gt; b</text>',
        '<text transform="rotate(-90 1 2)">up</text>',
        "<defs>",
        '<clipPath id="p-0">',
        '<rect x="0" y="0" width="9" height="9" />',
        "</clipPath>",
        "</defs>",
        "</svg>",
    ]


def test_two_drawings_on_a_page_share_no_id() -> None:
    first, second = slim(DRAWING, "a"), slim(DRAWING, "b")
    assert first != second and first.replace("a-", "b-") == second
