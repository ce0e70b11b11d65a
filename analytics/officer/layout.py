"""How a file is laid out: its columns with examples, what each is of ours, the mapping in force."""

from collections.abc import Iterable, Sequence

from analytics.language.text import Text
from analytics.officer.told import Layout, OurColumn, TheirColumn, Words, in_all
from analytics.programme.file import Programme
from analytics.store.cells.codes import listed_items
from analytics.store.columns import CellKind, Column, Table, required_columns
from analytics.store.mapping.code_words import allowed_words
from analytics.store.mapping.file import ColumnMapping, mapping_toml
from analytics.store.mapping.looking import Looked
from analytics.store.mapping.wide import heading_text
from analytics.store.readers.table import shown

EXAMPLES = 3  # cells of a column
LONGEST = 40  # characters of an example


def layout_of(looked: Sequence[Looked], table: Table, programme: Programme, given: ColumnMapping | None) -> Layout:
    """The layout of the table of a file that is most like what is sought. looked: every table of the file."""
    chosen = given.format.chosen_sheets if given else ()
    best = max(
        looked,
        key=lambda one: (
            one.sheet in chosen if chosen else not one.hidden,
            sum(column.certain for column in one.proposal.columns),
        ),
    )
    mapping = best.proposal.mapping
    return Layout(
        best.header,
        tuple(
            TheirColumn(
                heading_text(column.theirs),
                column.ours,
                column.certain,
                column.because,
                _examples(best.examples.get(column.theirs, ())),
            )
            for column in best.proposal.columns
            if heading_text(column.theirs)
        ),
        of_kind(table, programme),
        mapping.model_dump(mode="json", exclude_defaults=True),
        dict(best.proposal.maybe.wide),
        dict(best.proposal.maybe.constants),
        mapping_toml(mapping, {}),
        tuple(one.sheet for one in looked if one.sheet),
    )


def _examples(cells: Iterable[str]) -> tuple[str, ...]:
    found = [" ".join(shown(cell).split()) for cell in cells]
    return tuple(cell[:LONGEST] for cell in dict.fromkeys(found) if cell)[:EXAMPLES]


def of_kind(table: Table, programme: Programme) -> tuple[OurColumn, ...]:
    """The columns that a kind of file may have, with what each holds and its codes."""
    needed = {*required_columns(table, programme)}
    return tuple(
        OurColumn(
            column.name,
            in_all(lambda text, column=column: _meaning(column, table, programme, text)),  # type: ignore[misc]
            column.name in needed,
            _codes(column, programme),
            column.kind is CellKind.DECIMAL,
        )
        for column in table
    )


def _meaning(column: Column, table: Table, programme: Programme, text: Text) -> str:
    outcome = next((outcome for outcome in programme.outcomes if outcome.column == column.name), None)
    if table.name == "sales" and outcome is not None:
        return outcome.label.in_(text)
    key = f"template.meaning_of.{table.name}.{column.name}"
    return text(key) if text.has(key) else column.name


def _codes(column: Column, programme: Programme) -> dict[str, Words]:
    """The words of each code that a cell may hold."""
    items = {item.id: item for item in listed_items(column, programme)}

    def says(code: str, text: Text) -> str:
        if code in items:
            return f"{code}: {items[code].label.in_(text)}"
        key = f"application.{code}"
        return f"{code}: {text(key)}" if column.name == "outcome" and text.has(key) else code

    return {
        code: in_all(lambda text, code=code: says(code, text))  # type: ignore[misc]
        for code in allowed_words(column, programme)
    }
