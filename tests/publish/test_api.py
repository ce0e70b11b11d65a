"""Addresses for machines: every one is answered as its description says, of published releases alone."""

import datetime as dt
import gzip
import json
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from starlette.applications import Starlette

from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.publish.addresses import figure_address, package_address, table_address
from analytics.publish.api.endpoints import CONTRACT_VERSION, ENDPOINTS
from analytics.publish.api.refusals import STATUSES
from analytics.publish.api.schemas import SCHEMAS
from analytics.release import Release, Releases
from analytics.release.figure_id import FigureId, short
from analytics.release.ledger import State
from tests.publish.conftest import Desk
from tests.publish.shelf import (
    CANDIDATE,
    NOON,
    OTHER,
    PROGRAMME,
    TO_COME,
    WITHDRAWN,
    Clock,
    application,
    refused,
    shelved,
    values,
)
from tests.serve.browsing import Answer, ask

FEW = 2  # of the pictures of the pages, which are all made alike


@pytest.fixture(scope="module")
def releases(demonstration: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Releases in every state."""
    root = tmp_path_factory.mktemp("home") / "releases"
    shutil.copytree(demonstration.releases, root)
    shelved(root, Clock())
    return root


@pytest.fixture(scope="module")
def app(releases: Path) -> Starlette:
    return application(releases, Clock())


@pytest.fixture(scope="module")
def first(releases: Path) -> Release:
    return Release(Releases(releases, PROGRAMME).path("2026-1"))


@pytest.fixture(scope="module")
def second(releases: Path) -> Release:
    return Release(Releases(releases, PROGRAMME).path("2026-2"))


def strict(schema: Any) -> Any:
    """A schema that no key may come beside."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: strict(part) for name, part in schema.items()}
    return {"additionalProperties": False} | inner if "properties" in schema else inner


def check(answer: Answer, schema: str) -> Any:
    """The answer's values, which the schema of that name describes whole, but for a table's, which may say more."""
    described = {"components": {"schemas": dict(SCHEMAS)}}
    parts = described if schema == "table" else strict(described)
    jsonschema.validate(values(answer), parts | {"$ref": f"#/components/schemas/{schema}"})
    return values(answer)


def local(address: str) -> str:
    """An address of an answer, as it is asked for here."""
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("http", "example.org")
    return f"{parts.path}?{parts.query}"


# ---- description -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_description_is_valid_openapi(app: Starlette, language: str) -> None:
    answer = ask(app, f"/api/openapi.json?lang={language}")
    described = values(answer)
    validate(described)
    assert described["info"]["version"] == CONTRACT_VERSION == answer.headers["vetrina-contract"]
    assert described["info"]["title"] == Text(language)("api.title")


def examples(described: dict[str, Any], first: Release) -> dict[str, list[str]]:
    """By path of the description, addresses of it: in every format, of the usual release."""
    of_braces = {"id": [first.headline().figure_id], "release": ["2026-1"]}
    found = {}
    for path, of in described["paths"].items():
        filled = [path]
        for parameter in of["get"]["parameters"]:
            if parameter["in"] == "path":
                codes = of_braces.get(parameter["name"]) or parameter["schema"]["enum"]
                codes = codes[:FEW] if parameter["name"] == "name" else codes
                filled = [one.replace(f"{{{parameter['name']}}}", code) for one in filled for code in codes]
        found[path] = filled
    return found


def test_every_address_of_the_description_answers(app: Starlette, first: Release) -> None:
    """With the media type and, in JSON, the schema that the description names; the same bytes when asked again."""
    described = values(ask(app, "/api/openapi.json"))
    for path, addresses in examples(described, first).items():
        content = described["paths"][path]["get"]["responses"]["200"]["content"]
        for address in addresses:
            # by part where the whole takes seconds
            address += "?measure=typical_firm" if "/figures." in address else ""
            address += f"?programme={OTHER}" if "/package/" in address else ""
            answer = ask(app, address)
            assert answer.status == 200, (address, answer.body[:300])
            assert answer.headers["content-type"] in content, address
            if answer.headers["content-type"] == "application/json":
                check(answer, content["application/json"]["schema"]["$ref"].rpartition("/")[2])
            assert ask(app, address) == answer, address


def is_whole_release(address: str) -> bool:
    """One that takes seconds to answer; tests/whole/test_addresses.py asks for each."""
    return "/api/package/" in address


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_about_the_addresses_has_links_that_work(app: Starlette, language: str) -> None:
    """In the reader's language, every address and parameter; nothing is fetched from another site, no script runs."""
    page = ask(app, "/api/", accept_language=language)
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["vary"] == "Accept-Language, Accept-Encoding"
    assert f'<html lang="{language}">' in page.words
    assert Text(language)("api.title") in page.words
    for endpoint in ENDPOINTS:
        assert f"<code>{endpoint.path}</code>" in page.words
        assert all(f"<code>{parameter.name}</code>" in page.words for parameter in endpoint.parameters)
    assert all(f"<code>{code}</code>" in page.words for code in STATUSES)
    links = [link for link in re.findall(r'href="(http[^"]+)"', page.words) if "/api/" in link or "/embed/" in link]
    assert len(links) > len(ENDPOINTS)
    for link in links:
        assert is_whole_release(link) or ask(app, local(link.replace("&amp;", "&"))).status == 200, link
    assert "<script" not in page.words
    assert not re.search(r'(?:src|href)="(?!http://example\.org|#|\?)', page.words)
    ids = re.findall(r' id="([^"]+)"', page.words)
    assert len(ids) == len(set(ids))
    assert all(f'id="{link}"' in page.words for link in re.findall(r'href="#([^"]+)"', page.words))


def test_api_without_its_slash_leads_to_the_page(app: Starlette) -> None:
    answer = ask(app, "/api?lang=en")
    assert (answer.status, answer.headers["location"]) == (308, "http://example.org/api/?lang=en")


# ---- releases --------------------------------------------------------------------------------------------------------


def test_releases_are_listed_with_what_became_of_them(app: Starlette) -> None:
    """Those that readers see or saw, newest first, each with mark and licence; a withdrawn one without addresses."""
    listed = check(ask(app, "/api/releases.json?lang=en"), "releases")["releases"]
    states = {(one["programme"], one["release"]): (one["state"], one["superseded_by"]) for one in listed}
    assert states == {
        (PROGRAMME, "2026-2"): ("current", None),
        (PROGRAMME, WITHDRAWN): ("withdrawn", "2026-2"),
        (PROGRAMME, "2026-1"): ("superseded", "2026-2"),
        (OTHER, "2026-1"): ("current", None),
    }
    by_name = {(one["programme"], one["release"]): one for one in listed}
    assert "SIMULATED" in by_name[PROGRAMME, "2026-2"]["data_mark"]
    assert by_name[OTHER, "2026-1"]["data_kind"] == "public"
    assert by_name[PROGRAMME, "2026-2"]["licence"]["id"] == "CC-BY-4.0"
    assert by_name[PROGRAMME, "2026-2"]["published"] == "2029-12-31T12:00:00Z"
    assert by_name[PROGRAMME, WITHDRAWN]["withdrawn"] == "2029-12-31T12:00:00Z"
    for one in listed:
        for name, address in one.get("addresses", {}).items():
            assert is_whole_release(address) or ask(app, local(address)).status == 200, (name, address)
    only = values(ask(app, f"/api/releases.json?programme={OTHER}"))["releases"]
    assert [one["programme"] for one in only] == [OTHER]


def test_an_embargoed_release_is_nowhere_until_its_time(releases: Path, tmp_path: Path) -> None:
    """Before, its address is answered as that of a release that nobody made, and no answer names it; at its time it is
    in use, and stays so when the clock is set back: readers have seen it.
    """
    clock, root = Clock(), shutil.copytree(releases, tmp_path / "releases")
    app = application(root, clock)
    shelf = Releases(root, PROGRAMME)
    held = Release(shelf.path(TO_COME)).headline()
    asked = (
        f"/api/tables/cohorts.csv?release={TO_COME}",
        f"/api/headlines.json?release={TO_COME}",
        f"/api/package/{TO_COME}.zip",
        f"/api/changes?to={TO_COME}",
        f"/api/changes?from={TO_COME}",
        f"/api/figures/{held.figure_id}.json",
        f"/api/figures/{short(held.figure_id)}.json",
    )
    for moment in (NOON, NOON + dt.timedelta(minutes=59, seconds=59)):
        clock.time = moment
        for address in asked:
            for other in ("2026-6", CANDIDATE):
                never = ask(app, _of_release(address, other, held.figure_id))
                answer = ask(app, address)
                assert answer.status == never.status == 404
                code = values(answer)["error"]["code"]
                assert code == values(never)["error"]["code"]
        for address in ("/api/releases.json", "/api/tables.json", "/api/", "/api/changes", "/api/headlines.json"):
            assert TO_COME not in ask(app, address).words
            assert CANDIDATE not in ask(app, address).words
    clock.time = NOON + dt.timedelta(hours=1)
    assert values(ask(app, "/api/headlines.json"))["release"] == TO_COME
    assert all(ask(app, address).status == 200 for address in asked if "from" not in address)
    assert ask(app, "/api/tables/cohorts.csv").headers["vetrina-release"] == f"{PROGRAMME}.{TO_COME}"
    clock.time = NOON
    assert values(ask(app, "/api/headlines.json"))["release"] == TO_COME


def _of_release(address: str, release: str, figure_id: str) -> str:
    """The same address of another release, with a figure's id rightly checked."""
    cell = figure_id.split(".")[-1].split("-")[0]
    other = str(FigureId(PROGRAMME, release, cell))
    address = address.replace(figure_id, other).replace(short(figure_id), short(other))
    return address.replace(TO_COME, release)


def test_a_withdrawn_release_says_what_to_use_instead(app: Starlette, first: Release) -> None:
    """410 and the release in use, wherever it is asked for; never one of its values."""
    cell = first.headline().figure_id.split(".")[-1].split("-")[0]
    figure_id = str(FigureId(PROGRAMME, WITHDRAWN, cell))
    for address in (
        f"/api/tables/cohorts.csv?release={WITHDRAWN}",
        f"/api/package/{WITHDRAWN}.zip",
        f"/api/headlines.json?release={WITHDRAWN}&lang=en",
        f"/api/changes?from={WITHDRAWN}",
        f"/api/figures/{figure_id}.json?lang=en",
    ):
        answer = ask(app, address)
        assert answer.status == 410, address
        said = check(answer, "error")
        assert (said["release"], said["state"], said["current"]) == (WITHDRAWN, State.WITHDRAWN, "2026-2")
        assert "2026-2" in said["error"]["message"]
        assert repr(first.headline().value) not in answer.words
    never = str(FigureId(PROGRAMME, WITHDRAWN, "00000000"))
    assert refused(app, f"/api/figures/{never}.json") == (404, "unknown_figure")


# ---- figures ---------------------------------------------------------------------------------------------------------


def test_a_figure_is_found_by_its_id_in_full_or_short(app: Starlette, first: Release, second: Release) -> None:
    """Value and range to the last digit, words, the approved sentence; and what the release in use says now."""
    effect = first.headline()
    for written in (
        effect.figure_id,
        short(effect.figure_id),
        short(effect.figure_id).lower(),
        effect.figure_id.upper(),
    ):
        said = check(ask(app, f"/api/figures/{written}.json?lang=en"), "figure")
        assert said["figure_id"] == effect.figure_id
        assert said["figure"]["value"] == effect.value
        assert (said["state"], said["superseded_by"]) == ("superseded", "2026-2")
    assert (said["figure"]["low"], said["figure"]["high"]) == (effect.low, effect.high)
    assert said["figure"]["status"] == effect.obs_status
    assert repr(effect.value) in said["words"]
    assert "SIMULATED" in said["data_mark"]
    assert said["now"]["value"] == second.headline().value == 0.123456789012345
    assert said["now"]["figure_id"] == second.headline().figure_id
    assert values(ask(app, local(said["now"]["address"])))["now"] is None
    assert said["sentence"]["short"] in ask(app, "/api/headlines.json?release=2026-1&lang=en").words


def test_a_withheld_figure_says_so_and_no_number(app: Starlette, first: Release, second: Release) -> None:
    """What was published before and is confidential now has no value in the answer about now."""
    code = next(code for code in first.codes("sector") if _is_withheld_now(first, second, code))
    before, now = first.main_effect({"sector": code}), second.main_effect({"sector": code})
    assert before is not None
    assert now is not None
    said = values(ask(app, f"/api/figures/{before.figure_id}.json"))["now"]
    assert (said["value"], said["low"], said["conf_status"], said["reason"]) == (None, None, "C", "confidential")
    told = values(ask(app, f"/api/figures/{now.figure_id}.json"))["figure"]
    assert {told[name] for name in ("value", "low", "high", "best_guess", "n", "p_value")} <= {None, now.p_value}


def _is_withheld_now(first: Release, second: Release, code: str) -> bool:
    pair = first.main_effect({"sector": code}), second.main_effect({"sector": code})
    return pair[0] is not None and pair[1] is not None and pair[0].published and not pair[1].published


def test_pictures_have_their_rows(app: Starlette, first: Release) -> None:
    """A list its figures with their ids, lines and dots their points; a figure names the lists that it is in."""
    question = first.programme.headline
    listed = first.list_id("sector", question.outcome, question.estimand, question.horizon_code)
    said = check(ask(app, f"/api/figures/{listed}.json"), "figure")
    assert (said["kind"], said["figure"]) == ("list", None)
    assert {row["figure_id"] for row in said["rows"]} == set(first.ids_behind(listed))
    of_row = values(ask(app, f"/api/figures/{said['rows'][0]['figure_id']}.json"))
    assert listed in of_row["lists"]
    for table, column in (("lines", "index"), ("spread", "change")):
        picture = getattr(first, table)["figure_id"].iloc[0]
        said = check(ask(app, f"/api/figures/{picture}.json"), "figure")
        assert said["kind"] == table
        held = getattr(first, table)
        wanted = held.loc[held["figure_id"] == picture, "index_value" if table == "lines" else "value"]
        assert sorted(row[column] for row in said["rows"]) == sorted(wanted)


def test_an_id_that_was_never_printed(app: Starlette, first: Release) -> None:
    """A wrong character is told from an id that no release holds."""
    right = first.headline().figure_id
    wrong = right[:-1] + ("A" if right[-1] != "A" else "B")
    assert refused(app, f"/api/figures/{wrong}.json") == (404, "malformed_figure")
    assert refused(app, "/api/figures/hello.json") == (404, "malformed_figure")
    assert refused(app, f"/api/figures/{FigureId(PROGRAMME, '1999-1', '00000000')}.json") == (404, "unknown_figure")
    assert refused(app, f"/api/figures/{FigureId(PROGRAMME, '2026-1', '00000000')}.json") == (404, "unknown_figure")


# ---- tables ----------------------------------------------------------------------------------------------------------


def test_tables_list_their_filters_and_every_filter_filters(app: Starlette) -> None:
    """Each code that is listed is taken, and rows have it; columns and types are those of the answer."""
    said = check(ask(app, "/api/tables.json"), "tables")
    for table in said["tables"]:
        if table["table"] == "figures":
            continue
        for one in table["filters"]:
            codes = one["codes"][:2] if one["codes"] is not None else ["a"]
            for code in codes:
                rows = values(ask(app, f"/api/tables/{table['table']}.json?{one['name']}={quote(code)}"))["rows"]
                if one["name"] in table["keys"] and code != "all":
                    assert {str(row[one["name"]]) for row in rows} <= {code}, (table["table"], one["name"])
        whole = ask(app, f"/api/tables/{table['table']}.json")
        names = {column["name"] for column in table["columns"]}
        assert {name for row in values(whole)["rows"] for name in row} <= names


def test_a_table_by_part_is_exact(app: Starlette, second: Release) -> None:
    """Of every figure some, by two filters: the numbers are the release's, to the last digit."""
    answer = ask(app, "/api/tables/figures.json?measure=typical_firm&outcome=online_sales&horizon=overall")
    rows = values(answer)["rows"]
    held = second.figures.set_index("figure_id")
    assert len(rows) > 100
    for row in rows:
        value = held.at[row["figure_id"], "value"]
        assert row["value"] == value or (row["value"] is None and value != value)


def test_a_file_says_by_its_name_what_it_is_of(app: Starlette) -> None:
    """Simulated data first of all; another programme's are not called that."""
    name = ask(app, "/api/tables/cohorts.it.csv?by=sector").headers["content-disposition"]
    assert name == f'attachment; filename="SIMULATED-{PROGRAMME}-2026-2-cohorts-sector.it.csv"'
    other = ask(app, f"/api/package/2026-1.zip?programme={OTHER}").headers["content-disposition"]
    assert other == f'attachment; filename="{OTHER}-2026-1-package.zip"'


def test_a_dimension_outside_the_grouping_is_refused(app: Starlette) -> None:
    """Who asks for textiles in Milan does not get textiles everywhere."""
    for query in ("by=sector&province=MI", "by=sector-wave&province=MI", "by=sector&wave=first"):
        assert refused(app, f"/api/tables/cohorts.csv?{query}") == (400, "unknown_parameter")


def test_files_lead_back_to_the_page_that_shows_the_same(app: Starlette) -> None:
    """The citation's address opens the table that was asked for."""
    asked = "by=sector-wave&outcome=online_sales&horizon=1&estimand=euro_weighted"
    cited = json.loads(ask(app, f"/api/tables/cohorts.json?{asked}").body)["citation"]
    assert "/coorti?by=sector-wave&outcome=online_sales&estimand=euro_weighted&year=1&" in cited


def test_addresses_of_the_helper_answer(app: Starlette, first: Release) -> None:
    """What pages link to; the same question always has the same address."""
    filters = {"horizon": "all", "by": "sector"}
    address = table_address("cohorts", "csv-it", filters, first, "en")
    assert address == (f"/api/tables/cohorts.it.csv?by=sector&horizon=all&programme={PROGRAMME}&release=2026-1&lang=en")
    for place in (
        address,
        *(table_address("cohorts", form, filters, first, "it") for form in ("csv", "xlsx", "parquet", "json", "zip")),
        package_address(first, "it"),
        figure_address(first.headline().figure_id, "it"),
    ):
        answer = ask(app, place)
        assert answer.status == 200, place
        assert answer.headers["vetrina-release"] == f"{PROGRAMME}.2026-1"


# ---- changes ---------------------------------------------------------------------------------------------------------


def test_changes_say_what_was_revised_withheld_and_gone(app: Starlette, first: Release, second: Release) -> None:
    """With both values to the last digit; what is withheld now has none; which releases were withdrawn."""
    said = check(ask(app, "/api/changes?lang=en"), "changes")
    assert (said["from"]["release"], said["to"]["release"]) == ("2026-1", "2026-2")
    assert said["counts"] == {"new": 0, "gone": 1, "status": 1, "value": 1, "others": 0}
    by_how = {change["how"]: change for change in said["changes"]}
    assert by_how["value"]["before"]["value"] == first.headline().value
    assert by_how["value"]["after"]["value"] == second.headline().value
    assert by_how["status"]["after"]["value"] is None
    assert by_how["status"]["after"]["reason"] == "confidential"
    assert by_how["gone"]["after"] is None
    assert said["withdrawn"] == [{"release": WITHDRAWN, "withdrawn": "2029-12-31T12:00:00Z"}]
    back = values(ask(app, "/api/changes?from=2026-2&to=2026-1&how=new"))
    assert [change["before"] for change in back["changes"]] == [None]
    assert refused(app, "/api/changes?to=2026-1") == (404, "no_earlier")


def test_changes_come_in_pages(app: Starlette) -> None:
    """Each names the next, until all were told once."""
    address, cells = "/api/changes?limit=2", []
    while address:
        said = values(ask(app, address))
        cells += [change["cell"] for change in said["changes"]]
        address = local(said["next"]) if said["next"] else ""
    assert len(cells) == len(set(cells)) == 3
    for wrong in ("limit=0", "limit=1001", "limit=-1", "offset=x", "limit=1e3", "how=never", "outcome=x", "limit=²"):
        assert refused(app, f"/api/changes?{quote(wrong, safe='=')}") == (400, "unknown_code")


# ---- headers ---------------------------------------------------------------------------------------------------------


SOME = ("/api/releases.json", "/api/tables/cohorts.csv?by=sector", "/api/tables/cohorts.parquet?by=sector", "/api/")


@pytest.mark.parametrize("address", SOME)
def test_an_answer_is_asked_for_again_by_its_tag(app: Starlette, address: str) -> None:
    """Strong, one for each encoding; equal bytes have equal tags."""
    for encoding in ("identity", "gzip"):
        answer = ask(app, address, accept_encoding=encoding)
        tag = answer.headers["etag"]
        assert re.fullmatch(r'"[0-9a-f]{20}(-\w+)?"', tag)
        for known in (tag, f'"x", {tag}', f"W/{tag}", "*"):
            again = ask(app, address, accept_encoding=encoding, if_none_match=known)
            assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
        assert ask(app, address, accept_encoding=encoding, if_none_match='"x"').body == answer.body
    plain, packed = ask(app, address), ask(app, address, accept_encoding="gzip")
    if "content-encoding" in packed.headers:
        assert gzip.decompress(packed.body) == plain.body
        assert packed.headers["etag"] != plain.headers["etag"]
    assert "Accept-Encoding" in packed.headers["vary"]


@pytest.mark.parametrize("address", [*SOME, "/api/nothing", "/api/releases.json?lang=xx"])
def test_other_sites_may_read_and_nothing_else(app: Starlette, address: str) -> None:
    """CORS for reading; HEAD is GET without its body; what would write is refused in JSON."""
    answer, head, options = ask(app, address), ask(app, address, "HEAD"), ask(app, address, "OPTIONS")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Vetrina-Release" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in answer.headers
    assert (head.status, head.body, head.headers) == (answer.status, b"", answer.headers)
    assert options.status == 204
    assert options.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
        refusal = ask(app, address, method)
        assert (refusal.status, values(refusal)["error"]["code"]) == (405, "method")
        assert refusal.headers["allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["x-content-type-options"] == "nosniff"


NAMED = "tables/cohorts.csv?by=sector&release=2026-1"


@pytest.mark.parametrize(
    "address", ["tables/cohorts.csv?by=sector", NAMED, f"package/2026-1.zip?programme={OTHER}", "releases.json"]
)
def test_no_copy_outlives_a_withdrawal_by_more_than_a_minute(app: Starlette, address: str) -> None:
    """Also where the address names the release; a refusal is never kept."""
    assert ask(app, f"/api/{address}").headers["cache-control"] == "public, max-age=60"
    assert ask(app, "/api/tables/x.csv").headers["cache-control"] == "no-store"


def test_the_site_may_lie_below_a_path(releases: Path) -> None:
    """Its addresses name that path; those outside of it are not ours."""
    app = application(releases, Clock(), base="/vetrina/")
    said = values(ask(app, "/vetrina/api/releases.json"))
    address = said["releases"][0]["addresses"]["cohorts"]
    assert address.startswith("http://example.org/vetrina/api/tables/cohorts.csv?")
    assert ask(app, local(address)).status == 200


# ---- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/api/nothing", 404, "unknown_address"),
        ("/api/tables/nothing.csv", 404, "unknown_table"),
        ("/api/tables/cohorts", 404, "unknown_address"),
        ("/api/tables/cohorts.doc", 404, "unknown_format"),
        ("/api/tables/../../etc/passwd", 404, "unknown_table"),
        ("/api/figures/../releases.json", 404, "unknown_address"),
        ("/api/package/..%2f..%2fx.zip", 404, "unknown_release"),
        ("/api/releases.json/", 404, "unknown_address"),
        ("/api//releases.json", 404, "unknown_address"),
        (f"/api/{'x' * 400}", 414, "too_long"),
        ("/api/releases.json?lang=de", 400, "unknown_language"),
        ("/api/releases.json?lang=", 400, "unknown_language"),
        ("/api/releases.json?lang=it&lang=it", 400, "duplicate_parameter"),
        ("/api/releases.json?x=1", 400, "unknown_parameter"),
        ("/api/releases.json?release=2026-1", 400, "unknown_parameter"),
        ("/api/releases.json?programme=nobody", 404, "unknown_programme"),
        ("/api/headlines.json?programme=", 404, "unknown_programme"),
        ("/api/headlines.json?release=1999-1", 404, "unknown_release"),
        ("/api/headlines.json?release=", 404, "unknown_release"),
        ("/api/headlines.json?release=../x", 404, "unknown_release"),
        ("/api/tables/cohorts.csv?by=nothing", 400, "unknown_code"),
        ("/api/tables/cohorts.csv?by=", 400, "unknown_code"),
        ("/api/tables/cohorts.csv?sector=nothing", 400, "unknown_code"),
        ("/api/tables/cohorts.csv?columns=nothing", 400, "unknown_code"),
        ("/api/tables/cohorts.csv?nothing=1", 400, "unknown_parameter"),
        ("/api/tables/lines.csv?find=x", 400, "unknown_parameter"),
        ("/api/tables/spread.csv?place=abc", 400, "unknown_code"),
        (f"/api/releases.json?{'x' * 5000}", 414, "too_long"),
        ("/api/releases.json?lang=%FF", 400, "malformed_query"),
        ("/api/releases.json?" + "&".join(f"a{n}=1" for n in range(100)), 400, "malformed_query"),
    ],
)
def test_what_cannot_be_answered_says_why(app: Starlette, address: str, status: int, code: str) -> None:
    """In JSON, in the language asked for, with what there is instead; STATUSES hold."""
    assert refused(app, address) == (status, code)
    answer = ask(app, address)
    check(answer, "error")
    assert STATUSES[code] == status


