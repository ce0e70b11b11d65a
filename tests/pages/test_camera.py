"""Every picture of the pages says where it is had as an image, and that image is the same picture."""

from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest

from analytics.folders import Home
from analytics.language.text import Text
from analytics.present.titled import PLACES
from analytics.publish.api.service import Service
from analytics.release import Release
from analytics.release.readable import Shelves
from pages import PAGES
from tests.helpers.markup import of_class, words
from tests.pages.app import opened, pictures_on

TITLE, DESC = (f"{{http://www.w3.org/2000/svg}}{name}" for name in ("title", "desc"))
ADDRESSES = {
    "overview": {"lang": "en"},
    "sectors": {"sector": "textiles", "lines": "sum", "year": "2", "lang": "en"},
    "evidence": {"claim": "effect-sector-textiles"},
}


@pytest.fixture(scope="module")
def service(demonstration: Home) -> Service:
    return Service(Shelves(demonstration.releases, lambda: ["ecommerce-2020"], lru_cache(Release)), PAGES)


@pytest.mark.parametrize("page", ADDRESSES)
def test_every_picture_is_had_as_an_image_with_the_choices_of_the_page(
    demonstration: Home, service: Service, page: str
) -> None:
    """As PNG, SVG and in words: each link names the picture for who hears it, and leads to what the page shows."""
    text, chosen = Text(ADDRESSES[page].get("lang", "it")), ADDRESSES[page]
    seen = set()
    for key, block in pictures_on(opened(demonstration, page, **chosen)).items():
        cameras = of_class(block, "camera")
        assert len(cameras) == (0 if of_class(block, "absent") else 1), key
        for link in (link for camera in cameras for link in camera.iter("a")):
            where = urlsplit(link.get("href", ""))
            name, ending = where.path.removeprefix("/api/pictures/").split(".")
            choices = dict(parse_qsl(where.query))
            assert set(choices) == {*PLACES[name].choices, "programme", "release", "lang"}
            assert all(choices.get(choice, value) == value for choice, value in chosen.items())
            making = service.prepare(where.path, where.query, "https://example.org", "it")
            if ending == "txt":
                assert making.make().body
            if ending != "svg":
                continue
            root = ElementTree.fromstring(making.make().body)
            title = root.findtext(TITLE) or ""
            heading = next((words(found) for level in ("h2", "h3") for found in block.iter(level)), "")
            assert heading in ("", " ".join(title.split()))
            assert link.get("aria-label") == text("camera.svg_of", title=title)
            assert root.findtext(DESC)
            seen.add(name)
    shown = {name for name, place in PLACES.items() if place.page == page}
    assert seen <= shown
    assert len(seen) >= len(shown) - 1
