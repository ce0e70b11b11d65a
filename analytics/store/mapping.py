"""The officer's mapping: which of their columns is which of ours, how their file writes things, what words mean."""

import datetime as dt
import json
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from analytics.model import UserError


def one_line(name: str) -> str:
    """A column name without the line breaks and double spaces that spreadsheets put into headers."""
    return " ".join(name.split())


def _check_date_format(form: str) -> str:
    """Refuse a format that would lose the year or month of what it reads."""
    day = dt.datetime(2021, 1, 1)  # noqa: DTZ001 - a day has no zone
    try:
        keeps_month = dt.datetime.strptime(day.strftime(form), form) == day  # noqa: DTZ007
    except (ValueError, re.error):
        keeps_month = False
    if not keeps_month:
        raise ValueError(f"{form!r} is no format of dates, such as %d/%m/%Y or %Y-%m")
    return form


DateFormat = Annotated[str, AfterValidator(_check_date_format)]


class Format(BaseModel):
    """How a file writes things."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    separator: str = Field(",", pattern=r'^[^"\r\n\x00]$')
    encoding: str = "utf-8-sig"
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'"] = ""
    date: DateFormat = "%Y-%m-%d"
    period: DateFormat | None = None
    sheet: str | None = None
    header_row: int = Field(1, ge=1)

    @model_validator(mode="after")
    def _marks_differ(self) -> Self:
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands cannot be the same mark")
        return self


class ColumnMapping(BaseModel):
    """Which of the officer's columns is which of ours, how the file writes things, what some words stand for.

    columns: our name -> theirs; constants: our name -> one value for every row; values: our name -> {their word: ours},
    where "" is an empty cell.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    columns: dict[str, Annotated[str, AfterValidator(one_line), Field(min_length=1)]] = {}
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    format: Format = Format()

    @model_validator(mode="after")
    def _column_or_constant(self) -> Self:
        twice = sorted(self.columns.keys() & self.constants.keys())
        if twice:
            raise ValueError(f"{twice[0]} stands under columns and under constants: keep one")
        return self

    def as_json(self) -> str:
        """The same text for the same mapping, in whatever order it was written."""
        return json.dumps(self.model_dump(exclude_defaults=True), sort_keys=True, ensure_ascii=False)


def load_mapping(path: Path | None) -> ColumnMapping:
    """A mapping file; without one, the file is taken to use our own names. Raises UserError naming the key."""
    if path is None:
        return ColumnMapping()
    try:
        return ColumnMapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except tomllib.TOMLDecodeError as error:
        raise UserError("mapping.toml", file=path, problem=error) from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "format"
        raise UserError(
            "mapping.key", file=path, entry=key, problem=first["msg"].removeprefix("Value error, ")
        ) from error
    except (OSError, ValueError) as error:
        raise UserError("mapping.unreadable", file=path, problem=error) from error
