"""A table that leaves Vetrina: typed columns with their meaning, rows, and what was asked for. Page, files and
addresses all show one of these, so they agree to the last digit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import pandas as pd

from analytics.language.text import Text
from analytics.model import Unit
from analytics.programme.file import Programme
from analytics.programme.parts import Outcome
from analytics.release import Release

UNIT_COLUMN = "@"  # before the name of a column, in place of a unit: it says the unit, row by row


class ColumnKind(StrEnum):
    """What the values of a column are; each may be missing."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"


_TYPES: dict[ColumnKind, Any] = {
    ColumnKind.INTEGER: "Int64",
    ColumnKind.NUMBER: "float64",
    ColumnKind.BOOLEAN: "boolean",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    meaning: the end of its key under `column.`, which says what it holds; part: the end of a key under `column.part.`
    where it is one part of a figure (its lower limit, its status, …), "" otherwise; unit: a code of the list of units,
    "@" and the name of the column that tells it, or "" where there is none; figure: the figure of which it is a part,
    "" for what all columns share; rounding: the end of a key under `column.rounding.`, of values that are published
    coarsely; slots: what fills the placeholders of its texts.
    """

    name: str
    kind: ColumnKind
    meaning: str
    part: str = ""
    unit: str = ""
    figure: str = ""
    rounding: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)

    def in_words(self, text: Text) -> str:
        """What it holds; of a part of a figure, which part and of what."""
        if self.part:
            return text("column.of_figure", part=text(f"column.part.{self.part}"), figure=self.figure)
        rounding = text(f"column.rounding.{self.rounding}", **self.slots) if self.rounding else ""
        return text(f"column.{self.meaning}", **self.slots) + ("." + rounding if rounding else "")

    def unit_in_words(self, text: Text) -> str:
        """The unit of its values, or which column tells it; empty where there is none."""
        if self.unit.startswith(UNIT_COLUMN):
            return text("column.unit_column", column=self.unit.removeprefix(UNIT_COLUMN))
        return text(f"unit.{self.unit}") if self.unit else ""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows of a release.

    name: as addresses and the command line have it; columns, in order; data: a column per entry, of its type; keys: the
    columns that make a row that row; query: what was asked for, every filter named.
    """

    name: str
    columns: tuple[Column, ...]
    data: pd.DataFrame
    keys: tuple[str, ...]
    query: Mapping[str, str]
    release: Release

    @classmethod
    def of(
        cls,
        name: str,
        columns: tuple[Column, ...],
        values: Mapping[str, object] | pd.DataFrame,
        keys: tuple[str, ...],
        query: Mapping[str, str],
        release: Release,
    ) -> "Table":
        """A table of those values, each column of its declared type; whole numbers are whole."""
        data = pd.DataFrame(values)[[column.name for column in columns]]
        return cls(name, columns, _typed(data, columns), keys, query, release)

    def with_columns(self, names: tuple[str, ...]) -> "Table":
        """The same with only these columns, in the table's own order."""
        columns = tuple(column for column in self.columns if column.name in names)
        return replace(self, columns=columns, data=self.data[[column.name for column in columns]])

    def where(self, mask: "pd.Series[bool]") -> "Table":
        """The same with only the rows under the mask."""
        return replace(self, data=self.data[mask].reset_index(drop=True))


def _typed(data: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    """Every column of its type; text as objects, None where there is none."""
    typed = {}
    for column in columns:
        values = data[column.name]
        if column.kind is ColumnKind.TEXT:
            typed[column.name] = values.astype(object).where(values.notna(), None)
        else:
            typed[column.name] = values.astype(_TYPES[column.kind])
    return pd.DataFrame(typed, columns=[column.name for column in columns]).reset_index(drop=True)


def rounded(rounding: str, programme: Programme) -> dict[str, Any]:
    """The arguments of a column whose values are published coarsely, where the programme has any that must be."""
    p = programme.disclosure_rules.p_percent
    return {"rounding": rounding, "slots": {"p": f"{p:g}", "twice_p": f"{2 * p:g}"}} if p > 0 else {}


def unit_code(unit: str, outcome: Outcome | None, programme: Programme) -> str:
    """A unit as the tables tell it: money and amounts of an outcome in money by the currency's code, other outcomes by
    their own unit, all else as in the release.
    """
    if unit == Unit.OUTCOME and outcome is not None:
        return outcome.currency or outcome.unit
    return programme.currency or Unit.MONEY.value if unit == Unit.MONEY else unit


def time_period(period: str) -> str:
    """A period as SDMX writes it, which no spreadsheet takes for a date: 2021-M03, 2021-Q1, 2021."""
    whole = pd.Period(period)
    written = {"M": f"{whole.year}-M{whole.month:02}", "Q": f"{whole.year}-Q{whole.quarter}"}
    return written.get(whole.freqstr[0], str(whole.year))
