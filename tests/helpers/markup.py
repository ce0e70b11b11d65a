"""Reads the markup of a picture: its elements by class, their words, and where they stand."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from analytics.folders import PROJECT

STYLES = [PROJECT / "static" / f"{name}.css" for name in ("marks", "pictures")]
SHAPES = ("circle", "line", "path", "rect")
_ACROSS, _ACROSS_IN_STYLE = ("cx", "x", "x1", "x2", "width"), re.compile(r"(?:left|top):([^;]*)%")


def parsed(markup: object) -> Element:
    """The markup under one root; raises ParseError where it is not well-formed."""
    return ElementTree.fromstring(f"<root>{markup}</root>")


def classes(element: Element) -> set[str]:
    """The classes of an element."""
    return set(element.get("class", "").split())


def of_class(root: Element, *names: str) -> list[Element]:
    """All elements that have each of these classes, in the order of the markup."""
    return [element for element in root.iter() if classes(element) >= set(names)]


def one(root: Element, *names: str) -> Element:
    """The only element of these classes."""
    [found] = of_class(root, *names)
    return found


def words(element: Element) -> str:
    """What is read in an element, parts apart by one space."""
    return re.sub(r"\s+", " ", " ".join(element.itertext())).strip()


def shapes(root: Element) -> list[Element]:
    """What is drawn."""
    return [element for element in root.iter() if element.tag in SHAPES]


def at(element: Element, name: str = "cx") -> float:
    """A place that is written in percent of the width, as a share; NaN where it is not."""
    place = element.get(name, "")
    return float(place[:-1]) / 100 if place.endswith("%") else float("nan")


def style_of(element: Element, name: str) -> str:
    """A property of an element's own style."""
    return dict(part.split(":", 1) for part in element.get("style", "").split(";") if part).get(name, "")


def places(root: Element) -> Iterator[float]:
    """Every place and width that is written in percent: of shapes, and of words over them."""
    for element in root.iter():
        for name in _ACROSS:
            if element.get(name, "").endswith("%"):
                yield float(element.get(name, "")[:-1])
        yield from map(float, _ACROSS_IN_STYLE.findall(element.get("style", "")))


def ends(path: Element) -> list[tuple[float, float]]:
    """The points that a path goes through, in its own coordinates."""
    here, found = (0.0, 0.0), []
    for command, written in re.findall(r"([A-Za-z])([^A-Za-z]*)", path.get("d", "")):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", written)]
        x, y = here
        here = {
            "M": lambda n: (n[0], n[1]),
            "L": lambda n: (n[0], n[1]),
            "H": lambda n, y=y: (n[0], y),
            "V": lambda n, x=x: (x, n[0]),
            "h": lambda n, x=x, y=y: (x + n[0], y),
            "v": lambda n, x=x, y=y: (x, y + n[0]),
        }[command](numbers)
        found.append(here)
    return found


def rules() -> Iterator[tuple[str, dict[str, str]]]:
    """Each selector of the pictures' styles with what it sets; those of lists apart. Prints left out."""
    written = "".join(path.read_text(encoding="utf-8") for path in STYLES)
    sheet = re.sub(r"/\*.*?\*/|@media print \{.*?\}\s*\}", "", written, flags=re.DOTALL)
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        sets = dict(re.findall(r"([\w-]+)\s*:\s*([^;]+?)\s*(?:;|$)", re.sub(r'url\("[^"]*"\)', "", body)))
        for selector in re.split(r",(?![^(]*\))", selectors):
            yield selector.strip(), sets


def rule(selector: str) -> dict[str, str]:
    """What the styles set for a selector."""
    return {name: value for known, sets in rules() if known == selector for name, value in sets.items()}
