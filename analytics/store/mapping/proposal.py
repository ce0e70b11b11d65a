"""Which of a file's columns is which of ours, told from their names and values: what is certain, what is a proposal.

Certain is a column whose heading is our name, or a name that means this column and nothing else, where no other column
of the file has one too. Whatever is only near is proposed, and never used unless a mapping says so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from analytics.model import UserError
from analytics.programme.file import Programme
from analytics.store.cells.form import fold
from analytics.store.cells.parser import MISSING_WORDS
from analytics.store.columns import CellKind, Column, Table
from analytics.store.formats import ColumnFormat, one_line
from analytics.store.mapping.code_words import allowed_words, is_code, meaning_of
from analytics.store.mapping.file import ColumnMapping
from analytics.store.mapping.heading_periods import find_period
from analytics.store.mapping.headings import unit_of
from analytics.store.mapping.matching import (
    LONGEST,
    Fit,
    NameIndex,
    certain_columns,
    column_by_values,
    fits,
    name_index,
    similar_column,
)
from analytics.store.mapping.period_columns import ToldPeriods, tell_periods
from analytics.store.mapping.wide import heading_text, outcome_of, read_patterns
from analytics.store.readers.table import TYPED, TextRow

MOST_CELLS = 400  # of a row, in which its names are looked for
_EDITION = re.compile(r"\bateco\W{0,3}(2007|2022|2025)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Proposed:
    """One column of the file. ours: None where nothing is near; certain: whether it is read so without being asked.

    because: "mapping" (the mapping at hand says so), "name" (it is our name), "alias" (offices call it so), "period"
    (its heading holds one), "similar", "values", or "" of a column that is nothing of ours.
    """

    theirs: str
    ours: str | None
    certain: bool
    because: str


@dataclass(frozen=True, slots=True)
class Maybe:
    """Parts of a mapping that an officer may add after a look. wide: pattern -> outcome column, or None where any could
    be meant; values: our column -> {their word: our code, "" for empty, None where nothing is near}; constants: our
    column -> a value that a title says."""

    wide: dict[str, str | None] = field(default_factory=dict)
    values: dict[str, dict[str, str | None]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a file's columns are.

    mapping: of the certain ones only, with what the mapping at hand states; columns: every column of the file, in
    order; units: our columns whose heading states a unit, where the mapping at hand states none -> what a written 1
    stands for (`mapping` has it too); title: what stands above the table and states a unit ("importi in migliaia di
    euro"), and untold: our columns of money that it may be meant of, since neither their headings nor the mapping at
    hand say theirs; maybe: what is no more than a proposal, beside the columns.
    """

    mapping: ColumnMapping
    columns: tuple[Proposed, ...]
    units: dict[str, Decimal] = field(default_factory=dict)
    title: str = ""
    untold: tuple[str, ...] = ()
    maybe: Maybe = field(default_factory=Maybe)


def header_row(head: Sequence[TextRow], table: Table, mapping: ColumnMapping, programme: Programme) -> int | None:
    """The number of the row that names the columns: of the first rows the one whose cells name most of ours, by our
    names, the mapping's, or those that offices use; headings with a period count. None where no row names any.
    """
    if mapping.format.header_row is not None:
        return mapping.format.header_row
    stated, index = _stated(mapping), name_index(table, programme)
    best, found = (0, 0), None
    for row, cells in head:
        likely = [cell for cell in cells[:MOST_CELLS] if 0 < len(heading_text(cell)) <= LONGEST]
        score = _score(likely, stated, index, table, programme)
        if score > best:
            best, found = score, row
    return found


def _stated(mapping: ColumnMapping) -> dict[str, str]:
    """The headings that a mapping names -> what they are of ours."""
    stated = {one_line(theirs): ours for ours, theirs in mapping.columns.items()}
    parts = mapping.period.model_dump(exclude_none=True).values() if mapping.period else ()
    return stated | {one_line(name): "period" for name in parts}


