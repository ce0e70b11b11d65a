"""A tile map: provinces as equal squares, more firms in a deeper blue, the number printed in each."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from markupsafe import Markup

from analytics.charts.kit.frame import watermark
from analytics.charts.kit.markup import element, joined
from analytics.charts.kit.outlines import BOLD, GREY, INK, Style, length, line, paragraph, wrapped
from analytics.charts.kit.plot import Box
from analytics.charts.kit.still import Drawing, Still, at, drawn_watermark
from analytics.charts.kit.timeline import labelled
from analytics.language.text import Text

KEY: Final = Style(13, fill=GREY)
_WIDEST, _HIGH, _GAP, _SWATCH, _LEADING = 96.0, 58.0, 6.0, 12.0, 19.0  # px, of an image


@dataclass(frozen=True, slots=True)
class Tile:
    """One place: its code, its name, its square's row and column from the top left (0, 0), and a number of firms.

    value None: withheld, and `note` says why.
    """

    code: str
    name: str
    row: int
    column: int
    value: float | None
    note: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError on NaN and infinity: what is unknown is withheld."""
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"a tile needs a finite number: {self}")


@dataclass(frozen=True, slots=True)
class _Map:
    """What is drawn. ranges: what each shade stands for, in words; notes: why some places have no number; heading: what
    is counted.
    """

    tiles: Sequence[Tile]
    steps: tuple[float, float]
    ranges: Sequence[str]
    notes: str
    heading: str
    data_mark: str | None
    text: Text

    def shade(self, tile: Tile) -> int | None:
        """Which of the three blues; None: withheld."""
        return None if tile.value is None else sum(tile.value >= step for step in self.steps)

    def words(self, tile: Tile) -> str:
        """The number in a square."""
        return self.text("chart.not_shown") if tile.value is None else self.text.number(tile.value)


def tiles(
    tiles: Sequence[Tile], *, steps: tuple[float, float], data_mark: str | None, text: Text, heading: str = ""
) -> Drawing:
    """Squares in three blues: values below the first step, below the second, and from it on. heading: what is counted
    ("imprese finanziate"), before the key.
    """
    reasons = list(dict.fromkeys(tile.note for tile in tiles if tile.value is None and tile.note))
    notes = f"{text('chart.not_shown')}: {'; '.join(reasons)}" if reasons else ""
    drawn = _Map(tiles, steps, _ranges(steps, text), notes, heading, data_mark, text)
    alt = tiles_alt(tiles, text, heading=heading)
    return Drawing(labelled(_on_page(drawn), alt), partial(_still, drawn), alt)


def _on_page(drawn: _Map) -> Markup:
    key = [element("span", element("i", class_=f"swatch shade{i}"), words) for i, words in enumerate(drawn.ranges)]
    heading, notes = ([element("span", words)] if words else [] for words in (drawn.heading, drawn.notes))
    return element(
        "div",
        element("div", *(_square(tile, drawn) for tile in drawn.tiles), class_="squares"),
        element("div", watermark(drawn.data_mark), class_="mark-row"),
        element("p", *heading, *key, *notes, class_="tile-key"),
        class_="tiles",
    )


def _square(tile: Tile, drawn: _Map) -> Markup:
    shade = drawn.shade(tile)
    kind = "withheld" if shade is None else f"shade{shade}"
    place = f"grid-row:{tile.row + 1};grid-column:{tile.column + 1}"
    return element("span", element("b", tile.code), drawn.words(tile), class_=f"square {kind}", style=place)


def _still(drawn: _Map, width: float) -> Still:
    """Squares as wide as there is room for, up to a size; the key below, a line for each of its parts that need one."""
    columns = max((tile.column for tile in drawn.tiles), default=0) + 1
    rows = max((tile.row for tile in drawn.tiles), default=0) + 1
    size = Box(min(_WIDEST, (width - _GAP * (columns - 1)) / columns), _HIGH)
    squares = [
        at(_drawn_square(tile, drawn, size), tile.column * (size.width + _GAP), tile.row * (size.height + _GAP))
        for tile in drawn.tiles
    ]
    across, height = columns * (size.width + _GAP) - _GAP, rows * (size.height + _GAP) - _GAP
    mark = drawn_watermark(drawn.data_mark, across / 2, height + 22.0)
    below = height + (32.0 if drawn.data_mark else 8.0)
    key = _key(drawn, width)
    return Still(joined([*squares, mark, at(key.svg, 0.0, below)]), width, below + key.height)


def _drawn_square(tile: Tile, drawn: _Map, size: Box) -> Markup:
    """A square with the code of its place, and its number below."""
    shade, middle = drawn.shade(tile), size.width / 2
    kind, fill = ("withheld", GREY) if shade is None else (f"shade{shade}", INK if shade == 0 else "#fff")
    inset = 0.5 if shade is None else 0.0  # a dashed outline lies inside
    box = {"x": inset, "y": inset, "width": size.width - 2 * inset, "height": size.height - 2 * inset}
    code, number_ = Style(14, weight=BOLD, fill=fill), Style(14, fill=fill)
    return joined(
        [
            element("rect", class_=f"square {kind}", **box),
            line(tile.code, middle, size.height / 2 - 4.5, code, "middle"),
            line(drawn.words(tile), middle, size.height / 2 + 14.5, number_, "middle"),
        ]
    )


def _key(drawn: _Map, width: float) -> Still:
    """What is counted, and what the shades stand for, beside each other; below, why some have no number."""
    parts, x, y = [], 0.0, 14.0
    shades = [(None, drawn.heading)] if drawn.heading else []
    for shade, words in [*shades, *enumerate(drawn.ranges)]:
        indent = 0.0 if shade is None else _SWATCH + 6.0
        if x and x + indent + length(words, KEY) > width:
            x, y = 0.0, y + _LEADING
        if shade is not None:
            parts.append(element("rect", class_=f"square shade{shade}", x=x, y=y - 11, width=_SWATCH, height=_SWATCH))
        parts.append(line(words, x + indent, y, KEY))
        x += indent + length(words, KEY) + 16.0
    notes = wrapped(drawn.notes, width, KEY) if drawn.notes else []
    return Still(
        joined([*parts, paragraph(notes, 0.0, y + _LEADING, KEY, _LEADING)]), width, y + 4 + len(notes) * _LEADING
    )


def _ranges(steps: tuple[float, float], text: Text) -> list[str]:
    """The three ranges in words; between whole steps, the middle one ends at the whole number before the second."""
    low, high = steps
    last = high - 1 if float(low).is_integer() and float(high).is_integer() else high
    first, second = text.number(low), text.number(high)
    between = first if last <= low else text("chart.tile_between", low=first, high=text.number(last))
    return [text("chart.tile_below", value=first), between, text("chart.tile_from", value=second)]


def tiles_alt(tiles: Sequence[Tile], text: Text, *, heading: str = "") -> str:
    """The same figures in words: places with the most firms first, then those not published and why."""
    published = sorted(
        ((tile.value, tile.name) for tile in tiles if tile.value is not None),
        key=lambda entry: -entry[0],
    )
    name = heading or text("chart.alt.tiles")
    words = "; ".join(f"{place} {text.number(value)}" for value, place in published)
    sentences = [f"{name}: {words}."] if published else []
    withheld = [tile.name + (f" ({tile.note})" if tile.note else "") for tile in tiles if tile.value is None]
    if withheld:
        sentences.append(text("chart.alt.withheld", rows="; ".join(withheld)))
    return " ".join(sentences)
