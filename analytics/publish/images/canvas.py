"""What every image is made of: a white ground, the mark of simulated data on top, lines of words, an SVG document."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from markupsafe import Markup

from analytics.charts import Still
from analytics.charts.kit.markup import element, joined, number
from analytics.charts.kit.outlines import INK, SEMIBOLD, Style, paragraph, wrapped
from analytics.folders import PROJECT

MARK_GROUND: Final = "#F46A25"  # orange: attention only (VISUAL.md 1)
PUBLIC_GROUND: Final = "#EAF0F5"
LEADING: Final = 1.3  # of the size of letters


@cache
def mark_styles() -> Markup:
    """How marks look, as on pages."""
    return Markup((PROJECT / "static" / "marks.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file


def words(written: str, width: float, style: Style) -> Still:
    """Words in lines of at most a width."""
    lines, leading = wrapped(written, width, style), style.size * LEADING
    drawn = paragraph(lines, 0.0, style.size * 0.95, style, leading)
    return Still(drawn, width, len(lines) * leading if written else 0.0)


def height(written: str, width: float, style: Style) -> float:
    """How high these words will be."""
    return len(wrapped(written, width, style)) * style.size * LEADING if written else 0.0


def band(note: str, width: float, margin: float, size: float, *, simulated: bool) -> Still:
    """What kind of data these are, over the whole width; nothing of a programme's own data."""
    if not note:
        return Still(Markup(""), width, 0.0)
    style, high = Style(size, weight=SEMIBOLD, fill=INK), size * 2.1
    lines = wrapped(note, width - 2 * margin, style)
    high += (len(lines) - 1) * size * LEADING
    ground = element("rect", width=float(width), height=high, fill=MARK_GROUND if simulated else PUBLIC_GROUND)
    return Still(ground + paragraph(lines, margin, size * 1.4, style, size * LEADING), width, high)


def scaled(still: Still, scale: float) -> Still:
    """A part, larger."""
    svg = element("g", still.svg, transform=f"scale({number(scale)})")
    return Still(svg, still.width * scale, still.height * scale)


def document(width: float, height: float, content: Sequence[Markup], *, title: str, alt: str, language: str) -> str:
    """The whole image, SVG 1.1. title: what it is; alt: the same in words, for who cannot see it."""
    ground = element("rect", width=float(width), height=float(height), fill="#FFFFFF")
    return str(
        element(
            "svg",
            element("title", title, id="title"),
            element("desc", alt, id="desc"),
            element("style", mark_styles()),
            ground,
            joined(content),
            xmlns="http://www.w3.org/2000/svg",
            width=float(width),
            height=float(height),
            viewBox=f"0 0 {number(width)} {number(height)}",
            role="img",
            aria_labelledby="title desc",
            **{"xml:lang": language},
        )
    )
