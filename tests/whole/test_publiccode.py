"""publiccode.yml is valid by version 0.7 of the standard (https://yml.publiccode.tools), and true of this repository.

The schema below says what the pages "The Standard", "Categories", "Scope" and "Aliases" of that version say of the keys
that are used here, and knows no other; deprecated ones (the section IT, `conforme`, `genericName`, …) are refused. No
validator of the standard is to be had for Python.
"""

import copy
import tomllib
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from analytics import __version__
from analytics.folders import PROJECT
from analytics.language.text import LANGUAGES

FILE = PROJECT / "publiccode.yml"
URL = {"type": "string", "pattern": r"^https?://[^\s/]+/\S*$"}
PATH = {"type": "string", "pattern": r"^[\w./-]+\.(svg|svgz|png|jpg)$"}


def listed(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of, "minItems": 1, "uniqueItems": True}


def table(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


WORDS = {"type": "string", "minLength": 1}
DAY = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}
DESCRIPTION = table(
    ["shortDescription", "longDescription", "features"],
    shortDescription={"type": "string", "minLength": 1, "maxLength": 150},
    longDescription={"type": "string", "minLength": 150, "maxLength": 10000},
    features=listed(WORDS),
    screenshots=listed(PATH),
    documentation=URL,
    apiDocumentation=URL,
)
CONTACT = table(["name"], name=WORDS, email={"type": "string", "pattern": r"^\S+@\S+$"}, affiliation=WORDS)
CONTRACTOR = table(["name", "until"], name=WORDS, until=DAY, website=URL)
# The categories and scopes are those that are near; the standard has more.
CATEGORIES = ["business-intelligence", "data-analytics", "data-visualization", "grant-management", "other"]
SCOPES = ["finance-and-economic-development", "government", "local-authorities", "manufacturing", "research", "society"]
TYPES = [
    *("standalone/mobile", "standalone/iot", "standalone/desktop", "standalone/web", "standalone/backend"),
    *("standalone/other", "addon", "library", "configurationFiles"),
]
MAINTENANCE = table(
    ["type"],
    type={"enum": ["internal", "contract", "community", "none"]},
    contacts=listed(CONTACT),
    contractors=listed(CONTRACTOR),
) | {
    "allOf": [
        {
            "if": {"properties": {"type": {"enum": ["internal", "community"]}}},
            "then": {"required": ["contacts"]},
        },
        {
            "if": {"properties": {"type": {"const": "contract"}}},
            "then": {"required": ["contractors"]},
            "else": {"properties": {"contractors": False}},
        },
    ]
}
SCHEMA = table(
    [
        *("publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType", "description"),
        *("legal", "maintenance", "localisation"),
    ],
    publiccodeYmlVersion={"enum": ["0.7", "0.7.0"]},
    name=WORDS,
    url=URL,
    landingURL=URL,
    softwareVersion=WORDS,
    releaseDate=DAY,
    logo=PATH,
    platforms=listed(WORDS),
    categories=listed({"enum": CATEGORIES}),
    developmentStatus={"enum": ["concept", "development", "beta", "stable", "obsolete"]},
    softwareType={"enum": TYPES},
    organisation=table(["uri"], uri={"type": "string", "pattern": r"^(https?://|urn:)\S+$"}, name=WORDS),
    intendedAudience=table(
        [], scope=listed({"enum": SCOPES}), countries=listed({"type": "string", "pattern": r"^[A-Z]{2}$"})
    ),
    supports=listed(table(["id"], id={"type": "string", "pattern": r"^(https?://\S+|urn:\S+|alias:(gdpr|nis2|cra))$"})),
    description={
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$"},
        "additionalProperties": DESCRIPTION,
    },
    legal=table(["license"], license=WORDS, mainCopyrightOwner=WORDS),
    maintenance=MAINTENANCE,
    localisation=table(
        ["localisationReady", "availableLanguages"],
        localisationReady={"type": "boolean"},
        availableLanguages=listed({"type": "string", "pattern": r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$"}),
    ),
    dependsOn=table([], open=listed(table(["name"], name=WORDS, versionMin=WORDS, versionMax=WORDS))),
)


def problems(said: Any) -> list[str]:
    """What is wrong, each with where it stands."""
    found = Draft202012Validator(SCHEMA).iter_errors(said)
    return sorted(f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in found)


@pytest.fixture
def said() -> Any:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def test_it_is_valid_by_the_standard(said: Any) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert problems(said) == []


def changed(said: Any, key: str, value: Any) -> Any:
    """The same with another value there; None: without the key."""
    copied = copy.deepcopy(said)
    *way, last = key.split("/")
    inner = copied
    for part in way:
        inner = inner[part]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return copied


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *((key, None) for key in SCHEMA["required"]),
        ("publiccodeYmlVersion", 0.7),
        ("url", "vetrina"),
        ("releaseDate", "28/11/2026"),
        ("categories", ["statistics"]),
        ("softwareType", "web"),
        ("organisation", {"name": "somebody"}),
        ("IT", {"conforme": {"gdpr": True}}),
        ("supports", [{"id": "alias:unknown"}]),
        ("intendedAudience/countries", ["it"]),
        ("description/it/shortDescription", "x" * 151),
        ("description/it/longDescription", "short"),
        ("description/it/genericName", "Statistics"),
        ("maintenance/type", "internal"),
        ("maintenance/type", "contract"),
        ("maintenance/contractors", [{"name": "somebody", "until": "2027-01-01"}]),
        ("localisation/localisationReady", "yes"),
    ],
)
def test_what_the_standard_refuses_is_refused(said: Any, key: str, value: Any) -> None:
    """Each of its mandatory keys, of its lists of values, of its formats; and what it no longer knows."""
    assert problems(changed(said, key, value)) != []


def test_it_is_true_of_this_repository(said: Any) -> None:
    """Version, licence, languages, files and the Python that it asks for are those of the code."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert said["softwareVersion"] == project["version"] == __version__
    assert said["legal"]["license"] == project["license"]
    assert said["localisation"]["availableLanguages"] == list(LANGUAGES) == list(said["description"])
    files = [said["logo"], *(path for words in said["description"].values() for path in words["screenshots"])]
    assert [path for path in files if not (PROJECT / path).is_file()] == []
    assert project["requires-python"] == f">={said['dependsOn']['open'][0]['versionMin']}"
