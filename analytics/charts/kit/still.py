"""A drawing as it leaves: on a page, where it fits any width; as an image of one width, its words as outlines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from analytics.charts.kit.markup import element, joined, number
from analytics.charts.kit.outlines import BOLD, Style, line

WATERMARK = Style(15, weight=BOLD, fill="#D3D6DA", tracking=0.16)


@dataclass(frozen=True, slots=True)
class Still:
    """Part of an image: SVG in px from its top left corner, no fonts. Its marks look as `static/marks.css` says."""

    svg: Markup
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing. markup: for a page, in any width; still: for an image, from its width in the px of a page; alt: the
    same in words; counted: whether numbers of firms stand beside names, under no heading.
    """

    markup: Markup
    still: Callable[[float], Still]
    alt: str
    counted: bool = False

    def __html__(self) -> str:
        """Within other markup it stands as it is on a page."""
        return self.markup

    __str__ = __html__


def stacked(parts: Sequence[Still], gap: float = 0.0) -> Still:
    """Parts under each other, aligned on the left."""
    placed, top = [], 0.0
    for part in parts:
        placed.append(at(part.svg, 0.0, top))
        top += part.height + gap
    return Still(joined(placed), max((part.width for part in parts), default=0.0), max(top - gap, 0.0))


def at(svg: Markup, x: float, y: float) -> Markup:
    """SVG moved to a place."""
    return element("g", svg, transform=f"translate({number(x)} {number(y)})")


def drawn_watermark(data_mark: str | None, x: float, y: float, anchor: str = "middle") -> Markup:
    """The mark of simulated data, where nothing else is drawn; nothing on real data."""
    return line(data_mark, x, y, WATERMARK, anchor) if data_mark else Markup("")
