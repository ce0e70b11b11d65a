"""An image of a sentence stands alone: it holds every word that it needs, as outlines, and no number of its own."""

import io
import re
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageFont

from analytics.charts.kit.outlines import Family, Style, font_file, length, line, wrapped
from analytics.folders import Home
from analytics.language.text import LANGUAGES
from analytics.present.sentences.claims import ClaimKind
from analytics.present.sentences.headlines import Headline, approved_sentences
from analytics.present.sentences.phrases import reader
from analytics.publish.images.figure_image import FigureImage, figure_image, figure_png, figure_svg
from analytics.publish.images.sizes import SIZES, Size
from analytics.release import Release
from tests.helpers.image import lines
from tests.publish.conftest import MORNING, SITE

SVG = "{http://www.w3.org/2000/svg}"
PROGRAMMES = ("ecommerce-2020", "michigan-1988")


Made = list[tuple[str, FigureImage, Headline, Size]]


def drawn(release: Release, headline: Headline, language: str, size: Size) -> tuple[str, FigureImage]:
    text = reader(release, language)
    image = figure_image(release, headline, text, published=MORNING, site=SITE)
    return figure_svg(image, release, headline, size, text), image


@pytest.fixture(scope="module")
def releases(demonstration: Home) -> dict[str, Release]:
    return {name: Release(demonstration.releases / name / "2026-1.duckdb") for name in PROGRAMMES}


def published(release: Release, language: str) -> list[Headline]:
    return [one for one in approved_sentences(release, reader(release, language)) if one.figure.published]


def longest(release: Release, language: str) -> list[Headline]:
    """The longest sentence of each kind."""
    by_kind: dict[ClaimKind, Headline] = {}
    for one in sorted(published(release, language), key=lambda one: len(one.sentence.long)):
        by_kind[one.kind] = one
    return list(by_kind.values())


@pytest.fixture(scope="module", params=[(name, language) for name in PROGRAMMES for language in LANGUAGES])
def every(
    request: pytest.FixtureRequest, releases: dict[str, Release]
) -> list[tuple[str, FigureImage, Headline, Size]]:
    """The longest sentences in every size, and others for the web, of a programme in a language."""
    name, language = request.param
    release = releases[name]
    sizes = list(SIZES.values()) if language == "it" else [SIZES["web"], SIZES["story"]]
    wanted = [(one, size) for one in longest(release, language) for size in sizes]
    wanted += [(one, SIZES["web"]) for one in published(release, language)[::8]]
    return [(*drawn(release, one, language, size), one, size) for one, size in dict.fromkeys(wanted)]


def test_images_hold_the_whole_sentence_and_all_that_it_needs(every):
    for svg, image, headline, _ in every:
        said = " ".join(one.words for one in lines(svg))
        for words in (image.sentence, image.note, image.about, *image.below, headline.figure.figure_id, image.link):
            assert words in said
        assert headline.sentence.long == image.sentence
        assert headline.figure.figure_id in image.link
        root = ElementTree.fromstring(svg)
        assert root.findtext(f"{SVG}title") == image.sentence
        assert root.findtext(f"{SVG}desc") == image.alt
        assert all(words in image.alt for words in (image.sentence, *image.below, headline.figure.figure_id))


def test_images_need_no_font_and_fetch_nothing(every):
    for svg, *_ in every:
        root = ElementTree.fromstring(svg)
        tags = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert tags <= {"svg", "title", "desc", "style", "rect", "g", "path", "line", "circle"}
        assert not re.search(r"href|url\(|@import|font-family", svg)
        shares = [value for of in root.iter() for name, value in of.items() if name != "data-words" and "%" in value]
        assert not shares


def test_no_words_leave_the_image_or_lie_on_each_other(every):
    for svg, image, _, size in every:
        written = lines(svg)
        for one in written:
            assert size.margin * 0.9 <= one.left, (image.sentence, one)
            assert one.right <= size.width - size.margin * 0.9, (image.sentence, one)
            assert one.top >= 0, (image.sentence, one)
            assert one.bottom <= size.height, (image.sentence, one)
        for i, one in enumerate(written):
            for other in written[i + 1 :]:
                apart = one.right < other.left or other.right < one.left
                assert apart or one.bottom < other.top or other.bottom < one.top, (image.sentence, one, other)


def test_the_picture_has_the_numbers_of_its_sentence(every):
    """To the last digit: whatever is written beside the figure's own range stands in the sentence."""
    for svg, image, headline, _ in every:
        beside = {ClaimKind.EFFECT: headline.label, ClaimKind.MONEY: None, ClaimKind.LOSSES: None}
        if headline.kind not in beside or (headline.dimension == "*" and headline.kind is ClaimKind.EFFECT):
            continue
        row = re.search(r"intervalli al 95%: (.*?)\. |95% intervals: (.*?)\. ", image.alt)
        value = (row[1] or row[2]).partition(": ")[2]
        numbers = re.findall(r"\d+(?:[.,]\d+)?", value)
        assert numbers
        assert set(numbers) <= set(re.findall(r"\d+(?:[.,]\d+)?", image.sentence)), (value, image.sentence)
        assert any(all(number in one.words for number in numbers[-2:]) for one in lines(svg)), (value, numbers)


def test_no_point_where_no_direction_may_be_told(every):
    for svg, _, headline, _ in every:
        if "cannot_tell" in str(headline.figure.verdict) and headline.dimension != "*":
            open_dots = list(ElementTree.fromstring(svg).iter(f"{SVG}circle"))
            assert all(circle.get("class") != "dot open" for circle in open_dots)


def test_a_png_has_the_size_and_carries_its_words(releases):
    release = releases["ecommerce-2020"]
    headline = published(release, "it")[0]
    for size in (SIZES["web"], SIZES["print"]):
        svg, image = drawn(release, headline, "it", size)
        picture = Image.open(io.BytesIO(figure_png(svg, image, size)))
        assert picture.size == (size.width, size.height)
        assert round(picture.info["dpi"][0]) == size.dpi
        assert picture.info["Description"] == image.alt
        assert picture.info["Title"] == image.sentence
        dark = sum(count for count, (r, g, b) in picture.convert("RGB").getcolors(1 << 20) if r + g + b < 200)
        assert dark > 0.01 * size.width * size.height  # its words are there


def test_words_are_as_long_as_another_library_sets_them():
    """FreeType, by Pillow, measures each letter of both fonts as we do."""
    for family, axes in ((Family.SANS, [400]), (Family.SERIF, [400, 12])):
        font = ImageFont.truetype(io.BytesIO(font_file(family)), 1000, layout_engine=ImageFont.Layout.BASIC)
        font.set_variation_by_axes(axes)
        for letter in "AaBbgMWàèÈ€%+−0123456789«»’–":
            style = Style(1000, family) if family is Family.SANS else Style(16, family)
            expected = font.getlength(letter) * style.size / 1000
            assert length(letter, style) == pytest.approx(expected, abs=0.002 * style.size), letter


def test_hostile_words_are_drawn_and_nothing_else():
    style = Style(20)
    drawing = str(line('<script>&"\x00\u202e', 0, 0, style))
    assert "<script>" not in drawing
    ElementTree.fromstring(drawing.replace("\x00", ""))
    assert [length(piece, style) <= 100 for piece in wrapped("x" * 400, 100, style)] == [True] * len(
        wrapped("x" * 400, 100, style)
    )
    assert "".join(wrapped("x" * 400, 100, style)) == "x" * 400
    assert wrapped("", 100, style) == [""]