def _score(
    cells: Sequence[str], stated: Mapping[str, str], index: NameIndex, table: Table, programme: Programme
) -> tuple[int, int]:
    """How many of our columns a row's cells name, those of all periods counting as one; how many of its cells do."""
    of_cell = [{stated[heading_text(cell)]} if heading_text(cell) in stated else {*fits(cell, index)} for cell in cells]
    named = set().union(*of_cell)
    patterns = read_patterns([cell for cell, ours in zip(cells, of_cell, strict=True) if not ours], table, programme)
    wide = {*patterns.certain, *(ours or "" for ours in patterns.proposed.values())}
    months = any((found := find_period(cell)) and found[0].part is not None for cell in patterns.headings)
    if not named and not patterns.certain and not months:
        return 0, 0  # figures such as 2021 and 1999 are no headings
    return len(named) + len(wide), sum(map(bool, of_cell)) + len(patterns.headings)


def propose(
    names: Sequence[str],
    examples: Mapping[str, Sequence[str]],
    table: Table,
    programme: Programme,
    given: ColumnMapping | None = None,
    titles: Sequence[str] = (),
) -> Proposal:
    """What each column of a file is. names: its headings in order; examples: heading -> distinct cells, as many as are
    at hand; given: the mapping at hand, whose columns stand: beside it only our own names are certain; titles: what
    stands above the header, and the name of the sheet.
    """
    at_hand = given or ColumnMapping()
    known, index = _stated(at_hand), name_index(table, programme)
    stated = {name: known[heading_text(name)] for name in names if heading_text(name) in known}
    taken = {*stated.values(), *at_hand.columns, *at_hand.constants, *at_hand.wide}
    found = {name: fits(name, index) for name in names if name not in stated and names.count(name) == 1}
    certain = certain_columns(found, taken, Fit.OTHERWISE if given is None else Fit.OURS)
    if given is None:
        told = tell_periods(found, certain, table, programme, titles)
    elif at_hand.wide or "period" in {*taken, *certain.values()}:
        told = ToldPeriods(certain)
    else:
        told = tell_periods(found, certain, table, programme, titles).as_proposals(certain)
    units = _units(told, stated, at_hand, table)
    stated |= {name: ours for name in names if name not in stated and (ours := outcome_of(name, at_hand))}
    columns = tuple(_column(name, stated, told, index, examples.get(name, ()), table, programme) for name in names)
    words, maybe_words = _words(columns, examples, table, programme, at_hand)
    mapping = _mapping(told, units, table, words if given is None else {}, at_hand)
    if given is not None:
        maybe_words = {ours: {**words.get(ours, {}), **maybe_words.get(ours, {})} for ours in {**words, **maybe_words}}
    title = next((title for title in titles if unit_of(title) is not None), "")
    untold = _money_without_unit(mapping, table, programme) if title else ()
    year = {"period": told.year} if told.year else {}
    maybe = Maybe(told.maybe_wide, maybe_words, year)
    return Proposal(mapping, columns, units, title if untold else "", untold, maybe)


def _money_without_unit(mapping: ColumnMapping, table: Table, programme: Programme) -> tuple[str, ...]:
    """Our columns of money that the file has, and of which nothing says the unit."""
    money = {outcome.column for outcome in programme.outcomes if outcome.unit == "currency"}
    money = money if table.name == "sales" else {column.name for column in table if column.name.endswith("_eur")}
    in_file = {*mapping.columns, *mapping.wide}
    return tuple(c.name for c in table if c.name in money & in_file and mapping.form_of(c.name).unit is None)


def check_title(proposal: Proposal, file: str) -> None:
    """Refuse a table above which a unit stands that no column is told to have, with the lines that say it.

    Raises UserError.
    """
    unit = unit_of(proposal.title)
    if unit is None or not proposal.untold:
        return
    raise UserError(
        "mapping.title_unit",
        file=file,
        title=one_line(proposal.title)[:LONGEST],
        columns=", ".join(proposal.untold),
        lines="".join(f"\n[formats.{column}]\nunit = {unit:f}" for column in proposal.untold),
    )


def _units(told: ToldPeriods, stated: Mapping[str, str], at_hand: ColumnMapping, table: Table) -> dict[str, Decimal]:
    """The units that headings state, of columns of amounts of which the mapping at hand states none."""
    amounts = {column.name for column in table if column.kind is CellKind.DECIMAL}
    headings = {ours: name for name, ours in (*stated.items(), *told.certain.items())} | told.wide | at_hand.wide
    units = {ours: unit_of(name) for ours, name in headings.items() if ours in amounts}
    return {ours: unit for ours, unit in units.items() if unit is not None and at_hand.form_of(ours).unit is None}


