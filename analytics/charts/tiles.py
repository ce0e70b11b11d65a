"""A tile map: provinces as equal squares, more firms in a deeper blue, the number printed in each."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from analytics.charts.kit.frame import watermark
from analytics.charts.kit.markup import element
from analytics.charts.kit.timeline import labelled
from analytics.language.text import Text


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


def tiles(
    tiles: Sequence[Tile], *, steps: tuple[float, float], data_mark: str | None, text: Text, heading: str = ""
) -> Markup:
    """Squares in three blues: values below the first step, below the second, and from it on. heading: what is counted
    ("imprese finanziate"), before the key.
    """
    squares = [_square(tile, steps, text) for tile in tiles]
    key = [
        element("span", element("i", class_=f"swatch shade{i}"), words) for i, words in enumerate(_ranges(steps, text))
    ]
    notes = list(dict.fromkeys(tile.note for tile in tiles if tile.value is None and tile.note))
    notes_line = [element("span", f"{text('chart.not_shown')}: {'; '.join(notes)}")] if notes else []
    drawing = element(
        "div",
        element("div", *squares, class_="squares"),
        element("div", watermark(data_mark), class_="mark-row"),
        element("p", *([element("span", heading)] if heading else []), *key, *notes_line, class_="tile-key"),
        class_="tiles",
    )
    return labelled(drawing, tiles_alt(tiles, text, heading=heading))


def _square(tile: Tile, steps: tuple[float, float], text: Text) -> Markup:
    if tile.value is None:
        shade, words = "withheld", text("chart.not_shown")
    else:
        shade, words = f"shade{sum(tile.value >= step for step in steps)}", text.number(tile.value)
    place = f"grid-row:{tile.row + 1};grid-column:{tile.column + 1}"
    return element("span", element("b", tile.code), words, class_=f"square {shade}", style=place)


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
