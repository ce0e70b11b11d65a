"""Addresses of the pages' pictures: what a page shows, with its choices, and nothing else."""

from xml.etree import ElementTree

import pytest

from analytics.language.text import Text
from analytics.present.pictures import Absent
from analytics.present.sentences.phrases import reader
from analytics.present.titled import PLACES, picture_asked
from analytics.publish.addresses import picture_address
from analytics.publish.api.answers import Answer
from analytics.publish.api.images import MEDIA
from analytics.publish.api.refusals import Refusal
from analytics.publish.api.service import Service
from analytics.release import Release
from analytics.release.readable import Shelves
from pages import PAGES

SITE = "https://example.org"
TITLE = "{http://www.w3.org/2000/svg}title"
ECOMMERCE = "programme=ecommerce-2020"


@pytest.fixture
def service(both: Shelves) -> Service:
    return Service(both, PAGES)


def answered(service: Service, address: str) -> Answer:
    path, _, query = address.partition("?")
    return service.prepare(path, query, SITE, "it").make()


def refused(service: Service, address: str) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        answered(service, address)
    return refusal.value


@pytest.fixture
def release(both: Shelves) -> Release:
    readable = both.readable()["ecommerce-2020"]
    return readable.read(readable.current)


def test_an_address_answers_with_the_choices_that_it_names(service: Service, release: Release) -> None:
    """Sector, outcome, measure, years and lines as on the page; without any, the usual ones."""
    text = reader(release, "en")
    asked = {
        "sectors-lines": {"sector": "food", "lines": "sum"},
        "sectors-years": {"sector": "food", "estimand": "euro_weighted"},
        "overview-years": {},
    }
    for name, choices in asked.items():
        answer = answered(service, picture_address(name, "svg", choices, release, "en"))
        assert answer.media_type == "image/svg+xml"
        assert answer.told is not None
        assert answer.told["content-security-policy"].startswith("default-src 'none'")
        expected = picture_asked(name, choices, release, text)
        assert ElementTree.fromstring(answer.body).findtext(TITLE) == expected.title
        in_words = answered(service, picture_address(name, "txt", choices, release, "en")).body.decode()
        assert " ".join(expected.title.split()) in in_words
        assert not isinstance(expected.shown, Absent)
        assert " ".join(expected.shown.drawing.alt.split()) in in_words


def test_a_png_is_heavy_and_all_is_kept(service: Service, release: Release) -> None:
    """So that nobody who reads waits for it, and it is made once."""
    for ending in MEDIA:
        path, _, query = picture_address("overview-money", ending, {}, release, "it").partition("?")
        making = service.prepare(path, query, SITE, "it")
        assert making.is_heavy is (ending == "png")
        assert making.key is not None
    path, _, query = picture_address("overview-money", "png", {}, release, "it").partition("?")
    assert service.prepare(path, query, SITE, "it").make().body.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("overview-nothing.svg", "unknown_picture"),
        ("..%2Foverview-money.svg", "unknown_picture"),
        ("<script>.svg", "unknown_picture"),
        ("overview-money.gif", "unknown_format"),
        ("sectors-lines.svg?sector=nothing", "unknown_code"),
        ("sectors-lines.svg?sector=<script>alert(1)</script>", "unknown_code"),
        ("sectors-lines.svg?lines=both", "unknown_code"),
        ("sectors-years.svg?estimand=nothing", "unknown_code"),
        ("sectors-years.svg?year=99", "unknown_code"),
        ("evidence-before.svg?claim=effect-sector-nothing", "unknown_code"),
        ("overview-money.svg?sector=food", "unknown_parameter"),
        ("sectors-context.svg?outcome=online_sales", "unknown_parameter"),
        ("overview-money.svg?colour=red", "unknown_parameter"),
        ("overview-money.svg?lang=xx", "unknown_language"),
        ("overview-money.svg?release=2099-1", "unknown_release"),
        ("sectors-spread.svg?sector=paper_media", "no_picture"),
    ],
)
def test_what_no_page_shows_is_refused(service: Service, address: str, code: str) -> None:
    """Whatever is asked for; the answer says what there is, or why there is nothing."""
    name, _, query = address.partition("?")
    refusal = refused(service, f"/api/pictures/{name}?{'&'.join(part for part in (ECOMMERCE, query) if part)}")
    assert refusal.code == code
    for language in ("it", "en"):
        body = refusal.body(Text(language))
        assert body["error"]["message"]
        if code in ("unknown_picture", "unknown_format", "unknown_code"):
            assert body["error"]["known"]
    if code == "no_picture":
        assert len(refusal.about["reason"]) > 20


def test_a_picture_that_the_pages_of_a_programme_do_not_have_is_not_known(service: Service) -> None:
    """Of one sector alone there is no picture of all."""
    for name in ("overview-sectors", "sectors-all", "sectors-provinces"):
        assert name in PLACES
        assert refused(service, f"/api/pictures/{name}.svg?programme=michigan-1988").code == "unknown_picture"