def _mapping(
    told: ToldPeriods,
    units: Mapping[str, Decimal],
    table: Table,
    words: dict[str, dict[str, str]],
    at_hand: ColumnMapping,
) -> ColumnMapping:
    """The mapping at hand, with what is certain."""
    columns = {ours: heading_text(name) for name, ours in told.certain.items()}
    in_order = {column.name: columns[column.name] for column in table if column.name in columns}
    editions = _EDITION.findall(columns.get("ateco_code", ""))
    told_edition = len(editions) == 1 and "ateco_edition" not in {*columns, *at_hand.columns, *at_hand.constants}
    formats = {
        ours: at_hand.formats.get(ours, ColumnFormat()).model_copy(update={"unit": unit})
        for ours, unit in units.items()
    }
    return at_hand.model_copy(
        update={
            "columns": {**at_hand.columns, **in_order},
            "constants": {**at_hand.constants, **({"ateco_edition": editions[0]} if told_edition else {})},
            "values": {**at_hand.values, **words},
            "formats": {**at_hand.formats, **formats},
            "wide": at_hand.wide or told.wide,
            "period": at_hand.period or told.combined,
        }
    )


def _column(
    name: str,
    stated: Mapping[str, str],
    told: ToldPeriods,
    index: NameIndex,
    cells: Sequence[str],
    table: Table,
    programme: Programme,
) -> Proposed:
    """What one column of the file is."""
    if name in stated:
        return Proposed(name, stated[name], certain=True, because="mapping")
    if heading_text(name) in told.parts:
        return Proposed(name, "period", certain=True, because="alias")
    if name in told.certain:
        ours = told.certain[name]
        return Proposed(name, ours, certain=True, because="name" if fits(name, index)[ours] is Fit.OURS else "alias")
    if name in told.headings:
        pattern = told.headings[name].casefold()
        sure = next((ours for ours, known in told.wide.items() if known.casefold() == pattern), None)
        maybe = next((ours for known, ours in told.maybe_wide.items() if known.casefold() == pattern), None)
        return Proposed(name, sure or maybe, certain=sure is not None, because="period")
    taken = {*stated.values(), *told.certain.values(), *told.parts.values(), *told.wide}
    free = [ours for ours in fits(name, index) if ours not in taken]
    if free:
        return Proposed(name, free[0], certain=False, because="alias")
    if near := similar_column(name, index, taken):
        return Proposed(name, near, certain=False, because="similar")
    by_values = column_by_values(cells, table, programme, taken)
    return Proposed(name, by_values, certain=False, because="values" if by_values else "")


def _words(
    columns: Sequence[Proposed],
    examples: Mapping[str, Sequence[str]],
    table: Table,
    programme: Programme,
    at_hand: ColumnMapping,
) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str | None]]]:
    """Words of the file that are no codes of ours: those that can mean one alone, and those to be looked at."""
    certain: dict[str, dict[str, str]] = {}
    maybe: dict[str, dict[str, str | None]] = {}
    of_table = {column.name: column for column in table}
    for one in columns:
        if one.ours not in of_table or not one.certain:
            continue
        column = of_table[one.ours]
        mapped = {fold(word) for word in at_hand.values.get(column.name, {})}
        for word in dict.fromkeys(cell.strip() for cell in examples.get(one.theirs, ())):
            if fold(word) in mapped or not _asks(word, column, allowed_words(column, programme)):
                continue
            meaning = meaning_of(word, column, programme)
            if meaning.certain and meaning.code:
                certain.setdefault(column.name, {})[word] = meaning.code
            else:
                maybe.setdefault(column.name, {})[word] = meaning.code
    return certain, maybe


def _asks(word: str, column: Column, codes: Sequence[str]) -> bool:
    """Whether a cell is a word that somebody must explain: no code of a coded column; "n.d." of any but texts."""
    if not word or word.startswith(TYPED):
        return False
    if codes:
        return not is_code(word, codes)
    return column.kind is not CellKind.TEXT and fold(word) in MISSING_WORDS
