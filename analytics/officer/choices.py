"""What the officer chooses about a file's columns and words, put into its mapping."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field

from analytics.officer.told import MappingParts

DAY_FIRST, MONTH_FIRST = "%d/%m/%Y", "%m/%d/%Y"


@dataclass(frozen=True, slots=True)
class Choices:
    """columns: our column -> the file's heading, "" for none; wide: heading with a period -> our column, "" for none;
    words: our column -> {word: our code, "" for an empty cell}; constants: our column -> a value for all rows, "" to
    take it away; sheets: those to read, () for all that have the columns; decimal, date: how the file writes numbers
    and days, "" as its cells show; unit: what a written 1 stands for in the columns of amounts, "" as the headings say.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    wide: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    decimal: str = ""
    date: str = ""
    unit: str = ""


def applied(mapping: MappingParts, choices: Choices, amounts: tuple[str, ...] = ()) -> MappingParts:
    """The mapping with the choices. amounts: our columns of amounts, which the unit is for."""
    made = deepcopy(mapping)
    columns, constants = dict(made.get("columns", {})), dict(made.get("constants", {}))
    for ours, theirs in choices.columns.items():
        columns.pop(ours, None)
        if theirs:
            columns[ours] = theirs
            constants.pop(ours, None)
    for ours, value in choices.constants.items():
        constants.pop(ours, None)
        if value:
            constants[ours] = value
            columns.pop(ours, None)
    wide = {ours: pattern for ours, pattern in made.get("wide", {}).items() if pattern not in choices.wide}
    wide |= {ours: pattern for pattern, ours in choices.wide.items() if ours}
    values = {ours: dict(words) for ours, words in made.get("values", {}).items()}
    for ours, words in choices.words.items():
        values[ours] = {**values.get(ours, {}), **words}
    parts = {"columns": columns, "constants": constants, "wide": wide, "values": values}
    parts |= {"format": _format(made, choices), "formats": _formats(made, choices, amounts)}
    return {**{key: part for key, part in made.items() if key not in parts}, **{k: p for k, p in parts.items() if p}}


def _format(mapping: MappingParts, choices: Choices) -> MappingParts:
    """How the file writes things."""
    kept = {key: value for key, value in mapping.get("format", {}).items() if key not in ("sheet", "sheets")}
    stated = {"sheets": list(choices.sheets), "decimal": choices.decimal, "date": choices.date}
    for key in ("decimal", "date"):
        kept.pop(key, None)
    return kept | {key: value for key, value in stated.items() if value}


def _formats(mapping: MappingParts, choices: Choices, amounts: tuple[str, ...]) -> MappingParts:
    """How single columns write things; the unit that is chosen is that of every amount."""
    formats = {ours: dict(how) for ours, how in mapping.get("formats", {}).items()}
    for ours in amounts if choices.unit else ():
        formats[ours] = {**formats.get(ours, {}), "unit": choices.unit}
    return formats
