"""How a file and its columns write things, as the officer states it."""

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def one_line(name: str) -> str:
    """A column name without the line breaks and double spaces that spreadsheets put into headers."""
    return " ".join(name.split())


def _check_date_format(form: str) -> str:
    """Refuse a format that would lose the year or month of what it reads."""
    day, year = dt.datetime(2021, 11, 1), dt.datetime(2021, 1, 1)  # noqa: DTZ001 - a day has no zone
    try:
        only_years = year.strftime(form) == dt.datetime(2021, 12, 31).strftime(form)  # noqa: DTZ001
        sought = year if only_years else day
        keeps_month = dt.datetime.strptime(sought.strftime(form), form) == sought  # noqa: DTZ007
    except (ValueError, re.error):
        keeps_month = False
    if not keeps_month:
        raise ValueError(f"{form!r} is no format of dates, such as %d/%m/%Y or %Y-%m")
    return form


DateFormat = Annotated[str, AfterValidator(_check_date_format)]


class _Written(BaseModel):
    """How cells are written; what is not stated is told from the values, where they tell it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    decimal: Literal[".", ","] | None = None
    thousands: Literal["", ".", ",", " ", "'"] | None = None
    date: DateFormat | None = None
    period: DateFormat | None = None

    @model_validator(mode="after")
    def _marks_differ(self) -> Self:
        if self.decimal is not None and self.decimal == self.thousands:
            raise ValueError("decimal and thousands cannot be the same mark")
        return self


class ColumnFormat(_Written):
    """How the cells of one column are written. unit: what a written 1 stands for (1000: the column is in thousands)."""

    unit: Decimal | None = Field(None, gt=0)


class Format(_Written):
    """How a file writes things. sheets: the sheets to read, hidden ones too; without it, every visible sheet that has
    the columns.
    """

    separator: str | None = Field(None, pattern=r'^[^"\r\n\x00]$')
    encoding: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    header_row: int | None = Field(None, ge=1)

    @property
    def chosen_sheets(self) -> tuple[str, ...]:
        """The sheets that the officer names; empty: none is named."""
        return (*((self.sheet,) if self.sheet is not None else ()), *self.sheets)
