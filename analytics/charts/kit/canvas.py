"""The canvas of every chart: margins, words, lines, and the stamp that a downloaded picture keeps; page widths."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Keys, Position
from analytics.charts.kit.words import bold, flow, safe, width
from analytics.language.text import Text

# Widths at which labels must not collide, in px: the narrowest that a page gives a picture of each kind.
PANEL_WIDTH = 300.0  # of a third of a page; the footers of all small pictures break there
PHONE_WIDTH = 320.0  # of a phone, or a third of a page where there is one picture a column
HALF_PAGE_WIDTH = 480.0
WIDE_WIDTH = 560.0  # of two thirds of a page
PAGE_WIDTH = 1000.0

_FOOTER_LINE = 17.0
_TAG_LINE = 22.0  # the first footer line, which may hold the tag
_FOOTER_RISE = 18.0  # from the lower edge to the middle of the last footer line
_TAG_PAD = 4.0
_SMALL_BELOW = 400.0  # px: a narrower picture is small, and its footer breaks where that of a panel does
_WATERMARK_TILT = 12.0  # degrees
_WATERMARK_EVERY = 280.0  # one mark for so much height, so that a cropped picture keeps one


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a picture says about its data, in its footer.

    source: where the data come from, without the word "source"; release: edition; figure_id: resolves with
    `verify`; both empty where the figures are not ours;
    data_mark: "DATI SIMULATI" on invented data, None on real public data, whose `source` alone says it;
    data_to: the last day of the data, as its reader writes it ("29 febbraio 2024").
    """

    source: str
    release: str
    figure_id: str
    data_mark: str | None
    data_to: str


