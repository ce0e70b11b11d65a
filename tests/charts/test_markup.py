"""Text from data is never markup; what is drawn is well-formed, and looks like what the styles say."""

import datetime as dt
from html.parser import HTMLParser
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import charts
from analytics.charts import Award, Guide, Heads, NamedLine, Row, SmallChart, Stamp, Tile
from analytics.charts.kit.markup import element, joined, number, percent
from analytics.language.text import Text
from tests.charts import examples
from tests.charts.examples import GAIN, SERIES, draw, every_drawing, labels, lines, small
from tests.helpers.markup import classes, of_class, parsed, rules, shapes, words

KNOWN = {"a", "b", "caption", "circle", "col", "colgroup", "div", "figcaption", "figure", "h3", "i", "line", "p"}
KNOWN |= {"path", "rect", "root", "small", "span", "svg", "table", "tbody", "td", "text", "tfoot", "th", "thead", "tr"}
NAMES = {
    "aria-hidden",
    "aria-label",
    "class",
    "colspan",
    "cx",
    "cy",
    "d",
    "data-mark",
    "height",
    "href",
    "overflow",
    "r",
    "role",
}
NAMES |= {"preserveAspectRatio", "scope", "style", "text-anchor", "transform", "viewBox", "width", "x", "x1", "x2"}
NAMES |= {"y", "y1", "y2"}


class Opened(HTMLParser):
    """What a browser would open: tags, with the names of their attributes."""

    def __init__(self, markup: object) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.apart: list[str] = []
        self.feed(str(markup))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}

    def handle_comment(self, data: str) -> None:
        self.apart.append(data)

    unknown_decl = handle_pi = handle_decl = handle_comment


def with_label(label: str, text: Text) -> list[object]:
    """Drawings of every kind in which every word that may come from data is this one."""
    stamp, award = Stamp(label, label, label, label), Award(dt.date(2021, 1, 1), label)
    fields = ("label", "lead", "value", "aside", "verb", "n", "under", "href")
    shown = Row(mark=GAIN, told=True, **dict.fromkeys(fields, label))
    held = Row(label, note=label, n=label, href=label)
    heads, guides = Heads(label, label, label, label), [Guide(0.0, label, "zero"), Guide(0.1, label)]
    rows = draw([shown, held], text, heads=heads, guides=guides, write=lambda _: label, data_mark=label)
    tiles = [Tile(label, label, 0, 0, 12), Tile(label, label, 0, 1, None, label)]
    statistic = NamedLine(label, [(dt.date(2020, 1, 1), 0.1), (dt.date(2021, 1, 1), 0.2)])
    return [
        charts.framed(rows, stamp, text, title=label, says=label),
        lines(text, awards=[award], data_mark=label),
        small(text, [SmallChart(label, label, SERIES, label)], label),
        charts.tiles(tiles, steps=(15, 20), heading=label, data_mark=label, text=text),
        charts.context([statistic], text=text),
    ]


@settings(max_examples=60)
@given(labels)
def test_words_from_data_are_never_markup(label: str) -> None:
    """Whatever a name holds, the drawing has our tags and attributes alone, and the name is read as it is."""
    for drawing in with_label(label, Text()):
        opened = Opened(drawing)
        assert opened.tags <= KNOWN
        assert opened.names <= {name.lower() for name in NAMES}
        assert not opened.apart
        root = parsed(drawing)
        assert any(label in words for words in root.itertext()) or not label.strip()


@settings(max_examples=100)
@given(st.text(), st.text())
def test_an_element_closes_and_escapes_whatever_it_is_given(content: str, value: str) -> None:
    """Also control characters, halves of pairs and tags: nothing but the element itself is opened."""
    opened = Opened(element("b", content, title=value))
    assert opened.tags == {"b"}
    assert opened.names == {"title"}
    assert not opened.apart


def test_markup_is_kept_and_words_are_not() -> None:
    """Only what was made here goes in as it is."""
    inner = element("i", "a & b")
    assert str(element("p", inner, "<i>", class_="x", data_a=None, text_anchor="end", r=1.5)) == (
        '<p class="x" text-anchor="end" r="1.5"><i>a &amp; b</i>&lt;i&gt;</p>'
    )
    assert str(joined([inner, "<"])) == "<i>a &amp; b</i>&lt;"


