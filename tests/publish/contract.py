"""The contract of the addresses for machines: what the code promises, and what was promised when it was last recorded.

`make contract` records it in contract.json, once CONTRACT_VERSION counts what has changed, and writes docs/API.md;
`test_contract` fails where it does not. From code alone, of the demonstration's programme: no release is needed.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from analytics.folders import PROJECT
from analytics.language.text import LANGUAGES, SPOKEN, Text
from analytics.present.tables import cohorts
from analytics.present.tables.codebook import COLUMNS as CODEBOOK_COLUMNS
from analytics.present.tables.cohorts import cohort_columns
from analytics.present.tables.whole import WHOLE
from analytics.programme.file import load_programme
from analytics.publish.api.endpoints import CONTRACT_VERSION
from analytics.publish.api.openapi import document
from analytics.publish.api.page import refusals_in_words

DOCUMENT = PROJECT / "docs" / "API.md"
RECORDED = Path(__file__).with_name("contract.json")
PROGRAMME = "ecommerce-2020"
Promises = dict[str, str]  # what is promised -> its type, or whether it is there at all


def promises() -> Promises:
    """Every address, parameter, kind of answer, key of an answer, column of a table, and code, each with its type."""
    described = document("", Text("en"))
    found: Promises = {}
    for path, of in described["paths"].items():
        operation = of["get"]
        found[path] = "address"
        for parameter in operation["parameters"]:
            name = f"{path} ? {parameter['name']}"
            found[name] = f"{parameter['in']} {parameter['schema']['type']} {parameter['required']}"
            found |= {f"{name} = {code}": "code" for code in parameter["schema"].get("enum", [])}
        found |= {f"{path} > {media}": "answer" for media in operation["responses"]["200"]["content"]}
        found |= {f"{path} ! {status}": "refusal" for status in operation["responses"]}
    for name, schema in described["components"]["schemas"].items():
        found |= dict(_keys(name, schema))
    found |= {f"header {name}": "header" for name in described["components"]["headers"]}
    return found | dict(_columns())


def _keys(where: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The keys of a JSON value, with their types and whether they are always there."""
    yield where, _type(schema)
    for name, of in schema.get("properties", {}).items():
        needed = "" if name in schema.get("required", []) else " (not always)"
        for inner, kind in _keys(f"{where}.{name}", of):
            yield inner, kind + (needed if inner == f"{where}.{name}" else "")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            yield from _keys(f"{where}[]", schema[key])
    for option in schema.get("oneOf", []):
        if "$ref" not in option and option.get("type") != "null":
            yield from _keys(f"{where}|", option)
    for code in schema.get("enum", []):
        yield f"{where} = {code}", "code"


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "oneOf" in schema:
        return " or ".join(sorted(_type(option) for option in schema["oneOf"]))
    kind = schema.get("type", "any")
    return kind if isinstance(kind, str) else " or ".join(sorted(kind))


def _columns() -> Iterator[tuple[str, str]]:
    """The columns of every table, with type and unit."""
    programme = load_programme(PROGRAMME)
    tables = {name: table.all_columns(programme) for name, table in WHOLE.items()}
    tables[cohorts.NAME] = cohort_columns(programme, programme.dimension_names)
    tables["codebook"] = CODEBOOK_COLUMNS
    for name, columns in tables.items():
        for column in columns:
            yield f"table {name} | {column.name}", f"{column.kind} {column.unit}".strip()


def numbered(version: str) -> tuple[int, int, int]:
    """1.2.3 as three numbers."""
    major, minor, patch = map(int, version.split("."))
    return major, minor, patch


def undeclared(before: Promises, now: Promises, version_before: str, version_now: str) -> list[str]:
    """What changed and the version does not say: gone or of another type without a new major, added without a new minor
    or major.
    """
    old, new = numbered(version_before), numbered(version_now)
    if new < old:
        return [f"version {version_now} is older than {version_before}"]
    broken = [
        f"{name}: was {kind}, is {now.get(name, 'gone')}" for name, kind in before.items() if now.get(name) != kind
    ]
    added = [f"{name}: new" for name in now if name not in before]
    major, minor = new[0] > old[0], new[:2] > old[:2]
    return ([] if major else broken) + ([] if minor else added)


def recorded() -> tuple[str, Promises]:
    """The version and promises as they were recorded."""
    kept = json.loads(RECORDED.read_text(encoding="utf-8"))
    return kept["version"], kept["promises"]


def words() -> str:
    """docs/API.md: the rules, every address with its parameters, and the refusals, once for each language."""
    parts = [
        "# Addresses for machines",
        "Written by `make contract` from `analytics/publish/api/`. Do not edit. "
        f"Contract {CONTRACT_VERSION}; the\nrunning site says the same at `/api/`, with examples that can be tried, "
        "and in OpenAPI at `/api/openapi.json`.",
    ]
    for language in LANGUAGES:
        text = Text(language)
        parts += [f"## {SPOKEN[language].name}", *(text(f"api.{key}") for key in ("says", "rules", "contract"))]
        for path, of in document("", text)["paths"].items():
            lines = [f"- `{one['name']}`: {one['description']}" for one in of["get"]["parameters"]]
            parts += [f"### `{path}`", of["get"]["summary"], *(["\n".join(lines)] if lines else [])]
        parts.append(f"### {text('api.refusals')}")
        parts.append("\n".join(f"- `{code}` ({status}): {said}" for code, status, said in refusals_in_words(text)))
    return "\n\n".join(parts) + "\n"


def record() -> int:
    """Write down what the code promises now; refused where the version does not count what changed."""
    now = promises()
    if RECORDED.exists():
        version, before = recorded()
        if missing := undeclared(before, now, version, CONTRACT_VERSION):
            print("CONTRACT_VERSION does not count:", *missing, sep="\n  ")
            return 1
    kept = {"version": CONTRACT_VERSION, "promises": dict(sorted(now.items()))}
    DOCUMENT.write_text(words(), encoding="utf-8")
    RECORDED.write_text(json.dumps(kept, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(record())
