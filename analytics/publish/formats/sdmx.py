"""SDMX-CSV 2.0: one observation a line, as statistical offices exchange them (https://github.com/sdmx-twg/sdmx-csv)."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analytics.language.text import Text
from analytics.model import ObsStatus, UserError
from analytics.present.tables.table import UNIT_COLUMN, Column, Table
from analytics.publish.about import Origin
from analytics.publish.formats.values import Value, columns_of, disarmed
from analytics.release.measures import ALL

AGENCY, VERSION = "VETRINA", "1.0"
TOTAL: Final = "_T"  # SDMX's code for all of it
_TIME = "period"  # a column that is SDMX's time


@dataclass(frozen=True, slots=True)
class Observation:
    """What of a table is one observation. value: the column of it; prefix: of the columns that say more of it."""

    value: str
    prefix: str = ""


OBSERVATIONS: Mapping[str, Observation] = {
    "figures": Observation("value"),
    "cohorts": Observation("effect", "effect_"),
    "group-time": Observation("att", "att_"),
    "lines": Observation("index"),
    "spread": Observation("change"),
}


def write_sdmx(table: Table, _: Origin, __: Text) -> bytes:
    """The observations: dimensions, value, then attributes, among them OBS_STATUS, CONF_STATUS and UNIT_MEASURE.

    Of a cohort table the effects. Raises UserError for a table that has no observations.
    """
    if table.name not in OBSERVATIONS:
        raise UserError("export.unknown", name="table", value=table.name, known=", ".join(OBSERVATIONS))
    observed = OBSERVATIONS[table.name]
    values = dict(zip([column.name for column in table.columns], columns_of(table), strict=True))
    if observed.value not in values:
        raise UserError("export.unknown", name="columns", value="", known=observed.value)
    columns = {_component(name): [_code(value) for value in values[name]] for name in table.keys}
    columns["OBS_VALUE"] = [_written(value) for value in values[observed.value]]
    columns["UNIT_MEASURE"] = _units(table, observed, values)
    columns |= {
        _component(column.name.removeprefix(observed.prefix)): [_written(value) for value in values[column.name]]
        for column in table.columns
        if _is_attribute(column, table, observed)
    }
    columns.setdefault("OBS_STATUS", [_status(value) for value in values[observed.value]])
    structure = f"{AGENCY}:{_component(table.release.programme.id)}_{_component(table.name)}({VERSION})"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["STRUCTURE", "STRUCTURE_ID", "ACTION", *columns])
    writer.writerows(["dataflow", structure, "I", *row] for row in zip(*columns.values(), strict=True))
    return out.getvalue().encode()


def _is_attribute(column: Column, table: Table, observed: Observation) -> bool:
    """Whether a column says more of the observation, or of the file, than its dimensions and value do."""
    if column.name in table.keys or column.name == observed.value or column.name.endswith(("_label", "unit")):
        return False
    return not column.figure or not observed.prefix or column.name.startswith(observed.prefix)


def _component(name: str) -> str:
    """A column as SDMX calls it."""
    known = {"status": "OBS_STATUS", _TIME: "TIME_PERIOD"}
    return known.get(name, name.upper().replace("-", "_"))


def _code(value: Value) -> str:
    return TOTAL if value == ALL else _written(value)


def _status(value: Value) -> str:
    """Of an observation without a status of its own."""
    return ObsStatus.MISSING if value is None else ObsStatus.NORMAL


def _units(table: Table, observed: Observation, values: Mapping[str, list[Value]]) -> list[str]:
    """The unit of each observation."""
    unit = next(column.unit for column in table.columns if column.name == observed.value)
    if unit.startswith(UNIT_COLUMN):
        return [_written(value) for value in values[unit.removeprefix(UNIT_COLUMN)]]
    return [unit] * len(table.data)


def _written(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return repr(value)
        case str():
            return disarmed(value)
        case _:
            return str(value)
