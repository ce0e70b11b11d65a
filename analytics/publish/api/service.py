"""A path and a query -> how their answer is made. The whole of the addresses for machines, without a web server."""

from collections.abc import Mapping
from typing import Final

from analytics.access.roles import Role
from analytics.language.text import Text, speaking
from analytics.present.tables.named import TABLES
from analytics.publish.api.answers import Answer, Making, as_json
from analytics.publish.api.asked import Asked, check_names, language_asked, read_query
from analytics.publish.api.endpoints import ENDPOINTS
from analytics.publish.api.openapi import PATH as OPENAPI
from analytics.publish.api.openapi import document
from analytics.publish.api.page import documentation
from analytics.publish.api.refusals import Refusal
from analytics.release.readable import Shelves

LONGEST_PATH: Final = 300
PAGE: Final = "/api/"
TABLE: Final = "/api/tables/"
HTML: Final = "text/html; charset=utf-8"


class Service:
    """Answers addresses below /api/ about the releases that may be read: by everybody, or by a role."""

    def __init__(self, shelves: Shelves, pages: Mapping[str, str]) -> None:
        """pages: name -> end of the address of each page."""
        self._shelves, self._pages = shelves, pages

    def prepare(self, path: str, query: str, site: str, preferred: str, role: Role = Role.PUBLIC) -> Making:
        """How an address is answered. Raises Refusal where it is not.

        site: what stands before the path, "https://example.org"; preferred: the language of a page for people, where
        the address names none; role: of who asks.
        """
        if len(path) > LONGEST_PATH:
            raise Refusal("too_long", most=str(LONGEST_PATH))
        asked = read_query(query)
        language = language_asked(asked)
        if path == OPENAPI:
            check_names(asked, ["lang"])
            return Making(lambda: Answer(as_json(document(site, speaking(language)))), (OPENAPI, site, language))
        if path == PAGE:
            check_names(asked, ["lang"])
            return self._page(site, asked.get("lang", preferred))
        for endpoint in ENDPOINTS:
            parts = endpoint.parts_of(path)
            if parts is not None:
                if not endpoint.takes_any:
                    check_names(asked, endpoint.known)
                return endpoint.prepare(Asked(self._shelves, parts, asked, site, self._pages, role, endpoint.area))
        if path.startswith(TABLE) and (table := path.removeprefix(TABLE).partition(".")[0]) not in TABLES:
            raise Refusal("unknown_table", TABLES, value=table)
        raise Refusal("unknown_address", [OPENAPI, *(endpoint.path for endpoint in ENDPOINTS)])

    def _page(self, site: str, language: str) -> Making:
        """The page about the addresses, with examples of what is published."""
        shelves = self._shelves

        def make() -> Answer:
            text = speaking(language)
            body = documentation(document(site, text), shelves.readable(), site, text)
            return Answer(body.encode(), HTML, varies="Accept-Language")

        return Making(make)


def text_of_query(query: str) -> Text:
    """Who says why an address is not answered, whatever is wrong with its query."""
    try:
        return speaking(language_asked(read_query(query)))
    except Refusal:
        return Text()
