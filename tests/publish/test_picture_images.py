"""Every picture of the pages leaves as an image that stands alone, with the numbers that the page shows."""

import io
import re
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from PIL import Image

from analytics.folders import Home
from analytics.language.text import LANGUAGES
from analytics.model import UserError
from analytics.present.pictures import Absent, Picture
from analytics.present.sentences.phrases import data_mark, reader
from analytics.present.titled import PLACES, Keyed, Titled, picture_asked
from analytics.publish.images.picture_image import MARGIN, WIDTH, PictureImage, picture_image, picture_png, picture_svg
from analytics.release import Release
from pages import PAGES
from tests.helpers.image import Words, lines
from tests.helpers.markup import classes, of_class, parsed, words
from tests.publish.conftest import MORNING, SITE

SVG = "{http://www.w3.org/2000/svg}"
PROGRAMMES = ("ecommerce-2020", "michigan-1988")
SECTORS = {"ecommerce-2020": ("textiles", "paper_media"), "michigan-1988": ("",)}  # one that tells, one that cannot
OF_SECTOR = [f"sectors-{name}" for name in ("lines", "years", "standing", "size_class", "area", "channel", "spread")]
LABELS = ("n", "value", "verb", "note", "end-label", "y", "window", "guide", "square", "awards", "award-word")
ALIKE = ("axis-words", "small-title", "tile-key")  # at other breaks, or in other parts, than on a page


@dataclass(frozen=True)
class Made:
    """A picture, its words and its image."""

    titled: Titled
    picture: Picture
    image: PictureImage
    svg: str
    lines: list[Words]


def made(release: Release, language: str, name: str, choices: dict[str, str]) -> Made | None:
    text = reader(release, language)
    try:
        titled = picture_asked(name, choices, release, text)
    except UserError:  # a picture that this programme's pages do not have
        return None
    if isinstance(titled.shown, Absent):
        return None
    image = picture_image(release, titled, titled.shown, text, published=MORNING, site=SITE, pages=PAGES)
    svg = picture_svg(image, titled, titled.shown, text)
    return Made(titled, titled.shown, image, svg, lines(svg))


@pytest.fixture(scope="module")
def releases(demonstration: Home) -> dict[str, Release]:
    return {name: Release(demonstration.releases / name / "2026-1.duckdb") for name in PROGRAMMES}


@pytest.fixture(scope="module", params=[(name, language) for name in PROGRAMMES for language in LANGUAGES])
def every(request: pytest.FixtureRequest, releases: dict[str, Release]) -> list[Made]:
    """Every picture that there is of a programme in a language; of its sector, in Italian, of two."""
    programme, language = request.param
    sectors = SECTORS[programme] if language == "it" else SECTORS[programme][:1]
    asked = [(name, "") for name in PLACES if name not in OF_SECTOR]
    asked += [(name, sector) for name in OF_SECTOR for sector in sectors]
    found = [made(releases[programme], language, name, {"sector": sector} if sector else {}) for name, sector in asked]
    return [one for one in found if one]


def test_an_image_says_all_that_stands_around_its_picture(every: list[Made], releases: dict[str, Release]) -> None:
    """Title, what is shown, programme, place, period, source, release, id, link; that it is simulated where it is; the
    same in words beside it.
    """
    assert len({one.titled.name for one in every}) >= 11
    for one in every:
        image, stamp = one.image, one.picture.stamp
        said = " ".join(line.words for line in one.lines)
        for words_ in (image.title, image.about, image.says, image.note, *image.below, image.figure, image.link):
            assert " ".join(words_.split()) in " ".join(said.split()), (one.titled.name, words_)
        assert stamp.source in said
        assert not stamp.data_mark or (said.count(stamp.data_mark) >= 2 and image.note in image.alt)
        assert all(figure_id in said for figure_id in stamp.figure_id.split(" · "))
        assert not stamp.release or stamp.release in " ".join(image.below)
        root = ElementTree.fromstring(one.svg)
        assert root.findtext(f"{SVG}title") == image.title
        assert root.findtext(f"{SVG}desc") == image.alt
        assert all(" ".join(part.split()) in image.alt for part in (image.title, image.says, one.picture.drawing.alt))
        assert len(one.picture.drawing.alt) > 20


def test_an_image_needs_no_font_and_fetches_nothing(every: list[Made]) -> None:
    """Places in px, words as outlines, nothing from elsewhere: it looks the same in every program."""
    for one in every:
        root = ElementTree.fromstring(one.svg)
        tags = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert tags <= {"svg", "title", "desc", "style", "rect", "g", "path", "line", "circle"}
        assert sum(element.tag == f"{SVG}svg" for element in root.iter()) == 1
        assert not re.search(r"href|url\(|@import|font-family|vector-effect", one.svg)
        shares = [value for of in root.iter() for name, value in of.items() if name != "data-words" and "%" in value]
        assert not shares, one.titled.name


