"""Every address for machines, once: from this list come the answers, the description in OpenAPI and the page about it.

The rule of the contract: CONTRACT_VERSION counts major.minor.patch. An address, parameter, key or column that goes, or
becomes of another type, makes a new major; one that is added, or a new code, a new minor; a correction a new patch.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from analytics.access.roles import Area
from analytics.language.text import LANGUAGES
from analytics.present.tables import cohorts
from analytics.present.tables.codebook import NAME as CODEBOOK
from analytics.present.tables.named import OF_COHORTS, TABLES
from analytics.present.tables.whole import GAP_KEYS, GAPS
from analytics.present.titled import CHOICES, PLACES
from analytics.programme.dimensions import DIMENSIONS
from analytics.publish import catalogue, feed
from analytics.publish.addresses import EMBEDDED
from analytics.publish.api import tables
from analytics.publish.api.answers import JSON, Making
from analytics.publish.api.asked import Asked
from analytics.publish.api.changes import FILTERS, MOST, USUAL, prepare_changes
from analytics.publish.api.figures import prepare_figure
from analytics.publish.api.health import prepare_health
from analytics.publish.api.images import HTML, MEDIA, prepare_embedded, prepare_image
from analytics.publish.api.pictures import prepare_picture
from analytics.publish.api.releases import CATALOGUES, prepare_catalogue, prepare_feed, prepare_releases
from analytics.publish.api.report import REPORTS, prepare_report
from analytics.publish.images.sizes import SIZES
from analytics.release.difference import Change

CONTRACT_VERSION: Final = "1.3.0"

# Keys of the tables beside the dimensions, which every programme has.
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "figures": ("outcome", "measure", "arm", "horizon"),
    "group-time": ("outcome", "sector", "wave", "period"),
    "lines": ("outcome", "sector", "basis", "arm", "period"),
    "spread": ("outcome", "sector", "horizon", "place"),
    "reconciliation": ("wave",),
    GAPS: GAP_KEYS,
    "applications": ("ended",),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an address. about: the end of its key under `api.parameter.`, which says what it does."""

    name: str
    schema: Mapping[str, Any]
    about: str
    is_path: bool = False


@dataclass(frozen=True)
class Endpoint:
    """An address.

    name: the end of its keys under `api.endpoint.`; path: from the site's root, values in braces; media: by the ending
    that the address names, "" where it names none; schema: of the answer in JSON; takes_any: parameters beside those of
    the list, such as a programme's own groupings, which the answer itself checks; fixed: values that are no braces;
    example: an address that can be tried, of the usual programme; answers: statuses under which it answers what it
    always answers; area: what it is about, which says who may read there what is under embargo; None: it tells of what
    is published alone.
    """

    name: str
    path: str
    prepare: Callable[[Asked], Making]
    parameters: tuple[Parameter, ...]
    media: Mapping[str, str]
    schema: str
    example: str
    takes_any: bool = False
    fixed: Mapping[str, str] | None = None
    answers: tuple[str, ...] = ("200",)
    area: Area | None = None

    @cached_property
    def pattern(self) -> "re.Pattern[str]":
        """What its paths look like."""
        parts = re.split(r"\{(\w+)\}", self.path)
        return re.compile("".join(f"(?P<{p}>[^/]+)" if odd % 2 else re.escape(p) for odd, p in enumerate(parts)))

    def parts_of(self, path: str) -> dict[str, str] | None:
        """The values in a path; None for a path of another address."""
        found = self.pattern.fullmatch(path)
        return None if found is None else found.groupdict() | dict(self.fixed or {})

    @property
    def known(self) -> list[str]:
        """The parameters of its query."""
        return [parameter.name for parameter in self.parameters if not parameter.is_path]


def _word(name: str, *codes: str, about: str = "") -> Parameter:
    schema: dict[str, Any] = {"type": "string"}
    return Parameter(name, schema | ({"enum": list(codes)} if codes else {}), about or name)


def _number(name: str, least: int, most: int, usual: int) -> Parameter:
    return Parameter(name, {"type": "integer", "minimum": least, "maximum": most, "default": usual}, name)


_LANG: Final = _word("lang", *LANGUAGES)
_PROGRAMME: Final = _word("programme")
_RELEASE: Final = _word("release")


def _ending(media: Mapping[str, str], about: str = "ending") -> Parameter:
    return Parameter("ending", {"type": "string", "enum": list(media)}, about, is_path=True)


_ID: Final = Parameter("id", {"type": "string"}, "id", is_path=True)
_OF_RELEASE: Final = (_PROGRAMME, _RELEASE, _LANG)
_JSON: Final = {"": JSON}


