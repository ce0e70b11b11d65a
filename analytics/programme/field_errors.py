"""What pydantic finds wrong in a programme file, as problems that an official can read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analytics.programme.parts import EMAIL, IDENTIFIER, MONTH, SLUG, WEB_ADDRESS, YEAR
from analytics.programme.problems import FileProblem, entry_of, listing, shown

# pydantic's type of an error -> kind of problem
_KINDS = {
    **dict.fromkeys(("string_type",), "text"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "whole_number"),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), "number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "flag"),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), "day"),
    **dict.fromkeys(("tuple_type", "list_type"), "list"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "table"),
    **dict.fromkeys(("literal_error", "enum"), "choice"),
    "missing": "missing",
    "extra_forbidden": "unknown",
    "string_pattern_mismatch": "pattern",
    "greater_than": "above",
    "greater_than_equal": "at_least",
    "less_than": "below",
    "less_than_equal": "at_most",
    "too_short": "too_few",
    "too_long": "too_many",
    "words": "",
    "contradiction": "",
}
_PATTERNS = {
    SLUG: "slug",
    MONTH: "month",
    YEAR: "year",
    WEB_ADDRESS: "web_address",
    EMAIL: "email",
    IDENTIFIER: "identifier",
}
_LIMITS = ("gt", "ge", "lt", "le")


def field_problems(raw: Mapping[str, Any], errors: Sequence[Mapping[str, Any]]) -> Iterator[FileProblem]:
    """One problem per key and kind. raw: the content of the file; errors: `ValidationError.errors()`."""
    told = set()
    for problem in (one for error in errors for one in _problems(raw, error)):
        if (problem.entry, problem.kind) not in told:
            told.add((problem.entry, problem.kind))
            yield problem


def _problems(raw: Mapping[str, Any], error: Mapping[str, Any]) -> Iterator[FileProblem]:
    entry, context = entry_of(raw, error["loc"]), error.get("ctx", {})
    found = shown(error["input"])
    kind = _KINDS.get(error["type"])
    if error["type"] == "words":
        for name, language, details in context["problems"]:
            yield FileProblem(name, f"{entry}.{language}", details)
    elif error["type"] == "contradiction":
        yield FileProblem(context["kind"], entry, {"found": found})
    elif entry == "headline.horizon" and kind != "missing":
        yield FileProblem("horizon", entry, {"found": found})
    elif kind == "choice":
        yield FileProblem(kind, entry, {"found": found, "expected": context["expected"].replace("'", '"')})
    elif kind == "pattern":
        pattern = context["pattern"]
        yield FileProblem(_PATTERNS.get(pattern, kind), entry, {"found": found, "expected": pattern})
    elif kind in ("too_few", "too_many"):
        limit = context.get("min_length", context.get("max_length"))
        if kind == "too_many" or len(error["input"]) < limit:  # entries that are wrong themselves are told on their own
            yield FileProblem(kind, entry, {"expected": limit})
    elif kind is None:
        yield FileProblem("other", entry, {"found": found, "why": error["msg"]})
    else:
        limits = [context[name] for name in _LIMITS if name in context]
        yield FileProblem(kind, entry, {"found": found, "expected": listing(limits)})
