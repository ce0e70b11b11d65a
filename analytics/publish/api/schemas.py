"""What the answers in JSON hold: JSON Schema, by name. An object names every key that it has, and which may be null."""

from collections.abc import Mapping
from typing import Any, Final

from analytics.model import DataKind
from analytics.present.tables.table import ColumnKind
from analytics.publish.api.health import LEVELS
from analytics.publish.api.refusals import STATUSES
from analytics.release.difference import Cause, Change
from analytics.release.faults import Damage
from analytics.release.health import Serving
from analytics.release.ledger import State

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
WHOLE: Final[Schema] = {"type": "integer"}
FLAG: Final[Schema] = {"type": "boolean"}
MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}
URI: Final[Schema] = {"type": "string", "format": "uri"}
READABLE: Final = (State.CURRENT, State.SUPERSEDED)


def either(schema: Schema) -> Schema:
    """The same, or null."""
    if "$ref" in schema:
        return {"oneOf": [schema, {"type": "null"}]}
    return schema | {"type": [schema["type"], "null"]} | ({"enum": [*schema["enum"], None]} if "enum" in schema else {})


def one_of(*codes: str) -> Schema:
    """One of these codes."""
    return {"type": "string", "enum": [str(code) for code in codes]}


def many(schema: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": schema}


def keyed(schema: Schema) -> Schema:
    """An object whose keys depend on programme and release."""
    return {"type": "object", "additionalProperties": schema}


def record(**keys: Schema) -> Schema:
    """An object with these keys, always all of them; a later version may add more."""
    return {"type": "object", "required": list(keys), "properties": keys}


def named(name: str) -> Schema:
    """A schema of this list."""
    return {"$ref": f"#/components/schemas/{name}"}


_STAMP: Final[Mapping[str, Schema]] = {
    "programme": TEXT,
    "title": TEXT,
    "release": TEXT,
    "state": one_of(*READABLE, State.EMBARGOED),
    "superseded_by": either(TEXT),
    "published": either(MOMENT),
    "data_kind": one_of(*DataKind),
    "data_mark": either(TEXT),
    "fallback_for": either(TEXT),
    "source": TEXT,
    "licence": named("licence"),
}
_STAMPED: Final[Mapping[str, Schema]] = {**_STAMP, "language": TEXT}
_ROW: Final = keyed({"type": ["string", "number", "boolean", "null"]})
_NUMBER: Final[Schema] = {"type": ["number", "null"]}
_TOLD: Final[Mapping[str, Schema]] = {
    "figure_id": either(TEXT),
    "value": _NUMBER,
    "low": _NUMBER,
    "high": _NUMBER,
    "shared_low": _NUMBER,
    "shared_high": _NUMBER,
    "status": either(TEXT),
    "conf_status": either(TEXT),
    "reason": either(TEXT),
    "grade": either(TEXT),
}

SCHEMAS: Final[Mapping[str, Schema]] = {
    "licence": record(id=TEXT, name=TEXT, url=URI),
    "error": {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {"code": one_of(*STATUSES), "message": TEXT, "known": many(TEXT)},
            },
            "programme": TEXT,
            "release": TEXT,
            "state": one_of(State.WITHDRAWN),
            "withdrawn": either(MOMENT),
            "current": either(TEXT),
            "reason": TEXT,
            "retry_after": WHOLE,
        },
    },
    "releases": record(
        language=TEXT,
        releases=many({"oneOf": [named("readable_release"), named("withdrawn_release")]}),
    ),
    "readable_release": record(
        **_STAMP,
        withdrawn={"type": "null"},
        authority=TEXT,
        data_to=TEXT,
        built_at=TEXT,
        method=WHOLE,
        addresses=record(tables=URI, cohorts=URI, package=URI, headlines=URI, codebook=URI, page=URI),
    ),
    "withdrawn_release": record(
        programme=TEXT,
        release=TEXT,
        state=one_of(State.WITHDRAWN),
        superseded_by=either(TEXT),
        published=either(MOMENT),
        withdrawn=either(MOMENT),
    ),
    "figure": record(
        **_STAMPED,
        figure_id=TEXT,
        short_id=TEXT,
        address=URI,
        kind=one_of("figure", "list", "lines", "spread"),
        figure={"oneOf": [_ROW, {"type": "null"}]},
        words=TEXT,
        sentence={"oneOf": [record(long=TEXT, short=TEXT), {"type": "null"}]},
        lists=many(TEXT),
        rows=many(_ROW),
        now={"oneOf": [record(release=TEXT, address=either(URI), **_TOLD), {"type": "null"}]},
    ),
    "tables": record(
        **_STAMPED,
        tables=many(
            record(
                table=TEXT,
                meaning=TEXT,
                rows=WHOLE,
                keys=many(TEXT),
                filters=many(
                    record(
                        name=TEXT,
                        codes={"type": ["array", "null"], "items": TEXT},
                        many=FLAG,
                        usual=either(TEXT),
                        meaning=TEXT,
                    )
                ),
                columns=many(
                    record(name=TEXT, type=one_of(*ColumnKind), unit=either(TEXT), figure=either(TEXT), meaning=TEXT)
                ),
                addresses=keyed(URI),
            )
        ),
    ),
    "headlines": record(
        **_STAMPED,
        data_to=TEXT,
        built_at=TEXT,
        headlines=many(named("headline")),
        cannot_say=many(TEXT),
        do_not_say=many(TEXT),
    ),
    "headline": record(
        kind=TEXT,
        dimension=TEXT,
        code=TEXT,
        label=TEXT,
        figure_id=TEXT,
        sentence=TEXT,
        short=TEXT,
        grade=either(TEXT),
        verdict=either(TEXT),
        reasons=many(
            record(
                check=TEXT,
                result=TEXT,
                because=either(TEXT),
                words=TEXT,
                figure_id=TEXT,
                value=_NUMBER,
                low=_NUMBER,
                high=_NUMBER,
                level=_NUMBER,
            )
        ),
        outcome=TEXT,
        measure=TEXT,
        horizon=TEXT,
        value=_NUMBER,
        low=_NUMBER,
        high=_NUMBER,
        shared_low=_NUMBER,
        shared_high=_NUMBER,
        sim_low=_NUMBER,
        sim_high=_NUMBER,
        range_in_sentence=TEXT,
        n_funded=either(WHOLE),
        n_comparison=either(WHOLE),
        n_comparison_at_least=FLAG,
        obs_status=TEXT,
        conf_status=TEXT,
        reason=either(TEXT),
    ),
    "changes": record(
        **_STAMPED,
        **{end: named("compared_release") for end in ("from", "to")},
        why=many(record(cause=one_of(*Cause), words=TEXT)),
        withdrawn=many(record(release=TEXT, withdrawn=either(MOMENT))),
        counts=record(**{how.value: WHOLE for how in Change}),
        total=WHOLE,
        offset=WHOLE,
        limit=WHOLE,
        next=either(URI),
        changes=many(named("change")),
    ),
    "compared_release": record(
        release=TEXT, state=one_of(*READABLE), published=either(MOMENT), data_to=TEXT, method=WHOLE
    ),
    "change": record(
        how=one_of(*Change),
        cell=TEXT,
        outcome=TEXT,
        measure=TEXT,
        arm=TEXT,
        horizon=TEXT,
        group=keyed(TEXT),
        before={"oneOf": [named("told"), {"type": "null"}]},
        after={"oneOf": [named("told"), {"type": "null"}]},
    ),
    "told": record(
        unit=TEXT,
        n=either(WHOLE),
        n_comparison=either(WHOLE),
        verdict=either(TEXT),
        **{**_TOLD, "figure_id": TEXT},
    ),
    "table": record(
        data_mark=either(TEXT),
        fallback_for=either(TEXT),
        programme=TEXT,
        release=TEXT,
        state=one_of(*READABLE),
        superseded_by=either(TEXT),
        source=TEXT,
        licence=record(id=TEXT, url=URI),
        citation=TEXT,
        address=either(URI),
        table=TEXT,
        query=keyed(TEXT),
        columns=many(record(name=TEXT, type=one_of(*ColumnKind), unit=either(TEXT), description=TEXT)),
        rows=many(_ROW),
    ),
    "health": record(
        status=one_of(*LEVELS),
        language=TEXT,
        programmes=many(
            record(
                programme=TEXT,
                state=one_of(*Serving),
                release=either(TEXT),
                pointed=either(TEXT),
                problem={
                    "oneOf": [record(code=one_of(*Damage), release=either(TEXT), message=TEXT), {"type": "null"}],
                },
            )
        ),
    ),
    "openapi": {"type": "object"},
}
