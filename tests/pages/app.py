"""A page as Streamlit's own tests open it: without a browser, by its address."""

import json
import os
import re
from functools import cache
from xml.etree.ElementTree import Element

import pytest
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

from analytics.folders import PROJECT, Home
from analytics.language.text import Text
from tests.helpers.markup import of_class, parsed
from tests.helpers.markup import words as read_in
from tests.pages.reader import HANG

DASHBOARD = str(PROJECT / "dashboard.py")


@cache
def _components() -> BidiComponentManager:
    """Components of other packages. We use none; each AppTest would look through all that is installed."""
    found = BidiComponentManager()
    found.discover_and_register_components(start_file_watching=False)
    return found


def new_app() -> AppTest:
    """The dashboard, not yet opened."""
    app = AppTest.from_file(DASHBOARD, default_timeout=HANG)
    app._bidi_component_manager = _components()
    return app


def opened(home: Home, page: str = "overview", **address: str) -> AppTest:
    """A page as a deep link opens it: AppTest comes to it by the first one, which is empty here, and quick. What a test
    does to it afterwards happens in the same home.
    """
    app = new_app()
    if page != "overview":
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("VETRINA_DATA", str(home.root / "nothing"))
            app.run()
        app.switch_page(f"pages/{page}.py")
    for key, value in address.items():
        app.query_params[key] = value
    os.environ["VETRINA_DATA"] = str(home.root)
    return app.run()


def blocks(app: AppTest) -> dict[str, Element]:
    """The blocks of our own markup on a page, in its order, by their keys: pictures, boxes with links, buttons."""
    shown = ((element.proto.id, json.loads(element.proto.json)) for element in app.get("bidi_component"))
    return {id_.partition("-block_")[2]: parsed(data["markup"]) for id_, data in shown}


def pictures_on(app: AppTest) -> dict[str, Element]:
    """The blocks that are pictures, or say why there is none, by their keys."""
    return {key: block for key, block in blocks(app).items() if of_class(block, "picture")}


def words(app: AppTest) -> str:
    """Everything a page says, in one string, as it is read: without the marks that keep Markdown away."""
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.metric, app.code, app.warning)
    written = re.sub(r"\\(.)", r"\1", "\n".join(str(element.value) for kind in kinds for element in kind))
    return "\n".join([written, *map(read_in, blocks(app).values())])


def sound(app: AppTest, language: str = "it") -> bool:
    """Whether a page could be put together: neither an exception, nor the page that stands in for one."""
    failed = Text(language)("page.error_title")
    strays = [element.value for element in app.markdown if str(element.value).strip("`") == "None"]  # printed by itself
    return not app.exception and not strays and failed not in [title.value for title in app.title]
