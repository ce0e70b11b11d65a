"""Every column of an exported cohort table, written into docs/COLUMNS.md: `make columns`.

A test holds that the document is what the code exports.
"""

from analytics.folders import PROJECT
from analytics.language.text import LANGUAGES, SPOKEN, Text
from analytics.present.tables.export import COLUMNS, ExportColumn

DOCUMENT = PROJECT / "docs" / "COLUMNS.md"


def meaning(column: ExportColumn, text: Text) -> str:
    """What a column holds, in words; of a column beside a figure's own, the figure's column too."""
    figure, *part = column.meaning
    return f"`{figure.removeprefix('column.')}`: {text(*part)}" if part else text(figure)


def document() -> str:
    """The table, once for each language."""
    parts = [
        "# Columns of an exported cohort table",
        "Written by `make columns` from `analytics/present/tables/export.py`. Do not edit. `{rows}` and\n"
        "`{columns}` stand for the dimensions that were asked for.",
    ]
    for language in LANGUAGES:
        text = Text(language)
        lines = [f"| `{column.name}` | {meaning(column, text)} |" for column in COLUMNS]
        parts.append("\n".join([f"## {SPOKEN[language].name}\n", "| | |", "|---|---|", *lines]))
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
