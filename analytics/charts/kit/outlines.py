"""Words as outlines: what is drawn with them looks the same on every machine, whatever fonts it has.

Words are set by HarfBuzz, with kerning, in the fonts of the pages: Source Sans 3 and Source Serif 4 (SIL Open Font
License), variable in weight. Sizes and places are px; y grows downwards, and a line stands on its baseline.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import uharfbuzz as harfbuzz
from markupsafe import Markup

from analytics.charts.kit.markup import element, joined, number

REGULAR, SEMIBOLD, BOLD = 400, 600, 700
INK: Final = "#1B1F24"
GREY: Final = "#595959"
BLUE: Final = "#12436D"
_UNITS: Final = 1000  # of an em, in both fonts

Cut = tuple["Family", int, int]  # a family, its weight, its optical size


class Family(StrEnum):
    """The fonts, by the packages that hold their files."""

    SANS = "fontpkg_source_sans_3"
    SERIF = "fontpkg_source_serif_4"


FILES: Final = {Family.SANS: "SourceSans3[wght].ttf", Family.SERIF: "SourceSerif4[opsz,wght].ttf"}


@dataclass(frozen=True, slots=True)
class Style:
    """How words are set. size: px of the em; fill: a colour; tracking: more room behind each letter, in ems."""

    size: float
    family: Family = Family.SANS
    weight: int = REGULAR
    fill: str = INK
    tracking: float = 0.0

    @property
    def cut(self) -> "Cut":
        """What is drawn, whatever its size and colour: Source Serif is cut for sizes of 8 to 60 points, of which a few
        are enough.
        """
        optical = min(max(round(self.size * 0.75 / 12) * 12, 12), 60) if self.family is Family.SERIF else 0
        return self.family, self.weight, optical


def font_file(family: Family) -> bytes:
    """The variable font of a family, TrueType."""
    return files(family.value).joinpath("files", FILES[family]).read_bytes()


@cache
def _face(family: Family) -> harfbuzz.Face:
    return harfbuzz.Face(font_file(family))


@cache
def _font(cut: Cut) -> harfbuzz.Font:
    family, weight, optical = cut
    font = harfbuzz.Font(_face(family))
    font.set_variations({"wght": weight} | ({"opsz": optical} if optical else {}))
    return font


@dataclass(frozen=True, slots=True)
class _Glyph:
    """One glyph of a line: its number in the font, and where it stands from the line's start, in units of the font."""

    glyph: int
    x: int
    y: int


@lru_cache(maxsize=4096)
def _set(words: str, cut: Cut) -> tuple[tuple[_Glyph, ...], int]:
    """The glyphs of a line, and its length in units of the font."""
    if not words:
        return (), 0
    buffer = harfbuzz.Buffer()
    buffer.add_str("".join(mark if mark.isprintable() else " " for mark in words))
    buffer.guess_segment_properties()
    harfbuzz.shape(_font(cut), buffer, {"kern": True, "liga": True})
    glyphs, x = [], 0
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions or (), strict=True):  # None: of no words
        glyphs.append(_Glyph(info.codepoint, x + position.x_offset, position.y_offset))
        x += position.x_advance
    return tuple(glyphs), x


def length(words: str, style: Style) -> float:
    """How long a line is, px."""
    glyphs, units = _set(words, style.cut)
    return (units / _UNITS + style.tracking * len(glyphs)) * style.size


class _Pen:
    """Writes a glyph's contours as SVG commands: each begins at a point, and goes on relative to it."""

    def __init__(self) -> None:
        self.contours: list[tuple[int, int, str]] = []
        self._start, self._at, self._written = (0, 0), (0, 0), ""

    def _step(self, command: str, *points: tuple[float, float]) -> None:
        whole = [(round(x), round(y)) for x, y in points]
        steps = [str(step) for x, y in whole for step in (x - self._at[0], y - self._at[1])]
        self._written += command + " ".join(steps).replace(" -", "-")
        self._at = whole[-1]

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - HarfBuzz calls it so, as the four below
        self._start = self._at = (round(point[0]), round(point[1]))
        self._written = ""

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._step("l", point)

    def qCurveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._step("q", *points)

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._step("c", *points)

    def closePath(self) -> None:  # noqa: N802
        self.contours.append((*self._start, self._written + "z"))

    endPath = closePath  # noqa: N815


@lru_cache(maxsize=2048)
def _contours(cut: Cut, glyph: int) -> tuple[tuple[int, int, str], ...]:
    pen = _Pen()
    _font(cut).draw_glyph_with_pen(glyph, pen)
    return tuple(pen.contours)


@lru_cache(maxsize=1024)
def _drawn(words: str, cut: Cut, tracking: int) -> str:
    """The contours of a line, in units of the font. tracking: more room behind each letter."""
    return "".join(
        f"M{start_x + glyph.x + i * tracking} {start_y + glyph.y}{written}"
        for i, glyph in enumerate(_set(words, cut)[0])
        for start_x, start_y, written in _contours(cut, glyph.glyph)
    )


def line(words: str, x: float, y: float, style: Style, anchor: str = "start") -> Markup:
    """A line of words at a place, as one path; `data-words` says which. anchor: what of it stands at x: start, middle
    or end.
    """
    scale = style.size / _UNITS
    left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * length(words, style)
    drawn = _drawn(words, style.cut, round(style.tracking * _UNITS))
    if not drawn:
        return Markup("")
    place = f"translate({number(left)} {number(y)}) scale({scale:.5g} {-scale:.5g})"
    return element("path", d=drawn, transform=place, fill=style.fill, data_words=words)


def wrapped(words: str, width: float, style: Style) -> list[str]:
    """Words in lines of at most a width; a word that is longer than that is cut."""
    lines: list[str] = []
    for word in (piece for whole in re.split(r"[ \t\n]+", words.strip()) for piece in _pieces(whole, width, style)):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and length(longer, style) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _pieces(word: str, width: float, style: Style) -> list[str]:
    """A word, or what of it fits into one line each."""
    pieces = [word]
    while len(pieces[-1]) > 1 and length(pieces[-1], style) > width:
        last = pieces.pop()
        most = max(bisect_right(range(1, len(last)), width, key=lambda n: length(last[:n], style)), 1)
        pieces += [last[:most], last[most:]]
    return pieces


def paragraph(lines: Sequence[str], x: float, y: float, style: Style, leading: float, anchor: str = "start") -> Markup:
    """Lines under each other, the first on y. leading: px from one to the next."""
    return joined(line(words, x, y + i * leading, style, anchor) for i, words in enumerate(lines))
