"""A tile map: provinces as equal squares, more firms in a deeper blue, the number printed in each."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Keys
from analytics.charts.kit.canvas import PANEL_WIDTH, Canvas, Stamp
from analytics.charts.kit.value_format import Write
from analytics.charts.kit.words import BREAK, bold, coloured, flow, safe, width, wrap
from analytics.language.text import Text

# All lengths in px.
_LARGEST_TILE = 76.0
_TILE_GAP = 6.0
_SWATCH = 14.0  # of the key
_KEY_LINE = 22.0
_WITHHELD_DASH = "3px,3px"


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
    tiles: Sequence[Tile],
    *,
    steps: tuple[float, float],
    stamp: Stamp,
    text: Text,
    heading: str = "",
    write: Write | None = None,
) -> go.Figure:
    """Squares in three blues: values below the first step, below the second, and from it on.

    heading: what is counted ("imprese finanziate"), over the key; write: a value in words, by default a whole number.
    """
    write = write or text.number
    columns = max((tile.column for tile in tiles), default=0) + 1
    rows = max((tile.row for tile in tiles), default=0) + 1
    side = min(_LARGEST_TILE, (PANEL_WIDTH - (columns - 1) * _TILE_GAP - 2) / columns)
    height = rows * side + (rows - 1) * _TILE_GAP
    canvas = Canvas(PANEL_WIDTH, height, left=1, right=1, top=4, bottom=54)
    for tile in tiles:
        _draw_tile(canvas, tile, side, steps, write, text)
    _write_colour_key(canvas, tiles, steps, heading, write, text)
    canvas.stamp(stamp, text, layer="above")
    return canvas.figure(xaxis={"range": (0, 1), "visible": False}, yaxis={"range": (0, 1), "visible": False})


def _shade(value: float, steps: tuple[float, float]) -> int:
    """Which of the three blues a value has: 0, 1 or 2."""
    return sum(value >= step for step in steps)


def _box(x: float, y: float, side: float, fill: str, edge: Keys) -> Keys:
    """A square in px from the top left of the plot: the same at every width of the page."""
    pixels: Keys = {"xref": "paper", "yref": "paper", "xsizemode": "pixel", "ysizemode": "pixel"}
    ends: Keys = {"xanchor": 0, "yanchor": 1, "x0": x, "x1": x + side, "y0": -y, "y1": -y - side}
    return {"type": "rect", "layer": "below", "fillcolor": fill, "line": edge} | pixels | ends


def _draw_tile(canvas: Canvas, tile: Tile, side: float, steps: tuple[float, float], write: Write, text: Text) -> None:
    x, y = tile.column * (side + _TILE_GAP), tile.row * (side + _TILE_GAP)
    size = palette.VALUE if side >= 44 else palette.FOOTER
    middle: Keys = {"xref": "paper", "yref": "paper", "xshift": x + side / 2, "yshift": -y - side / 2, "size": size}
    if tile.value is None:
        edge: Keys = {"color": palette.GREY, "width": 1, "dash": _WITHHELD_DASH}
        canvas.shapes.append(_box(x, y, side, palette.WHITE, edge))
        words, color = text("chart.not_shown"), palette.GREY_TEXT
    else:
        shade = _shade(tile.value, steps)
        canvas.shapes.append(_box(x, y, side, palette.TILES[shade], {"width": 0}))
        words, color = write(tile.value), palette.TILE_WORDS[shade]
    canvas.write(f"{bold(safe(tile.code))}{BREAK}{safe(words)}", 0, 1, color=color, **middle)


def _write_colour_key(
    canvas: Canvas,
    tiles: Sequence[Tile],
    steps: tuple[float, float],
    heading: str,
    write: Write,
    text: Text,
) -> None:
    """Write what the three blues and the dashed squares mean under the map; the bottom margin grows with it."""
    y = canvas.plot_height + 12.0
    place: Keys = {"xref": "paper", "yref": "paper", "color": palette.GREY_TEXT, "size": palette.FOOTER}
    x = 0.0
    if heading:
        lines = wrap(heading, palette.FOOTER, PANEL_WIDTH - 2)
        canvas.write(BREAK.join(map(safe, lines)), 0, 1, anchor="left", yshift=-y, **(place | {"yanchor": "top"}))
        y += len(lines) * palette.FOOTER * palette.LINE_HEIGHT + 6
    for fill, words in zip(palette.TILES, _ranges(steps, write, text), strict=True):
        entry_width = _SWATCH + 6 + width(words, palette.FOOTER)
        if x and x + entry_width > PANEL_WIDTH - 2:
            x, y = 0.0, y + _KEY_LINE
        canvas.shapes.append(_box(x, y, _SWATCH, fill, {"width": 0}))
        canvas.write(safe(words), 0, 1, anchor="left", xshift=x + _SWATCH + 6, yshift=-y - _SWATCH / 2, **place)
        x += entry_width + 14
    y += _KEY_LINE
    notes = list(dict.fromkeys(tile.note for tile in tiles if tile.value is None and tile.note))
    if notes:
        lines = flow([f"{text('chart.not_shown')}: {notes[0]}", *notes[1:]], palette.FOOTER, PANEL_WIDTH - 2)
        markup = BREAK.join(coloured(safe(line), palette.GREY_TEXT) for line in lines)
        canvas.write(markup, 0, 1, anchor="left", yshift=-y, **(place | {"yanchor": "top"}))
        y += len(lines) * palette.FOOTER * palette.LINE_HEIGHT
    canvas.bottom += y - canvas.plot_height


def _ranges(steps: tuple[float, float], write: Write, text: Text) -> list[str]:
    """The three ranges in words; between whole steps, the middle one ends at the whole number before the second."""
    low, high = steps
    last = high - 1 if float(low).is_integer() and float(high).is_integer() else high
    between = write(low) if last <= low else text("chart.tile_between", low=write(low), high=write(last))
    return [text("chart.tile_below", value=write(low)), between, text("chart.tile_from", value=write(high))]


def tiles_alt(tiles: Sequence[Tile], text: Text, *, heading: str = "", write: Write | None = None) -> str:
    """The same figures in words: places with the most firms first, then those not published and why."""
    write = write or text.number
    published = sorted(
        ((tile.value, tile.name) for tile in tiles if tile.value is not None),
        key=lambda entry: -entry[0],
    )
    name = heading or text("chart.alt.tiles")
    sentences = [f"{name}: {'; '.join(f'{place} {write(value)}' for value, place in published)}."] if published else []
    withheld = [tile.name + (f" ({tile.note})" if tile.note else "") for tile in tiles if tile.value is None]
    if withheld:
        sentences.append(text("chart.alt.withheld", rows="; ".join(withheld)))
    return " ".join(sentences)
