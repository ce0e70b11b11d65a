"""The sheet that every chart is drawn on: margins, words, lines, and the stamp that a downloaded picture keeps."""

import math
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote

from plotly import graph_objects as go

from analytics.charts import palette
from analytics.charts.axis import Keys, Position
from analytics.charts.words import bold, safe, width, wrap
from analytics.text import Text

_FOOTER_LINE = 17.0
_TAG_LINE = 22.0  # the first footer line, which may hold the tag
_FOOTER_RISE = 18.0  # from the lower edge to the middle of the last footer line
_TAG_PAD = 4.0
_WATERMARK_TILT = 12.0  # degrees
_WATERMARK_EVERY = 280.0  # one mark for so much height, so that a cropped picture keeps one


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a figure says about itself.

    source: where the data come from, without the word "source"; release: edition; figure_id: resolves with `verify`;
    data_mark: "DATI SIMULATI" on invented data, None on real public data, whose `source` alone says it.
    """

    source: str
    release: str
    figure_id: str
    data_mark: str | None


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
        """Width between the margins, at the narrowest."""
        return max(self.width - self.left - self.right, 40.0)

    def write(
        self, markup: str, x: Position, y: Position, *, anchor: str = "center", size: int = palette.TICK, **more: object
    ) -> None:
        """Put words somewhere; they are not escaped here. Further keys are those of a plotly annotation."""
        colour = more.pop("color", palette.INK)
        place: Keys = {"xref": "x", "yref": "y", "xanchor": anchor, "yanchor": "middle", "align": anchor} | more
        font = {"size": size, "color": colour}
        self.annotations.append(
            {"text": markup, "x": x, "y": y, "showarrow": False, "borderpad": 0, "font": font} | place
        )

    def rule(
        self, x: tuple[Position, Position], y: tuple[Position, Position], *, color: str, width: float, **more: object
    ) -> None:
        """A straight line under the marks."""
        dash = more.pop("dash", "solid")
        line = {"color": color, "width": width, "dash": dash}
        ends = {"x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1]}
        self.shapes.append({"type": "line", "layer": "below", "line": line} | ends | more)

    def stamp(self, stamp: Stamp, text: Text, *, tallest: float = 84.0) -> None:
        """Footer and watermark; the bottom margin grows by what the footer needs."""
        lines = footer_lines(stamp, text, self.width)
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
        self.watermark(stamp.data_mark, tallest=tallest)

    def watermark(self, data_mark: str | None, *, tallest: float = 84.0) -> None:
        """Grey words under the marks, inside the plot, in its lower part where it holds one only."""
        if not data_mark:
            return
        source = watermark_image(data_mark)
        tall = min(max(self.plot_height, 50.0), tallest)
        count = max(1, round(self.plot_height / _WATERMARK_EVERY))
        for i in range(count):
            y = (i + 0.5) / count if count > 1 else 0.4
            place = {"xref": "paper", "yref": "paper", "x": 0.5, "y": y, "sizex": 1.0}
            anchor = {"xanchor": "center", "yanchor": "middle", "sizing": "contain", "layer": "below"}
            self.images.append({"source": source, "sizey": tall / self.plot_height} | place | anchor)

    def figure(self, *, xaxis: Keys, yaxis: Keys) -> go.Figure:
        """The finished figure; its width is the page's."""
        margin = {"l": self.left, "r": self.right, "t": self.top, "b": self.bottom, "pad": 0}
        height = self.top + self.plot_height + self.bottom
        parts = {"shapes": self.shapes, "annotations": self.annotations, "images": self.images}
        axes = {"xaxis": xaxis, "yaxis": yaxis}
        return go.Figure(
            data=[{"type": "scatter", "hoverinfo": "skip"} | trace for trace in self.traces],
            layout={"template": palette.TEMPLATE, "margin": margin, "height": height} | axes | parts,
        )


def _tag_width(stamp: Stamp) -> float:
    return width(stamp.data_mark, palette.FOOTER, heavy=True) if stamp.data_mark else 0.0


def _indent(stamp: Stamp) -> float:
    return _tag_width(stamp) + 2 * _TAG_PAD + 12.0 if stamp.data_mark else 0.0


def footer_lines(stamp: Stamp, text: Text, room: float) -> list[str]:
    """Source, release and figure id beside the tag; where that is too long, the source goes below."""
    source = text("chart.source", source=stamp.source)
    release = text("chart.release", release=stamp.release)
    whole = " · ".join(part for part in (source, release, stamp.figure_id) if part)
    if width(whole, palette.FOOTER) <= room - _indent(stamp):
        return [whole]
    first = wrap(stamp.figure_id or release, palette.FOOTER, room, indent=_indent(stamp))
    below = f"{release} · {source}" if stamp.figure_id else source
    return [*first, *wrap(below, palette.FOOTER, room)]


def watermark_image(data_mark: str) -> str:
    """A picture of the words as a data address."""
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