def test_no_words_leave_an_image_or_lie_on_each_other(every: list[Made]) -> None:
    """Whatever is written, in either language."""
    for one in every:
        high = float(ElementTree.fromstring(one.svg).get("height", ""))
        for line in one.lines:
            assert line.left >= MARGIN * 0.9, (one.titled.name, line)
            assert line.right <= WIDTH - MARGIN * 0.9, (one.titled.name, line)
            assert 0 <= line.top <= line.bottom <= high, (one.titled.name, line)
        for i, line in enumerate(one.lines):
            for other in one.lines[i + 1 :]:
                apart = line.right < other.left or other.right < line.left
                assert apart or line.bottom < other.top or other.bottom < line.top, (one.titled.name, line, other)


def tokens(written: str) -> list[str]:
    return written.replace("·", " ").split()


def on_page(root: Element) -> tuple[list[str], set[str]]:
    """The words of a drawing on a page: of its labels, and of its ticks, of which each width has as many as fit."""
    labels = [words(found) for name in (*LABELS, *ALIKE) for found in of_class(root, name) if name != "n" or found.tag]
    for name in (found for found in of_class(root, "name") if found.tag == "th"):
        link = name.find("a")
        labels.append((link if link is not None else name).text or "")
    ticks = {words(tick) for ticks in of_class(root, "ticks") for tick in ticks}
    ticks |= {words(year) for year in of_class(root, "x")}
    return [token for label in labels for token in tokens(label)], ticks


def test_an_image_shows_the_numbers_and_names_of_the_page(every: list[Made]) -> None:
    """No label of the page is missing, and none has been added: but for ticks, of which another width has others."""
    for one in every:
        root = parsed(one.picture.drawing)
        drawn = one.picture.drawing.still(WIDTH / 1.4)
        lines_ = lines(f"<svg>{drawn.svg}</svg>")
        labels, ticks = on_page(root)
        heads = {token for row in root.iter("thead") for found in row.iter("th") for token in tokens(words(found))}
        in_image = [token for line in lines_ for token in tokens(line.words)]
        narrow = any("beside-name" in classes(found) for found in root.iter())
        missing = {token for token in labels if token not in in_image} - heads
        assert not missing, (one.titled.name, missing, narrow)
        beside = {head.lower() for head in heads}  # where rows are narrow, the head of the numbers stands at each
        known = {*labels, *heads, *beside, *(token for tick in ticks for token in tokens(tick))}
        known |= {token for found in root.iter("text") for token in tokens(words(found))}
        known |= {token for found in root.iter("small") for token in tokens(words(found))}
        known |= set(tokens(one.picture.stamp.data_mark or ""))
        levels = [line.bottom for line in lines_ if line.words in ticks]
        added = {
            line.words
            for line in lines_
            for token in tokens(line.words)
            if token not in known and not any(abs(line.bottom - level) < 2 for level in levels)
        }
        assert not added, (one.titled.name, added)


def test_intervals_and_numbers_of_firms_are_explained_in_the_image(every: list[Made]) -> None:
    """On a page the key stands once; an image is alone."""
    for one in every:
        root = parsed(one.picture.drawing)
        has_bars = bool(of_class(root, "bar"))
        assert has_bars is (one.titled.keyed is not Keyed.NO), one.titled.name
        has_heads = any(words(found) for found in root.iter("th") if "n" in classes(found))
        counted = any(words(found) for name in ("n", "small-title") for found in of_class(root, name))
        assert one.picture.drawing.counted is (counted and not has_heads), one.titled.name


def test_a_png_is_the_same_image_with_its_words_beside_it(releases: dict[str, Release]) -> None:
    """As large as the SVG, its words there."""
    for programme in PROGRAMMES:
        one = made(releases[programme], "it", "overview-changes", {})
        assert one is not None
        png = Image.open(io.BytesIO(picture_png(one.svg, one.image)))
        root = ElementTree.fromstring(one.svg)
        assert png.size == (int(root.get("width", "")), int(root.get("height", "")))
        assert png.info["Title"] == one.image.title
        assert png.info["Description"] == one.image.alt
        dark = sum(count for count, (r, g, b) in png.convert("RGB").getcolors(1 << 20) if r + g + b < 200)
        assert dark > 0.01 * png.width * png.height
        orange = png.convert("RGB").getpixel((5, 5)) == (244, 106, 37)
        assert orange is (data_mark(releases[programme], reader(releases[programme], "it")) is not None)


def test_wide_and_narrow_drawings_keep_their_words_inside(every: list[Made]) -> None:
    """In a report or a frame they are as wide as there is room."""
    for one in every:
        for width in (420.0, 560.0, 1000.0):
            still = one.picture.drawing.still(width)
            assert still.width == width
            for line in lines(f"<svg>{still.svg}</svg>"):
                assert line.left >= -1, (one.titled.name, width, line)
                assert line.right <= width + 1, (one.titled.name, width, line)
                assert line.bottom <= still.height + 1, (one.titled.name, width, line)