@pytest.mark.parametrize(
    ("value", "written"), [(0.0, "0"), (100.0, "100"), (1 / 3, "0.33"), (10.5, "10.5"), (-0.25, "-0.25")]
)
def test_lengths_are_short(value: float, written: str) -> None:
    """A hundredth of a pixel or of a percent is enough, and no zero is written for nothing."""
    assert number(value) == written
    assert percent(value / 100) == f"{written}%"


def test_every_drawing_is_well_formed_and_light(text) -> None:
    """A page holds several: each opens what it closes, and stays under 40 kB."""
    for name, drawing in every_drawing(text).items():
        assert len(parsed(drawing)) > 0, name
        assert len(drawing.markup) < 40_000, name


def test_every_drawing_is_drawn_once(text) -> None:
    """One drawing for any width: no twin for phones, no size of the whole, no id."""
    for name, drawing in every_drawing(text).items():
        root = parsed(drawing)
        assert len(of_class(root, "drawing")) <= 1 or name == "small", name
        assert not [found for found in root.iter() if found.get("id")], name
        for curves in of_class(root, "curves"):
            assert curves.get("preserveAspectRatio") == "none", name
        if name in ("rows", "range", "dots"):
            [table] = root
            assert table.tag == "table", name
            assert [words(row[0]) for row in table.iter("tr")].count(words(table.find("tbody/tr/th"))) == 1, name


def test_colours_stand_in_the_styles_alone(text) -> None:
    """No drawing names a colour, and every shape has a class that the styles know: none is black by chance."""
    known = {name for selector, _ in rules() for name in selector.replace(":", ".").replace(" ", ".").split(".")}
    for name, drawing in every_drawing(text, mark=examples.WIDE).items():
        assert "#" not in str(drawing).replace("&#", ""), name
        assert "rgb" not in drawing.markup, name
        root = parsed(drawing)
        painted = [found.get(part) for found in root.iter() for part in ("fill", "stroke", "color")]
        assert set(painted) == {None}, name
        for shape in shapes(root):
            assert classes(shape) & known, (name, shape.attrib)


def heard(root: Element) -> str:
    """What a screen reader would say: labels of images, and words that are not hidden from it."""
    if root.get("aria-hidden") == "true":
        return ""
    if root.get("role") == "img":
        return root.get("aria-label", "")
    parts = [root.text or "", *(f"{heard(child)} {child.tail or ''}" for child in root)]
    return " ".join(parts)


def test_who_cannot_see_hears_the_same_figures(text) -> None:
    """Drawn shapes are silent; every number beside them is said, and what is withheld says why."""
    drawings = every_drawing(text)
    for name, drawing in drawings.items():
        root = parsed(drawing)
        for svg in root.iter("svg"):
            inner = {id(found) for other in root.iter("svg") for found in other.iter("svg") if found is not other}
            assert svg.get("aria-hidden") == "true" or id(svg) in inner, name
        assert len(heard(root)) > 40, name
        assert examples.SIMULATED not in heard(root), name
    said = heard(parsed(drawings["rows"]))
    for part in ("Mobili e arredo", "+13%", "(−1%; +29%)", "più alte", "1.038", "Florovivaismo", examples.WHY):
        assert part in said
    assert examples.WHY in heard(parsed(drawings["tiles"]))
    for place in examples.TILES[:3]:
        assert f"{place.name} {text.number(place.value)}" in heard(parsed(drawings["tiles"]))
    for value in (0.95, 0.76):
        assert text.percent(value, sign=False) in heard(parsed(drawings["shares"]))
    for value in (-0.09, -0.01, 0.0, 0.15):
        assert text.percent(value) in heard(parsed(drawings["events"]))
    for value in (0.1, -0.4, 8.0):
        assert text.percent(value) in heard(parsed(drawings["spread"]))
    for value in ("109", "71", "112", "terzo & ultimo"):
        assert value in heard(parsed(drawings["lines"]))
