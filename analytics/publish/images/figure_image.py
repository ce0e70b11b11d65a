"""An approved sentence as an image: the sentence with its range, the picture, what it is about, where it comes from."""

import datetime as dt
from dataclasses import dataclass
from itertools import product
from typing import Final

from markupsafe import Markup

from analytics.charts import Still
from analytics.charts.kit.outlines import BLUE, GREY, INK, SEMIBOLD, Family, Style
from analytics.charts.kit.still import at
from analytics.language.text import Text
from analytics.present.pictures.claim import claim_drawing
from analytics.present.sentences.claims import one_space
from analytics.present.sentences.headlines import Headline
from analytics.present.sentences.phrases import data_note, horizon_phrase
from analytics.publish.addresses import figure_page_address
from analytics.publish.images.canvas import band, document, height, scaled, words
from analytics.publish.images.origin import data_to, released, year_before
from analytics.publish.images.png import to_png
from analytics.publish.images.sizes import Size
from analytics.release import Release

TEXT: Final = "txt"


@dataclass(frozen=True, slots=True)
class FigureImage:
    """What an image of a sentence says, in its order from top to bottom; alt: all of it in words."""

    note: str
    about: str
    sentence: str
    below: tuple[str, ...]
    figure_id: str
    link: str
    alt: str


def figure_image(
    release: Release, headline: Headline, text: Text, *, published: dt.datetime | None = None, site: str = ""
) -> FigureImage:
    """The words of an image. published: since when readers see the release; site: that the link leads to."""
    programme, figure = release.programme, headline.figure
    about = f"{programme.short_title.in_(text)} · {programme.region.in_(text)}"
    below: tuple[str, ...] = (
        text(
            "image.period",
            before=year_before(release, text),
            horizon=horizon_phrase(release, figure.horizon, text),
            day=data_to(release, text),
        ),
        text("image.source", source=programme.source.in_(text)),
        released(release, published, text),
    )
    note, drawing = data_note(release, text), claim_drawing(release, headline, text)
    if drawing and headline.figure.half_low is not None:
        below = (text("chart.key_parts"), *below)
    alt = text(
        "image.alt",
        note=f"{note}." if note else "",
        programme=programme.title.in_(text),
        place=programme.region.in_(text),
        sentence=headline.sentence.long,
        picture=text("image.alt_picture", rows=drawing.alt) if drawing else "",
        period=" ".join(below[:-2]),
        source=below[-2],
        release=below[-1],
        figure=text("image.figure", figure_id=figure.figure_id),
    )
    link = figure_page_address(figure.figure_id, "", site).partition("://")[2] if site else ""
    return FigureImage(note, about, headline.sentence.long, below, figure.figure_id, link, one_space(alt).strip())


def figure_svg(image: FigureImage, release: Release, headline: Headline, size: Size, text: Text) -> str:
    """The image as SVG, in one of the sizes."""
    width, inside = size.width, size.width - 2.0 * size.margin
    top = band(image.note, width, size.margin, size.small * 1.15, simulated=release.simulated)
    about = words(image.about, inside, Style(size.small * 1.25, weight=SEMIBOLD, fill=BLUE))
    foot = _foot(image, inside, size, text)
    start = top.height + size.margin * 0.6
    room = size.height - start - about.height - size.small * 0.6 - foot.height - size.margin * 0.75
    sentence, picture = _fitted(image, release, headline, size, text, room)
    below = room - sentence.height - picture.height
    gap = min(below * 0.6, size.small * 3.0) if picture.height else 0.0
    y = start + about.height + size.small * 0.6 + (below - gap) * 0.3
    content = [
        top.svg,
        at(about.svg, size.margin, start),
        at(sentence.svg, size.margin, y),
        at(picture.svg, size.margin, y + sentence.height + gap),
        at(foot.svg, size.margin, size.height - foot.height - size.margin * 0.5),
    ]
    return document(width, size.height, content, title=image.sentence, alt=image.alt, language=text.language)


def _fitted(
    image: FigureImage, release: Release, headline: Headline, size: Size, text: Text, room: float
) -> tuple[Still, Still]:
    """The sentence and the picture, as large as there is room for."""
    inside, drawing = size.width - 2.0 * size.margin, claim_drawing(release, headline, text)
    (most, least), (largest, smallest) = size.sentence, size.picture
    letters = [most - step * (most - least) / 8 for step in range(9)]
    scales = [largest, (largest + smallest) / 2, smallest] if drawing else [1.0]
    nothing = Still(Markup(""), inside, 0.0)
    pictures = {scale: scaled(drawing.still(inside / scale), scale) if drawing else nothing for scale in scales}
    for letter, scale in sorted(product(letters, scales), key=lambda pair: -pair[0] / most - 0.4 * pair[1] / largest):
        style, picture = Style(letter, Family.SERIF, SEMIBOLD, INK), pictures[scale]
        if height(image.sentence, inside, style) + picture.height + size.small <= room:
            break
    return words(image.sentence, inside, style), picture


def _foot(image: FigureImage, inside: float, size: Size, text: Text) -> Still:
    """Period, source, release; then the id, and the link that tells where the figure stands."""
    style = Style(size.small, fill=GREY)
    told = words(" ".join(image.below), inside, style)
    figure = words(text("image.figure", figure_id=image.figure_id), inside, Style(size.small, weight=SEMIBOLD))
    link = words(image.link, inside, Style(size.small, fill=BLUE))
    svg = told.svg + at(figure.svg, 0.0, told.height) + at(link.svg, 0.0, told.height + figure.height)
    return Still(svg, inside, told.height + figure.height + link.height)


def figure_png(svg: str, image: FigureImage, size: Size) -> bytes:
    """The same as PNG, with its words beside it."""
    told = {"Title": image.sentence, "Description": image.alt, "Source": image.link or image.figure_id}
    return to_png(svg, told, dpi=size.dpi)


def written(image: FigureImage, release: Release, headline: Headline, size: Size, text: Text, ending: str) -> bytes:
    """The image in the format of an ending: svg, png; as txt, what stands in for it where it is not seen."""
    if ending == TEXT:
        return f"{image.alt}\n".encode()
    svg = figure_svg(image, release, headline, size, text)
    return figure_png(svg, image, size) if ending == "png" else svg.encode()
