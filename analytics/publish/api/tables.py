"""Tables, packages, codebook and headlines of one release, in every format."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import urlencode

from analytics.language.text import Text
from analytics.model import UserError
from analytics.present.sentences.headlines import headlines
from analytics.present.tables import cohorts
from analytics.present.tables.codebook import NAME as CODEBOOK
from analytics.present.tables.codebook import codebook
from analytics.present.tables.cohorts import EVERY, SETS, groupings
from analytics.present.tables.named import release_tables, table_named
from analytics.present.tables.table import Table
from analytics.publish.about import Origin
from analytics.publish.addresses import address, file_name, package_address, page_choices, table_address
from analytics.publish.api.answers import Answer, Making, headers_of, json_answer, key_of
from analytics.publish.api.asked import Asked, Standing, damaged, stamp
from analytics.publish.api.refusals import Refusal, refused
from analytics.publish.formats import FORMATS
from analytics.publish.formats.sdmx import OBSERVATIONS
from analytics.publish.package import MEDIA_TYPE, package
from analytics.publish.whole_release import ReleaseFile, in_own_process
from analytics.release import Release
from analytics.release.measures import ALL, estimands_of

ZIP: Final = "zip"  # the ending of a package, which is no format of a table, and made otherwise
OF_ANY: Final = ("programme", "release", "lang")  # parameters of every address about one release
# Ending of an address -> name of a format, and its media type.
ENDINGS: Final = {one.ending: name for name, one in FORMATS.items()}
MEDIA: Final = {ending: FORMATS[name].media_type for ending, name in ENDINGS.items()} | {ZIP: MEDIA_TYPE}
SDMX: Final = FORMATS["sdmx"].ending
QUICK: Final = ("csv", "it.csv", "json", "parquet")  # formats that take no time but of a long table
LONG: Final = "figures"
LONGEST: Final = 100  # characters of a file's name, behind programme and release


def media_of(name: str) -> dict[str, str]:
    """The formats of a table: ending of the address -> media type. Only tables of observations speak SDMX, and every
    package holds the codebook already.
    """
    left_out = {*(() if name in OBSERVATIONS else (SDMX,)), *((ZIP,) if name == CODEBOOK else ())}
    return {ending: media for ending, media in MEDIA.items() if ending not in left_out}


def prepare_table(asked: Asked) -> Making:
    """A table, or the part of it that the filters ask for, in the format of the ending."""
    name = asked.parts["name"]
    ending = _ending(asked, media_of(name))
    standing = asked.standing()
    release, text = standing.release, asked.text_of(standing.release)
    filters = {key: value for key, value in asked.query.items() if key not in OF_ANY}

    def make() -> Answer:
        table = _table(release, name, filters, text)
        if ending == SDMX and OBSERVATIONS[name].value not in table.data:
            raise Refusal("unknown_code", [OBSERVATIONS[name].value], name="columns", value=filters["columns"])
        where = table_address(name, ending, filters, release, asked.language, asked.site)
        return _file(
            standing,
            ending,
            _written(table, ending, _origin(asked, standing, where, name), text),
            _about(name, filters),
        )

    is_long = name == LONG or EVERY in filters.values()
    return Making(make, key_of(asked, standing, name, ending), is_long or ending not in QUICK)


def _table(release: Release, name: str, filters: Mapping[str, str], text: Text) -> Table:
    try:
        return table_named(release, name, filters, text)
    except UserError as error:
        raise refused(error) from error


def _ending(asked: Asked, known: Mapping[str, str]) -> str:
    if asked.parts["ending"] not in known:
        raise Refusal("unknown_format", known, value=asked.parts["ending"])
    return asked.parts["ending"]


def _origin(asked: Asked, standing: Standing, where: str, name: str = "") -> Origin:
    """name: of the table, whose page shows what the query asks for."""
    release = standing.release
    shown = page_choices(name, asked.query)
    shown |= {"programme": release.programme.id, "release": release.release_id, "lang": asked.language}
    page = f"{asked.site}/{asked.pages.get('cohorts', '')}?{urlencode(shown, safe=',')}"
    published = standing.seen.published if standing.seen else None
    return Origin(where, page, standing.state, standing.newer, published)


def _about(name: str, filters: Mapping[str, str]) -> str:
    """What a file is of, for its name: cohorts-sector-wave-online_sales-overall-typical_firm."""
    told = [filters[part] for part in ("by", "outcome", "horizon", "estimand", "sector") if part in filters]
    return "-".join([name, *(re.sub(r"[^A-Za-z0-9_-]+", "-", value) for value in told)])[:LONGEST].strip("-")


def _written(table: Table, ending: str, origin: Origin, text: Text) -> bytes:
    if ending == ZIP:
        return package([table], origin, text)
    return FORMATS[ENDINGS[ending]].write(table, origin, text)


def _file(standing: Standing, ending: str, body: bytes, name: str) -> Answer:
    called = file_name(standing.release, name, ending)
    return Answer(body, MEDIA[ending], called, headers_of(standing))


def prepare_package(asked: Asked) -> Making:
    """A whole release in one file."""
    ending = _ending(asked, PACKAGES)
    standing = asked.standing(asked.parts["release"])
    release = standing.release
    origin = _origin(asked, standing, package_address(release, asked.language, ending, asked.site))

    path, sha256 = asked.shelves.file(release.programme.id, release.release_id)
    file = ReleaseFile(path, sha256, release.instead_of, standing.until)

    def make() -> Answer:
        try:
            body = in_own_process(file, ending, origin, asked.language)
        except UserError as error:  # what is in memory is right, and its file is not there any more
            raise damaged(standing.named) from error
        return _file(standing, ending, body, "package")

    return Making(make, key_of(asked, standing, "package", ending), is_heavy=True, is_apart=True)


PACKAGES: Final = {ending: MEDIA[ending] for ending in (ZIP, FORMATS["xlsx"].ending)}


def prepare_codebook(asked: Asked) -> Making:
    """What every column of every table of a release holds, and what every code means."""
    ending = _ending(asked, media_of(CODEBOOK))
    standing = asked.standing()
    release, text = standing.release, asked.text_of(standing.release)
    given = {"programme": release.programme.id, "release": release.release_id, "lang": asked.language}
    origin = _origin(asked, standing, address(f"{CODEBOOK}.{ending}", given, asked.site))

    def make() -> Answer:
        table = codebook(release_tables(release, text), release, text)
        return _file(standing, ending, _written(table, ending, origin, text), CODEBOOK)

    return Making(make, key_of(asked, standing, CODEBOOK, ending), ending not in QUICK)


def prepare_headlines(asked: Asked) -> Making:
    """The sentences that may be said of a release, with their figures."""
    standing = asked.standing()
    text = asked.text_of(standing.release)
    return Making(
        lambda: json_answer(stamp(standing, text) | headlines(standing.release, text), standing),
        key_of(asked, standing, "headlines"),
    )


def prepare_tables(asked: Asked) -> Making:
    """Which tables a release has, their columns, the filters that they take, and their addresses."""
    standing = asked.standing()
    release, text = standing.release, asked.text_of(standing.release)

    def make() -> Answer:
        tables = [_listed(asked, standing, table, text) for table in release_tables(release, text)]
        return json_answer(stamp(standing, text) | {"tables": tables}, standing)

    return Making(make, key_of(asked, standing, "tables"))


def _listed(asked: Asked, standing: Standing, table: Table, text: Text) -> dict[str, Any]:
    release, name = standing.release, table.name
    return {
        "table": name,
        "meaning": text(f"api.table.{name}"),
        "rows": len(table.data),
        "keys": list(table.keys),
        "filters": _filters(release, table, text),
        "columns": [
            {
                "name": column.name,
                "type": column.kind.value,
                "unit": column.unit or None,
                "figure": column.figure or None,
                "meaning": column.in_words(text),
            }
            for column in table.columns
        ],
        "addresses": {ending: table_address(name, ending, {}, release, asked.language, asked.site) for ending in MEDIA},
    }


def _filters(release: Release, table: Table, text: Text) -> list[dict[str, Any]]:
    """The filters of a table: their codes (None: any words), whether several may be named, and what holds for none."""
    if table.name == cohorts.NAME:
        filters = _cohort_filters(release)
    else:
        codes = {name: sorted(table.data[name].dropna().astype(str).unique()) for name in table.keys}
        filters = [Filter(name, codes[name], many=True) for name in table.keys]
        filters.append(Filter("columns", [column.name for column in table.columns], many=True))
    return [asdict(one) | {"meaning": _meaning(one.name, text)} for one in filters]


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of a table. codes: what it takes, None for any words; usual: what holds where it is not named."""

    name: str
    codes: list[str] | None
    many: bool = False
    usual: str | None = None


def _cohort_filters(release: Release) -> list[Filter]:
    question, programme = release.programme.headline, release.programme
    outcomes = [outcome.name for outcome in release.outcomes]
    asked = dict.fromkeys(str(one) for outcome in release.outcomes for one in estimands_of(programme, outcome))
    return [
        Filter("by", [*("-".join(by) for by in groupings(release)), EVERY], usual=EVERY),
        Filter("outcome", [*outcomes, EVERY], usual=question.outcome),
        Filter("horizon", [*release.manifest.horizons, EVERY], usual=question.horizon_code),
        Filter("estimand", [*asked, EVERY], usual=str(question.estimand)),
        *(
            Filter(name, [*release.codes(name), ALL], many=True)
            for name in programme.dimension_names
            if release.codes(name)
        ),
        Filter("find", None),
        Filter("columns", list(SETS), many=True),
    ]


def _meaning(name: str, text: Text) -> str:
    """What a filter asks for; of a column that is a key, its codes."""
    return text(f"api.filter.{name}") if text.has(f"api.filter.{name}") else text("api.filter.code", name=name)