@dataclass(slots=True)
class Canvas:
    """A figure under construction. All lengths in px; `width` is the narrowest at which labels must not collide."""

    width: float
    plot_height: float
    left: float
    right: float
    top: float
    bottom: float
    traces: list[Keys] = field(default_factory=list)
    shapes: list[Keys] = field(default_factory=list)
    annotations: list[Keys] = field(default_factory=list)
    images: list[Keys] = field(default_factory=list)

    @property
    def plot_width(self) -> float:
        """Width between the margins, in px, at the narrowest."""
        return max(self.width - self.left - self.right, 40.0)

    def write(
        self, markup: str, x: Position, y: Position, *, anchor: str = "center", size: int = palette.TICK, **more: object
    ) -> None:
        """Write plotly markup at a position; it is not escaped here. Further keys are those of a plotly annotation."""
        colour = more.pop("color", palette.INK)
        place: Keys = {"xref": "x", "yref": "y", "xanchor": anchor, "yanchor": "middle", "align": anchor} | more
        font = {"size": size, "color": colour}
        self.annotations.append(
            {"text": markup, "x": x, "y": y, "showarrow": False, "borderpad": 0, "font": font} | place
        )

    def rule(
        self, x: tuple[Position, Position], y: tuple[Position, Position], *, color: str, width: float, **more: object
    ) -> None:
        """Draw a straight line under the marks, from its first to its second x and y. more: keys of a plotly shape."""
        dash = more.pop("dash", "solid")
        line = {"color": color, "width": width, "dash": dash}
        ends = {"x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1]}
        self.shapes.append({"type": "line", "layer": "below", "line": line} | ends | more)

    def draw_grid(self, values: Iterable[float], *, base: float | None = None) -> None:
        """Draw a horizontal line at each value, over the whole width; the one at `base` darker."""
        for value in values:
            color = palette.GREY if value == base else palette.GRID
            self.rule((0, 1), (value, value), color=color, width=1, xref="paper")

    def shade(self, x: tuple[Position, Position], color: str, *, xref: str = "x", yref: str = "paper") -> None:
        """Fill the range `x` under everything, over the whole height of the plot."""
        ends: Keys = {"x0": x[0], "x1": x[1], "y0": 0, "y1": 1, "xref": xref, "yref": yref}
        self.shapes.append({"type": "rect", "fillcolor": color, "line": {"width": 0}, "layer": "below"} | ends)

    def stamp(self, stamp: Stamp, text: Text, *, tallest: float = 84.0, layer: str = "below") -> None:
        """Write the footer and draw the watermarks. tallest: px of a watermark; layer: below or above the marks."""
        self.write_footer(stamp, text)
        self.draw_watermarks(stamp.data_mark, tallest=tallest, layer=layer)

    def write_footer(self, stamp: Stamp, text: Text) -> None:
        """Write the stamp under the plot; the bottom margin grows by what its lines need."""
        lines = footer_lines(stamp, text, PANEL_WIDTH if self.width < _SMALL_BELOW else self.width)
        tag = _tag_width(stamp)
        below = [0.0, *(_TAG_LINE + i * _FOOTER_LINE for i in range(len(lines) - 1))]
        y = [-(self.bottom - _FOOTER_RISE) - step for step in below]
        self.bottom += below[-1]
        place: Keys = {"xref": "paper", "yref": "paper", "size": palette.FOOTER, "anchor": "left"}
        if stamp.data_mark:
            box: Keys = {"bgcolor": palette.ORANGE, "borderpad": _TAG_PAD, "width": tag, "align": "center"}
            self.write(bold(safe(stamp.data_mark)), 0, 0, xshift=-self.left, yshift=y[0], **(place | box))
        for i, line in enumerate(lines):
            shift = -self.left + (_indent(stamp) if i == 0 else 0.0)
            self.write(safe(line), 0, 0, xshift=shift, yshift=y[i], color=palette.GREY_TEXT, **place)

    def draw_watermarks(self, data_mark: str | None, *, tallest: float = 84.0, layer: str = "below") -> None:
        """Draw the data mark in grey across the plot, as often as its height needs; a single one in its lower part."""
        tall = min(max(self.plot_height, 50.0), tallest)
        count = max(1, round(self.plot_height / _WATERMARK_EVERY))
        for i in range(count):
            y = (i + 0.5) / count if count > 1 else 0.4
            self.place_watermark(data_mark, y, tall / self.plot_height, layer=layer)

    def place_watermark(
        self,
        data_mark: str | None,
        y: float,
        tall: float,
        *,
        xref: str = "paper",
        yref: str = "paper",
        layer: str = "below",
    ) -> None:
        """Draw one watermark in the middle of a plot; real data (data_mark None) have none.

        y, tall: its middle and its height, as shares of the plot's height.
        """
        if not data_mark:
            return
        place = {"xref": xref, "yref": yref, "x": 0.5, "y": y, "sizex": 1.0, "sizey": tall}
        anchor = {"xanchor": "center", "yanchor": "middle", "sizing": "contain", "layer": layer}
        self.images.append({"source": watermark_image(data_mark)} | place | anchor)

    def figure(self, *, xaxis: Keys, yaxis: Keys, more: Mapping[str, Keys] | None = None) -> go.Figure:
        """The plotly figure, as wide as the page makes it. more: axes of further plots in it, by plotly's name."""
        margin = {"l": self.left, "r": self.right, "t": self.top, "b": self.bottom, "pad": 0}
        height = self.top + self.plot_height + self.bottom
        parts = {"shapes": self.shapes, "annotations": self.annotations, "images": self.images}
        axes = {"xaxis": xaxis, "yaxis": yaxis, **(more or {})}
        return go.Figure(
            data=[{"type": "scatter", "hoverinfo": "skip"} | trace for trace in self.traces],
            layout={"template": palette.TEMPLATE, "margin": margin, "height": height} | axes | parts,
        )


def _tag_width(stamp: Stamp) -> float:
    return width(stamp.data_mark, palette.FOOTER, heavy=True) if stamp.data_mark else 0.0


def _indent(stamp: Stamp) -> float:
    return _tag_width(stamp) + 2 * _TAG_PAD + 12.0 if stamp.data_mark else 0.0


def footer_lines(stamp: Stamp, text: Text, room: float) -> list[str]:
    """Figure id, edition, last day of the data and source, in lines of at most `room` px; the first beside the tag."""
    day = text("chart.data_to", date=stamp.data_to) if stamp.data_to else ""
    origin = text("chart.source", source=stamp.source)
    edition = text("chart.release", release=stamp.release) if stamp.release else ""
    parts = [stamp.figure_id, edition, day, origin]
    return flow([part for part in parts if part], palette.FOOTER, room, indent=_indent(stamp))


def watermark_image(data_mark: str) -> str:
    """The data mark as a tilted SVG picture, in a data address."""
    size = 34.0
    length = width(data_mark, size, heavy=True) * 1.08
    tilt = math.radians(_WATERMARK_TILT)
    wide = length * math.cos(tilt) + size * math.sin(tilt)
    tall = length * math.sin(tilt) + size * math.cos(tilt)
    middle = f"{wide / 2:.0f} {tall / 2:.0f}"
    words = (
        f'<text x="{wide / 2:.0f}" y="{tall / 2:.0f}" dy=".36em" text-anchor="middle" '
        f'transform="rotate(-{_WATERMARK_TILT:.0f} {middle})" '
        f'font-family="{escape(palette.FONT)}" font-weight="700" font-size="{size:.0f}" '
        f'textLength="{length:.0f}" lengthAdjust="spacingAndGlyphs" '
        f'fill="{palette.GREY_TEXT}" fill-opacity="{palette.WATERMARK_OPACITY}">{escape(data_mark)}</text>'
    )
    box = f'width="{wide:.0f}" height="{tall:.0f}" viewBox="0 0 {wide:.0f} {tall:.0f}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{words}</svg>'
    return f"data:image/svg+xml;utf8,{quote(svg)}"
