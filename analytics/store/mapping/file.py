"""The officer's mapping: which of their columns is which of ours, how their file writes things, what words mean."""

import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from analytics.model import UserError
from analytics.store.formats import ColumnFormat, Format, one_line


class PeriodColumns(BaseModel):
    """The columns that say a period together: the year, and the month or the quarter."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    year: str = Field(min_length=1)
    month: str | None = None
    quarter: str | None = None


class ColumnMapping(BaseModel):
    """Which of the officer's columns is which of ours, how the file writes things, what some words stand for.

    columns: our name -> theirs; constants: our name -> one value for every row; values: our name -> {their word: ours},
    where "" is an empty cell; formats: our name -> how that column is written; wide: our name -> the heading of its
    columns, where `{period}` stands for a month, quarter or year; period: the columns that say it together.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    columns: dict[str, Annotated[str, AfterValidator(one_line), Field(min_length=1)]] = {}
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    formats: dict[str, ColumnFormat] = {}
    wide: dict[str, Annotated[str, AfterValidator(one_line), Field(pattern=r"\{period\}")]] = {}
    period: PeriodColumns | None = None
    format: Format = Format()

    @model_validator(mode="after")
    def _column_or_constant(self) -> Self:
        twice = sorted(self.columns.keys() & self.constants.keys())
        if twice:
            raise ValueError(f"{twice[0]} stands under columns and under constants: keep one")
        return self

    def form_of(self, column: str) -> ColumnFormat:
        """How this column is written: what is stated for it, else what is stated for the file."""
        own = self.formats.get(column, ColumnFormat()).model_dump(exclude_none=True)
        common = {
            key: value
            for key in ("decimal", "thousands", "date", "period")
            if (value := getattr(self.format, key)) is not None
        }
        return ColumnFormat(**(common | own))

    def as_json(self) -> str:
        """The same text for the same mapping, in whatever order it was written."""
        return json.dumps(self.model_dump(mode="json", exclude_defaults=True), sort_keys=True, ensure_ascii=False)


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


SHOWN_EXAMPLES, LONGEST_EXAMPLE, LONGEST_NOTE = 3, 40, 2000
_UNSEEN = ("Cc", "Cf", "Zl", "Zp")  # control and direction marks, ends of lines
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def toml_string(words: str) -> str:
    """A text as TOML writes it, between quotation marks; marks that nobody sees by their numbers."""
    whole = words.encode("utf-8", "replace").decode("utf-8")
    written = json.dumps(whole, ensure_ascii=False)
    return "".join(f"\\U{ord(mark):08x}" if unicodedata.category(mark) in _UNSEEN else mark for mark in written)


def toml_key(name: str) -> str:
    """A key as TOML writes it: in quotation marks where it holds more than letters, digits, `_` and `-`."""
    return name if _BARE_KEY.fullmatch(name) else toml_string(name)


def in_comment(words: str, longest: int = LONGEST_EXAMPLE) -> str:
    """Words as they may stand behind `#`: on one line, without control characters, not too long."""
    line = "".join(mark if mark.isprintable() else " " for mark in one_line(words))
    return line if len(line) <= longest else line[: longest - 1] + "…"


def mapping_toml(
    mapping: ColumnMapping,
    examples: Mapping[str, Sequence[str]],
    notes: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """The mapping as a file that `load_mapping` reads back. examples: their heading -> cells, of which some stand as a
    comment beside the column; notes: table of the mapping, such as `columns` -> comments at its end.
    """
    stated = mapping.model_dump(mode="json", exclude_defaults=True)
    nested = {part: stated.pop(part, {}) for part in ("formats", "values")}
    tables: dict[str, dict[str, object]] = {
        part: stated[part] for part in ("columns", "constants", "period", "wide") if part in stated
    }
    for part, of_column in nested.items():
        tables |= {f"{part}.{toml_key(ours)}": entries for ours, entries in of_column.items()}
    tables |= {"format": stated["format"]} if "format" in stated else {}
    notes = notes or {}
    order = [*(name for name in notes if name not in tables and "." not in name), *tables, *notes]
    return "\n".join(
        "\n".join(
            (
                f"[{name}]",
                *_lines(tables.get(name, {}), examples if name == "columns" else {}),
                *(f"# {in_comment(note, LONGEST_NOTE)}" for note in notes.get(name, ())),
            )
        )
        + "\n"
        for name in dict.fromkeys(order)
    )


def _lines(entries: Mapping[str, object], examples: Mapping[str, Sequence[str]]) -> list[str]:
    """`key = value` of what has a value, with examples of the column that the value names."""
    beside = {one_line(heading): cells for heading, cells in examples.items()}
    written = {toml_key(key): _value(value) for key, value in entries.items() if value is not None}
    cells = {toml_key(key): beside.get(value, ()) for key, value in entries.items() if isinstance(value, str)}
    width = max((len(f"{key} = {value}") for key, value in written.items()), default=0)
    return [
        f"{key} = {value}".ljust(width) + f"  # {'; '.join(map(in_comment, cells[key][:SHOWN_EXAMPLES]))}"
        if cells.get(key)
        else f"{key} = {value}"
        for key, value in written.items()
    ]


def _value(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return str(value) if isinstance(value, int) else toml_string(str(value))
