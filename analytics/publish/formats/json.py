"""JSON: rows as objects, behind what they are."""

import json

from analytics.language.text import Text
from analytics.present.sentences.phrases import data_note
from analytics.present.tables.table import Table
from analytics.publish.about import Origin, citation
from analytics.publish.formats.values import rows_of


def write_json(table: Table, origin: Origin, text: Text) -> bytes:
    """The table in UTF-8; numbers with all their digits, null where there is no value."""
    release = table.release
    programme = release.programme
    names = [column.name for column in table.columns]
    document = {
        "data_mark": data_note(release, text) or None,
        "fallback_for": release.instead_of,
        "programme": programme.id,
        "release": release.release_id,
        "state": str(origin.state),
        "superseded_by": origin.newer,
        "source": programme.source.in_(text),
        "licence": {"id": programme.licence.id, "url": programme.licence.url},
        "citation": citation(release, origin, text),
        "address": origin.address or None,
        "table": table.name,
        "query": dict(table.query),
        "columns": [
            {
                "name": column.name,
                "type": str(column.kind),
                "unit": column.unit or None,
                "description": column.in_words(text),
            }
            for column in table.columns
        ],
    }
    # row by row, so that other threads of a server have their turn: of a long table they would wait for half a second
    rows = ", ".join(_dumped(dict(zip(names, row, strict=True))) for row in rows_of(table))
    return f'{_dumped(document).removesuffix("}")}, "rows": [{rows}]}}'.encode()


def _dumped(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, allow_nan=False)
