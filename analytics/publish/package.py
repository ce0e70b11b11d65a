"""A data package (https://datapackage.org, version 1): tables as CSV with the types, units and meaning of every column,
the codebook, and a description that people and programs read. Equal content gives equal bytes.
"""

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any, Final

from analytics.language.text import Text
from analytics.model import Progress, silent
from analytics.present.tables.codebook import codebook
from analytics.present.tables.table import ColumnKind, Table
from analytics.publish.about import Note, Origin, notes
from analytics.publish.formats.separated import PLAIN, write_separated
from analytics.release import Release

MEDIA_TYPE: Final = "application/zip"
_TYPES = {
    ColumnKind.TEXT: "string",
    ColumnKind.INTEGER: "integer",
    ColumnKind.NUMBER: "number",
    ColumnKind.BOOLEAN: "boolean",
}
SAID_FIRST = ("data_mark", "methods", "rounding")
_WHEN = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can say


def package(tables: Sequence[Table], origin: Origin, text: Text, progress: Progress = silent) -> bytes:
    """The package of these tables of one release, as a zip file."""
    whole = [*tables, codebook(tables, tables[0].release, text)]
    said = notes(tables, origin, text)
    files = {"datapackage.json": _described(whole, said, origin, text), "README.md": _readme(whole, said, text)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, words in files.items():
            packed.writestr(_entry(name), words.encode(), zipfile.ZIP_DEFLATED)
        for place, table in enumerate(whole):
            packed.writestr(_entry(_path(table)), write_separated(table, PLAIN), zipfile.ZIP_DEFLATED)
            progress("files", place + 1, len(whole))
    return out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.external_attr = 0o644 << 16
    return entry


def _path(table: Table) -> str:
    return f"{table.name}.csv" if table.name == "codebook" else f"data/{table.name}.csv"


def _described(tables: Sequence[Table], said: Sequence[Note], origin: Origin, text: Text) -> str:
    """datapackage.json."""
    release = tables[0].release
    programme = release.programme
    about = {note.name: note.words for note in said}
    described = {
        "profile": "tabular-data-package",
        "name": f"{programme.id}-{release.release_id}",
        "title": f"{programme.title.in_(text)}, {release.release_id}",
        "description": " ".join(about[name].rstrip(".") + "." for name in SAID_FIRST if name in about),
        "version": release.release_id,
        "created": release.manifest.built_at or None,
        "homepage": origin.page or None,
        "keywords": text("export.keywords").split(";"),
        "licenses": [_licence(release, text)],
        "sources": [{"title": programme.source.in_(text)}],
        "contributors": [{"title": programme.authority.in_(text), "role": "publisher"}],
        "release": _of_release(release, origin),
        "query": about["query"],
        "citation": about["citation"],
        "resources": [_resource(table, text) for table in tables],
    }
    known = {name: value for name, value in described.items() if value is not None}
    return json.dumps(known, ensure_ascii=False, indent=1)


def _licence(release: Release, text: Text) -> dict[str, str]:
    licence = release.programme.licence
    return {"name": licence.id, "path": licence.url, "title": licence.name.in_(text)}


def _of_release(release: Release, origin: Origin) -> dict[str, Any]:
    """What only these packages say: which release it is, how it stood, and whether its figures are invented."""
    return {
        "programme": release.programme.id,
        "id": release.release_id,
        "state": str(origin.state),
        "superseded_by": origin.newer,
        "simulated": release.simulated,
        "data_to": release.manifest.data_to,
        "code_version": release.manifest.code_version,
    }


def _resource(table: Table, text: Text) -> dict[str, Any]:
    """A table's file and schema. Its keys make a row that row; in the codebook, a code of no table has no table."""
    keys = {} if table.name == "codebook" else {"primaryKey": list(table.keys)}
    fields = []
    for column in table.columns:
        field: dict[str, Any] = {"name": column.name, "type": _TYPES[column.kind], "description": column.in_words(text)}
        if column.unit:
            field |= {"unit": column.unit, "unitDescription": column.unit_in_words(text)}
        if column.name in keys.get("primaryKey", ()):
            field |= {"constraints": {"required": True}}
        fields.append(field)
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "description": text(f"api.table.{table.name}"),
        "path": _path(table),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
        "schema": {"fields": fields, "missingValues": [""]} | keys,
    }


def _readme(tables: Sequence[Table], said: Sequence[Note], text: Text) -> str:
    """README.md: what the package is, then its files."""
    title = next(note.words for note in said if note.name == "title")
    lines = [f"# {title}", "", text("export.readme"), ""]
    lines += [f"- **{note.label}**: {note.words}" for note in said if note.name != "title"]
    lines += ["", *(f"- `{_path(table)}`: {text.count('cohorts.rows', len(table.data))}" for table in tables), ""]
    return "\n".join(lines)
