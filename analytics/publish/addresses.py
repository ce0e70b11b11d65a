"""Addresses for machines, spelled in one way: the same question has the same address, wherever a link to it stands."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

from analytics.present.tables import cohorts, group_time
from analytics.present.tables.cohorts import EVERY
from analytics.present.tables.named import OF_COHORTS
from analytics.release import Release

ROOT: Final = "/api"
EMBEDDED: Final = "/embed"
IN_ADDRESS: Final = ":/?#[]@!$&'*+,;=%~"  # what stands for itself in an address
# The end of an address by the name of a format, where it is not that name.
ENDINGS: Final[Mapping[str, str]] = {"csv-it": "it.csv", "sdmx": "sdmx.csv"}
_BEHIND: Final = ("columns", "programme", "release", "lang")  # parameters in their order, filters before them


def _order(name: str) -> tuple[int, str]:
    known = [one for one in OF_COHORTS if one not in _BEHIND]
    if name in _BEHIND:
        return len(known) + 1 + _BEHIND.index(name), ""
    return (known.index(name), "") if name in known else (len(known), name)


def address(end: str, given: Mapping[str, str], site: str = "") -> str:
    """An address below /api, from the site's root, or with the site before it ("https://example.org"); what is asked
    stands in one order, and what is empty is left out.
    """
    ordered = {name: given[name] for name in sorted(given, key=_order) if given[name]}
    query = f"?{urlencode(ordered, quote_via=quote, safe=',*')}" if ordered else ""
    return f"{site}{ROOT}/{end}{query}"


def table_address(
    name: str, form: str, filters: Mapping[str, str], release: Release, language: str, site: str = ""
) -> str:
    """A table in a format ("csv", "csv-it", "zip"): /api/tables/cohorts.csv?by=sector&…&lang=it. The release is named,
    so that the address stands for the same figures as long as they are published.
    """
    asked = {**filters, "programme": release.programme.id, "release": release.release_id, "lang": language}
    return address(f"tables/{name}.{ENDINGS.get(form, form)}", asked, site)


def page_choices(name: str, filters: Mapping[str, str]) -> dict[str, str]:
    """The choices of the page of cohort tables that show what the filters of a table ask for, as far as it can."""
    if name == group_time.NAME:
        return {"by": name} | ({"of": filters["sector"]} if "sector" in filters else {})
    if name != cohorts.NAME:
        return {}
    known = {name: name for name in ("by", "outcome", "estimand", "find", "columns")} | {"horizon": "year"}
    one_only = ("by", "outcome")  # of which the page shows one at a time
    return {
        choice: filters[name]
        for name, choice in known.items()
        if filters.get(name) and not (name in one_only and filters[name] == EVERY)
    }


def package_address(release: Release, language: str, form: str = "zip", site: str = "") -> str:
    """A whole release in one file: a data package, or a workbook ("xlsx")."""
    asked = {"programme": release.programme.id, "lang": language}
    return address(f"package/{release.release_id}.{form}", asked, site)


def figure_address(figure_id: str, language: str, site: str = "") -> str:
    """One figure, or picture, by its id in full."""
    return address(f"figures/{quote(figure_id, safe='')}.json", {"lang": language}, site)


def figure_page_address(figure_id: str, language: str, site: str = "") -> str:
    """The page that tells people where a figure stands, by its id in full: what a quoted sentence links to. Without a
    language it is the reader's.
    """
    return f"{site}/stampa?{urlencode({'check': figure_id} | ({'lang': language} if language else {}))}"


def image_address(figure_id: str, ending: str, size: str, language: str, site: str = "") -> str:
    """The image of an approved figure: /api/images/….png?size=web&lang=it."""
    return address(f"images/{quote(figure_id, safe='')}.{ending}", {"size": size, "lang": language}, site)


def embed_address(figure_id: str, language: str, site: str = "") -> str:
    """An approved figure as a page of its own, for other sites to show in a frame."""
    return f"{site}{EMBEDDED}/{quote(figure_id, safe='')}?{urlencode({'lang': language})}"


def report_address(release: Release, language: str, ending: str = "html", site: str = "") -> str:
    """The report on a release to the Regional Council."""
    asked = {"programme": release.programme.id, "lang": language}
    return address(f"report/{release.release_id}.{ending}", asked, site)


def file_name(release: Release, about: str, ending: str) -> str:
    """The name of a file that leaves: it says when the data are simulated."""
    return f"{'SIMULATED-' if release.simulated else ''}{release.programme.id}-{release.release_id}-{about}.{ending}"


def picture_address(
    name: str, ending: str, choices: Mapping[str, str], release: Release, language: str, site: str = ""
) -> str:
    """The image of a picture on a page, with the choices that it was drawn by."""
    asked = {**choices, "programme": release.programme.id, "release": release.release_id, "lang": language}
    return address(f"pictures/{name}.{ending}", asked, site)