def _filters(table: str) -> tuple[Parameter, ...]:
    if table == cohorts.NAME:
        own = [_word(name, about=f"{table}.{name}") for name in OF_COHORTS]
        return (*own, *(_word(name, about="code") for name in DIMENSIONS))
    keys = [*_KEYS[table], *(DIMENSIONS if table == "figures" else ())]
    return (*(_word(name, about="code") for name in keys), _word("columns", about="only_columns"))


def _table(name: str) -> Endpoint:
    return Endpoint(
        name=f"table_{name}",
        path=f"/api/tables/{name}.{{ending}}",
        prepare=tables.prepare_table,
        parameters=(_ending(tables.media_of(name)), *_OF_RELEASE[:2], *_filters(name), _LANG),
        media=tables.media_of(name),
        schema="table",
        example=f"/api/tables/{name}.csv" + ("?by=sector&horizon=all" if name == cohorts.NAME else ""),
        takes_any=True,
        fixed={"name": name},
        area=Area.TABLES,
    )


def _of_release(name: str, prepare: Callable[[Asked], Making], area: Area) -> Endpoint:
    path = f"/api/{name}.json"
    return Endpoint(name, path, prepare, _OF_RELEASE, _JSON, name, path, area=area)


_COMPARED: Final = (_word("how", *Change), *(_word(name) for name in FILTERS[1:]))
_PAGED: Final = (_number("offset", 0, 10**6, 0), _number("limit", 1, MOST, USUAL))

ENDPOINTS: Final = (
    Endpoint(
        "releases", "/api/releases.json", prepare_releases, (_PROGRAMME, _LANG), _JSON, "releases", "/api/releases.json"
    ),
    _of_release("headlines", tables.prepare_headlines, Area.PRESS),
    Endpoint("figure", "/api/figures/{id}.json", prepare_figure, (_ID, _LANG), _JSON, "figure", "", area=Area.READING),
    Endpoint(
        "image",
        "/api/images/{id}.{ending}",
        prepare_image,
        (_ID, _ending(MEDIA, "ending_of_picture"), _word("size", *SIZES), _LANG),
        MEDIA,
        "",
        "",
        area=Area.PRESS,
    ),
    Endpoint(
        "picture",
        "/api/pictures/{name}.{ending}",
        prepare_picture,
        (
            Parameter("name", {"type": "string", "enum": list(PLACES)}, "picture", is_path=True),
            _ending(MEDIA, "ending_of_picture"),
            *_OF_RELEASE[:2],
            *(_word(name, about="choice") for name in CHOICES),
            _LANG,
        ),
        MEDIA,
        "",
        "/api/pictures/overview-changes.svg",
        area=Area.READING,
    ),
    Endpoint("embedded", f"{EMBEDDED}/{{id}}", prepare_embedded, (_ID, _LANG), {"": HTML}, "", "", area=Area.PRESS),
    _of_release("tables", tables.prepare_tables, Area.TABLES),
    *(_table(name) for name in TABLES),
    Endpoint(
        "codebook",
        f"/api/{CODEBOOK}.{{ending}}",
        tables.prepare_codebook,
        (_ending(tables.media_of(CODEBOOK)), *_OF_RELEASE),
        tables.media_of(CODEBOOK),
        "table",
        f"/api/{CODEBOOK}.csv",
        area=Area.READING,
    ),
    Endpoint(
        "package",
        "/api/package/{release}.{ending}",
        tables.prepare_package,
        (
            Parameter("release", {"type": "string"}, "release_of_package", is_path=True),
            _ending(tables.PACKAGES, "ending_of_package"),
            _PROGRAMME,
            _LANG,
        ),
        tables.PACKAGES,
        "",
        "",
        area=Area.TABLES,
    ),
    Endpoint(
        "report",
        "/api/report/{release}.{ending}",
        prepare_report,
        (
            Parameter("release", {"type": "string"}, "release_of_package", is_path=True),
            _ending(REPORTS, "ending_of_report"),
            _PROGRAMME,
            _LANG,
        ),
        REPORTS,
        "",
        "",
        area=Area.PRESS,
    ),
    Endpoint(
        "changes",
        "/api/changes",
        prepare_changes,
        (_word("from"), _word("to"), _PROGRAMME, *_COMPARED, *_PAGED, _LANG),
        _JSON,
        "changes",
        "/api/changes?limit=10",
    ),
    Endpoint(
        "catalogue",
        f"{catalogue.PATH}.{{ending}}",
        prepare_catalogue,
        (_ending(CATALOGUES, "ending_of_catalogue"),),
        CATALOGUES,
        "",
        f"{catalogue.PATH}.ttl",
    ),
    Endpoint("feed", feed.PATH, prepare_feed, (_LANG,), {"": feed.MEDIA_TYPE}, "", feed.PATH),
    Endpoint(
        "health",
        "/api/health",
        prepare_health,
        (_LANG,),
        _JSON,
        "health",
        "/api/health",
        answers=("200", "503"),
    ),
)