def test_a_refusal_names_what_there_is(app: Starlette) -> None:
    for address, known in (
        ("/api/tables/cohorts.csv?by=x", "sector"),
        ("/api/tables/cohorts.csv?lang=x", "en"),
        ("/api/tables/cohorts.doc", "xlsx"),
        ("/api/tables/cohorts.csv?programme=x", OTHER),
        ("/api/tables/cohorts.csv?release=x", "2026-2"),
        ("/api/tables/cohorts.csv?x=x", "estimand"),
        ("/api/x", "/api/releases.json"),
        ("/api/tables/x.csv", "cohorts"),
    ):
        assert known in values(ask(app, address))["error"]["known"], address
    assert values(ask(app, "/api/x?lang=en"))["error"]["message"] == Text("en")("api.error.unknown_address")
    assert values(ask(app, "/api/x?lang=it"))["error"]["message"] == Text("it")("api.error.unknown_address")


def test_a_fault_is_told_without_a_trace(releases: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    """Whatever breaks, a program gets JSON, and nothing of the machine."""
    from analytics.publish.api import service

    def broken(*_: object) -> None:
        raise ValueError("/secret/place")

    monkeypatch.setattr(service, "read_query", broken)
    app = application(releases, Clock())
    monkeypatch.setattr("analytics.serve.api.text_of_query", lambda _: Text("en"))
    answer = ask(app, "/api/releases.json")
    assert (answer.status, values(answer)["error"]["code"]) == (500, "fault")
    assert "secret" not in answer.words
    assert "secret" in caplog.text


WILD = st.text(max_size=40) | st.sampled_from(
    ["it", "en", "all", "sector", "overall", "2026-1", "*", "", "effect", "1"]
)
NAMES = st.sampled_from(
    ["lang", "programme", "release", "by", "outcome", "horizon", "estimand", "find", "columns", "sector", "from", "to"]
) | st.text(max_size=12)
PATHS = st.sampled_from(
    ["releases.json", "tables.json", "tables/lines.csv", "tables/cohorts.json", "figures/x.json", "changes", ""]
) | st.text(max_size=60)


@settings(max_examples=200)
@given(path=PATHS, pairs=st.lists(st.tuples(NAMES, WILD), max_size=4))
@example(path="tables/cohorts.json", pairs=[("find", "\x00")])
@example(path="tables/cohorts.json", pairs=[("by", "-"), ("columns", ",")])
@example(path="figures/\u0660\u0661.json", pairs=[])
@example(path="\0", pairs=[])
@example(path="\n", pairs=[("\n", "\r")])
def test_whatever_is_asked_is_answered_or_refused(app: Starlette, path: str, pairs: list[tuple[str, str]]) -> None:
    """200 or a 4xx in JSON; never a fault, never a word of the machine's."""
    query = "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)
    answer = ask(app, "/api/" + path.replace("?", "") + f"?{query}")
    assert answer.status == 200 or 400 <= answer.status < 500, (path, query, answer.body[:200])
    if answer.status != 200:
        said = json.loads(answer.body)["error"]
        assert STATUSES[said["code"]] == answer.status
    assert b"Traceback" not in answer.body
    assert b"/tmp" not in answer.body


def test_a_damaged_file_is_not_called_withdrawn(desk: Desk) -> None:
    """Nobody took it back: it is not listed until it can be read again."""
    desk.publish("2026-1")
    path = desk.releases.path("2026-1")
    path.chmod(0o644)
    path.write_bytes(b"no release")
    app = application(desk.releases.folder.parent, lambda: desk.now)
    assert json.loads(ask(app, "/api/releases.json").body)["releases"] == []
