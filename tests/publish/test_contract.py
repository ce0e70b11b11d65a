"""The contract of the addresses: what was promised is kept, or the version says that it is not."""

import pytest

from analytics.language.text import LANGUAGES, Text
from analytics.programme.file import load_programme
from analytics.publish.api.endpoints import CONTRACT_VERSION, ENDPOINTS
from analytics.publish.api.openapi import document
from tests.publish.contract import DOCUMENT, promises, recorded, undeclared, words

OLD = {"/api/x.json": "address", "x.a": "string", "x.b": "integer"}


def test_no_change_is_undeclared() -> None:
    """Removed or of another type: a new major version. Added: a new minor one. Then `make contract` records it."""
    version, before = recorded()
    assert undeclared(before, promises(), version, CONTRACT_VERSION) == []


def test_what_is_promised_is_recorded() -> None:
    """Nothing is promised that the record does not know: run `make contract`."""
    version, before = recorded()
    assert (version, before) == (CONTRACT_VERSION, dict(sorted(promises().items())))


def test_the_document_is_of_this_contract() -> None:
    """docs/API.md is what the code answers: run `make contract`."""
    assert DOCUMENT.read_text(encoding="utf-8") == words()


@pytest.mark.parametrize(
    ("now", "version", "said"),
    [
        (OLD, "1.0.0", []),
        (OLD, "1.0.1", []),
        ({**OLD, "x.c": "string"}, "1.0.1", ["x.c: new"]),
        ({**OLD, "x.c": "string"}, "1.1.0", []),
        ({"/api/x.json": "address", "x.a": "string"}, "1.1.0", ["x.b: was integer, is gone"]),
        ({**OLD, "x.b": "number"}, "1.9.9", ["x.b: was integer, is number"]),
        ({**OLD, "x.b": "number"}, "2.0.0", []),
        (OLD, "0.9.0", ["version 0.9.0 is older than 1.0.0"]),
    ],
)
def test_the_rule_of_versions(now: dict[str, str], version: str, said: list[str]) -> None:
    """What goes or changes its type breaks programs; what comes new does not; the version tells which."""
    assert undeclared(OLD, now, "1.0.0", version) == said


@pytest.mark.parametrize(
    "gone",
    [
        "/api/releases.json",
        "/api/tables/cohorts.{ending} ? by",
        "/api/tables/cohorts.{ending} ? ending = parquet",
        "figure.now|.value",
        "error.error.code = withdrawn",
        "table cohorts | effect_low",
        "table figures | sector",
        "table codebook | meaning",
        "header vetrina-release",
    ],
)
def test_every_kind_of_promise_is_watched(gone: str) -> None:
    """An address, a parameter, a format, a key within a key, a code, a column, a header."""
    now = promises()
    assert gone in now
    assert undeclared(now, {name: kind for name, kind in now.items() if name != gone}, "1.0.0", "1.1.0") != []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_address_and_parameter_is_explained(language: str) -> None:
    """In every language, in words of its own; the filters are those that every programme has."""
    described = document("https://example.org", Text(language))
    operations = [of["get"] for of in described["paths"].values()]
    summaries = [operation["summary"] for operation in operations]
    assert len(set(summaries)) == len(summaries)
    assert all(parameter["description"] for operation in operations for parameter in operation["parameters"])
    assert len(described["paths"]) == len(ENDPOINTS) + 1


def test_the_parameters_are_the_keys_of_the_tables() -> None:
    """A whole table is asked for by its keys: each is a parameter of its address, but for a programme's own groupings,
    which are declared as others.
    """
    from analytics.present.tables.whole import WHOLE

    programme = load_programme("michigan-1988")
    for name, table in WHOLE.items():
        (endpoint,) = (one for one in ENDPOINTS if one.name == f"table_{name}")
        own = {grouping.id for grouping in programme.groupings}
        assert set(table.keys(programme)) - own <= set(endpoint.known)
