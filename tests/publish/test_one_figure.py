"""One figure says the same wherever it leaves: sentence, image, frame, report, addresses for machines."""

import html
import json
import re
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from analytics.folders import PROJECT, Home
from analytics.language.text import LANGUAGES
from analytics.present.sentences.headlines import approved_sentences
from analytics.present.sentences.phrases import reader
from analytics.publish.addresses import embed_address, figure_address, image_address, report_address
from analytics.release import Release
from analytics.release.readable import Shelves
from analytics.serve.site import site
from pages import PAGES
from tests.publish.shelf import values
from tests.serve.browsing import HOSTS, ask

TITLE = "{http://www.w3.org/2000/svg}title"


@pytest.fixture(scope="module")
def shelves(demonstration: Home) -> Shelves:
    return Shelves(demonstration.releases, lambda: ["ecommerce-2020", "michigan-1988"], lru_cache(Release))


@pytest.fixture(scope="module")
def app(shelves: Shelves, tmp_path_factory: pytest.TempPathFactory) -> Starlette:
    frontend = tmp_path_factory.mktemp("frontend")
    (frontend / "index.html").write_text('<html lang="en"><head><meta charset="UTF-8"></head><body></body></html>')
    (frontend / "static").mkdir()
    served = site(Path(frontend), PROJECT / "static", PAGES, shelves, hosts=HOSTS)
    routes: list[Route] = list(served.routes)
    return Starlette(routes=routes, middleware=served.middleware)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("programme", ["ecommerce-2020", "michigan-1988"])
def test_every_form_of_a_figure_has_its_words_and_numbers(
    app: Starlette, shelves: Shelves, programme: str, language: str
):
    release = shelves.open(programme)
    text = reader(release, language)
    report = html.unescape(ask(app, report_address(release, language)).words)
    listed = values(ask(app, f"/api/headlines.json?programme={programme}&lang={language}"))["headlines"]
    by_id = {one["figure_id"]: one for one in listed}
    published = [one for one in approved_sentences(release, text) if one.figure.published]
    for headline in published[:3] + published[3::15]:
        figure = headline.figure
        said, told = headline.sentence.long, values(ask(app, figure_address(figure.figure_id, language)))
        assert told["sentence"]["long"] == said
        assert by_id[figure.figure_id]["sentence"] == said
        for number in ("value", "low", "high", "shared_low", "shared_high"):
            assert told["figure"][number] == by_id[figure.figure_id][number] == getattr(figure, number)
            assert repr(told["figure"][number]) == repr(json.loads(json.dumps(getattr(figure, number))))
        image = ElementTree.fromstring(ask(app, image_address(figure.figure_id, "svg", "web", language)).body)
        drawn = " ".join(of.get("data-words", "") for of in image.iter() if of.get("data-words"))
        assert image.findtext(TITLE) == said
        assert said in drawn
        assert said in ask(app, image_address(figure.figure_id, "txt", "web", language)).words
        assert said in html.unescape(ask(app, embed_address(figure.figure_id, language)).words)
    assert published[0].sentence.long in report
    for figure_id in {*re.findall(rf"{release.release_id}\.\w{{8}}-\w", report)}:
        assert release.holds(f"{programme}.{figure_id}"), figure_id
