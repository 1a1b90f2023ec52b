"""A drawing without what no reader sees: ids that nothing points at, groups around nothing, thousandths of a pixel.

Matplotlib writes for editors of drawings: every artist in a named group, its coordinates to six decimals. A page of
some hundred figures does with half of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

DECIMALS = 2
"""Of a coordinate: a hundredth of a CSS pixel."""
POINTER = re.compile(r"url\(#([^)]+)\)|^#(.+)$")


def slim(drawing: str, prefix: str) -> str:
    """The same picture in fewer bytes.

    Args:
        drawing: an SVG element without namespaces.
        prefix: of every id that is left; unique on the page.
    """
    root = ElementTree.fromstring(drawing)  # noqa: S314  # written by Matplotlib, a moment ago
    _rename(root, prefix)
    _shorten(root)
    _unwrap(root)
    return ElementTree.tostring(root, encoding="unicode")


def _rename(root: ElementTree.Element, prefix: str) -> None:
    """Number what is pointed at, and let go of all other ids."""
    names: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        old = found[1] or found[2]
        new = names.setdefault(old, f"{prefix}-{len(names)}")
        return f"url(#{new})" if found[1] else f"#{new}"

    for element in root.iter():
        for key, value in element.items():
            element.set(key, POINTER.sub(number, value))
    for element in root.iter():
        old = element.attrib.pop("id", None)
        if old in names:
            element.set("id", names[old])


def _shorten(root: ElementTree.Element) -> None:
    for element in root.iter():
        element.text, element.tail = (part if part and part.strip() else None for part in (element.text, element.tail))
        for key in set(element.keys()) & {"d", "x", "y", "transform", "width", "height"}:
            element.set(key, " ".join(_rounded(element.attrib[key]).split()))
        if "style" in element.attrib:
            element.set("style", re.sub(r"([;:]) ", r"\1", element.attrib["style"]))
        if re.fullmatch(r"rotate\(-?0 [^)]*\)", element.get("transform", "")):
            del element.attrib["transform"]


def _rounded(numbers: str) -> str:
    return re.sub(r"-?\d+\.\d+", lambda found: f"{float(found[0]):.{DECIMALS}f}".rstrip("0").rstrip("."), numbers)


def _unwrap(parent: ElementTree.Element) -> None:
    """Put the children of groups that say nothing in their place, and leave out what draws nothing."""
    parent[:] = list(_shown(parent))


def _shown(parent: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for child in parent:
        _unwrap(child)
        if child.tag == "path" and not child.get("id") and _blank(child):
            continue
        if child.tag != "g" or (child.attrib and len(child)):
            yield child
        else:
            yield from child


def _blank(path: ElementTree.Element) -> bool:
    """Whether a path has a single point, or neither a fill nor a stroke."""
    return path.get("style") == "fill:none" or not re.search(r"[A-LN-Za-ln-z]", path.get("d", ""))
