"""Reads an image whose words are outlines: its lines, and where they stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree


@dataclass(frozen=True)
class Words:
    """A line of an image, and the box that its outlines fill, px."""

    words: str
    left: float
    right: float
    top: float
    bottom: float


def lines(svg: str) -> list[Words]:
    """Every line of an image, in the order in which it is drawn."""
    return list(_lines(ElementTree.fromstring(svg), 1.0, 0.0, 0.0))


def _lines(element: ElementTree.Element, scale: float, x: float, y: float) -> Iterator[Words]:
    for name, numbers in re.findall(r"(translate|scale)\(([^)]*)\)", element.get("transform", "")):
        values = [float(number) for number in numbers.split()]
        if name == "translate":
            x, y = x + scale * values[0], y + scale * values[1]
        elif element.get("data-words") is None:
            scale *= values[0]
    if (words := element.get("data-words")) is not None:
        units = float(re.search(r"scale\((\S+)", element.get("transform", ""))[1])
        starts = [(int(a), int(b)) for a, b in re.findall(r"M(-?\d+) (-?\d+)", element.get("d", ""))]
        at = scale * units
        yield Words(
            words,
            x + at * min(a for a, _ in starts),
            x + at * max(a for a, _ in starts),
            y - at * max(b for _, b in starts),
            y - at * min(b for _, b in starts),
        )
    for child in element:
        yield from _lines(child, scale, x, y)
