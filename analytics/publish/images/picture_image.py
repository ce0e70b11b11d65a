"""A picture of the pages as an image: what it shows, the drawing, what it is of, where it comes from."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup

from analytics import charts
from analytics.charts import Still
from analytics.charts.kit.markup import joined
from analytics.charts.kit.outlines import BLUE, GREY, INK, SEMIBOLD, Family, Style
from analytics.charts.kit.still import at
from analytics.language.text import Text
from analytics.present.pictures import Picture
from analytics.present.sentences.phrases import capital, data_note
from analytics.present.titled import PLACES, Keyed, Titled, unusual
from analytics.publish.images.canvas import band, document, scaled, words
from analytics.publish.images.origin import data_to, released, year_before
from analytics.publish.images.png import to_png
from analytics.release import Release

WIDTH, MARGIN = 1200.0, 48.0  # px
_ABOUT = Style(20, weight=SEMIBOLD, fill=BLUE)
_TITLE = Style(34, Family.SERIF, SEMIBOLD, INK)
_SAYS, _NOTE = Style(20, fill=GREY), Style(18, fill=GREY)
_SMALL, _ID, _LINK = Style(16, fill=GREY), Style(16, weight=SEMIBOLD), Style(16, fill=BLUE)
_SCALES: Final = (1.6, 1.4, 1.2, 1.1)  # of a page's px: the largest of which a drawing is no higher than
_HIGHEST: Final = 640.0  # px


@dataclass(frozen=True, slots=True)
class PictureImage:
    """What an image of a picture says, from top to bottom; alt: all of it in words."""

    note: str
    about: str
    title: str
    says: str
    below: tuple[str, ...]
    figure: str
    link: str
    alt: str


def picture_image(
    release: Release,
    drawn: Titled,
    picture: Picture,
    text: Text,
    *,
    published: dt.datetime | None = None,
    site: str = "",
    pages: dict[str, str] | None = None,
) -> PictureImage:
    """The words of an image. picture: the one that is drawn; published: since when readers see the release; site: that
    the link leads to; pages: name -> end of the address of each page.
    """
    programme, stamp = release.programme, picture.stamp
    is_ours = bool(stamp.release)  # else official statistics, which no release of ours holds
    parts = (programme.short_title.in_(text), programme.region.in_(text), drawn.about)
    about = " · ".join(part for part in parts if part)
    source = text("image.source", source=stamp.source)
    period = text("picture_image.period", before=year_before(release, text), day=data_to(release, text))
    below = (period, source, released(release, published, text)) if is_ours else (source,)
    figure = text("picture_image.figure", figure_id=stamp.figure_id) if stamp.figure_id else ""
    note = data_note(release, text) if is_ours else ""
    told = (note, about, drawn.title, drawn.says, picture.drawing.alt, picture.note, *below, figure)
    alt = " ".join(_sentence(part) for part in told if part)
    link = f"{site}/{_page(release, drawn, text, pages or {})}".partition("://")[2] if site else ""
    return PictureImage(note, about, drawn.title, drawn.says, below, figure, link, alt)


def _sentence(words: str) -> str:
    """Words that end."""
    one_line = " ".join(words.split())
    return one_line if one_line.endswith((".", "!", "?")) else f"{one_line}."


def _page(release: Release, drawn: Titled, text: Text, pages: dict[str, str]) -> str:
    """The page on which the picture stands, with those of its choices that are not the usual ones."""
    end = pages.get(PLACES[drawn.name].page, "")
    frame = {"programme": release.programme.id, "release": release.release_id, "lang": text.language}
    return f"{end}?{urlencode({**unusual(drawn.choices, release, text), **frame}, safe=',*')}"


def picture_svg(image: PictureImage, drawn: Titled, picture: Picture, text: Text) -> str:
    """The image as SVG: as high as it needs."""
    inside = WIDTH - 2 * MARGIN
    top = band(image.note, WIDTH, MARGIN, 18, simulated=bool(picture.stamp.data_mark))
    drawing = _drawing(picture, inside)
    key = charts.key(text) if drawn.keyed is Keyed.WHOLE else None
    reading = [text("chart.key_parts")] if drawn.keyed is Keyed.PARTS else []
    reading += [text("picture_image.counts")] if picture.drawing.counted else []
    column = _stacked(
        [
            (words(image.about, inside, _ABOUT), 0.0),
            (words(image.title, inside, _TITLE), 8.0),
            (words(image.says, inside, _SAYS), 10.0),
            (scaled(key.still(inside / 1.3), 1.3) if key else _nothing(inside), 20.0),
            (drawing, 22.0),
            (words(capital(picture.note), inside, _NOTE), 14.0),
            (words(" ".join(reading), inside, _NOTE), 14.0),
            (words(" ".join(image.below), inside, _SMALL), 22.0),
            (words(image.figure, inside, _ID), 2.0),
            (words(image.link, inside, _LINK), 2.0),
        ],
        inside,
    )
    start = top.height + 30.0
    height = round(start + column.height + 30.0)
    content = [top.svg, at(column.svg, MARGIN, start)]
    return document(WIDTH, height, content, title=image.title, alt=image.alt, language=text.language)


def _nothing(width: float) -> Still:
    return Still(Markup(""), width, 0.0)


def _drawing(picture: Picture, inside: float) -> Still:
    """The drawing, as large as it can be without being too high."""
    for scale in _SCALES:
        still = scaled(picture.drawing.still(inside / scale), scale)
        if still.height <= _HIGHEST:
            break
    return still


def _stacked(parts: Sequence[tuple[Still, float]], width: float) -> Still:
    """Parts under each other, each with a gap above it; what is empty takes none."""
    placed: list[Markup] = []
    top = 0.0
    for part, gap in parts:
        if part.height:
            top += gap if placed else 0.0
            placed.append(at(part.svg, 0.0, top))
            top += part.height
    return Still(joined(placed), width, top)


def picture_png(svg: str, image: PictureImage) -> bytes:
    """The same as PNG, with its words beside it."""
    source = image.link or image.figure
    return to_png(svg, {"Title": image.title, "Description": image.alt, "Source": source})
