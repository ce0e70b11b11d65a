"""Every column that is exported and every code in it, written into docs/CODEBOOK.md: `make codebook`.

A test holds that the document is what the code exports. Columns are those of the demonstration's programme; each
programme has its own dimensions.
"""

from collections.abc import Iterable, Iterator

from analytics.folders import PROJECT
from analytics.language.text import LANGUAGES, SPOKEN, Text
from analytics.present.tables import cohorts
from analytics.present.tables.codebook import fixed_lists
from analytics.present.tables.cohorts import cohort_columns
from analytics.present.tables.table import Column
from analytics.present.tables.whole import WHOLE
from analytics.programme.file import Programme, load_programme

DOCUMENT = PROJECT / "docs" / "CODEBOOK.md"
SHOWN_DIMENSIONS = ("sector", "wave")


def columns(programme: Programme) -> dict[str, tuple[Column, ...]]:
    """The columns of every table; of cohort tables, by two dimensions."""
    tables = {cohorts.NAME: cohort_columns(programme, SHOWN_DIMENSIONS)}
    return tables | {name: whole.all_columns(programme) for name, whole in WHOLE.items()}


def document() -> str:
    """The tables' columns, then the lists of codes, once for each language."""
    parts = [
        "# Codebook",
        "Written by `make codebook` from `analytics/present/tables/`. Do not edit. The cohort table is shown by\n"
        "sector and list; others have the dimensions that are asked for.",
    ]
    programme = load_programme("ecommerce-2020")
    for language in LANGUAGES:
        text = Text(language)
        parts.append(f"## {SPOKEN[language].name}")
        parts += [_table(f"`{name}`", _columns(of, text)) for name, of in columns(programme).items()]
        parts += [_table(f"`{name}`: codes", codes.items()) for name, codes in fixed_lists(text).items()]
    return "\n\n".join(parts) + "\n"


def _columns(of: tuple[Column, ...], text: Text) -> Iterator[tuple[str, str]]:
    for column in of:
        unit = column.unit_in_words(text)
        yield column.name, f"{column.in_words(text)} ({unit})" if unit else column.in_words(text)


def _table(title: str, rows: Iterable[tuple[str, str]]) -> str:
    return "\n".join([f"### {title}\n", "| | |", "|---|---|", *(f"| `{code}` | {words} |" for code, words in rows)])


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
