"""Release -> its own tables, whole: every figure, ATT(g, t), lines, dots, reconciliation with its gaps, applications.
What a release's file calls by an internal name has a plain one here.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from analytics.language.text import Text
from analytics.model import Unit
from analytics.present.sentences.phrases import data_note
from analytics.present.tables import group_time
from analytics.present.tables.group_time import group_time_columns, group_time_values
from analytics.present.tables.table import UNIT_COLUMN, Column, ColumnKind, Table, rounded, time_period, unit_code
from analytics.programme.file import Programme
from analytics.release import Release
from analytics.release.measures import ALL
from analytics.release.path import UNITS

_INTEGER, _NUMBER, _TEXT, _BOOLEAN = ColumnKind.INTEGER, ColumnKind.NUMBER, ColumnKind.TEXT, ColumnKind.BOOLEAN
_PERIOD = re.compile(r"\d{4}(-\d\d|Q\d)?")
GAPS: Final = "reconciliation-gaps"
GAP_KEYS: Final = ("path", "wave", "step", "gap", "counted")
_OWN: Final = f"{UNIT_COLUMN}unit"  # the unit of the row

# Of a figure: column here -> column of the release, kind, unit. "reason" is last: why there is no value.
_FIGURE = {
    "unit": ("unit", _TEXT, ""),
    "value": ("value", _NUMBER, _OWN),
    "low": ("low", _NUMBER, _OWN),
    "high": ("high", _NUMBER, _OWN),
    "level": ("level", _NUMBER, "fraction"),
    "shared_low": ("shared_low", _NUMBER, _OWN),
    "shared_high": ("shared_high", _NUMBER, _OWN),
    "range_kind": ("range_kind", _TEXT, ""),
    "half_low": ("half_low", _NUMBER, _OWN),
    "half_high": ("half_high", _NUMBER, _OWN),
    "simultaneous_low": ("sim_low", _NUMBER, _OWN),
    "simultaneous_high": ("sim_high", _NUMBER, _OWN),
    "p_value": ("p_value", _NUMBER, "probability"),
    "simultaneous_p": ("sim_p", _NUMBER, "probability"),
    "detectable": ("mde", _NUMBER, _OWN),
    "best_guess": ("shrunk", _NUMBER, _OWN),
    "best_guess_low": ("shrunk_low", _NUMBER, _OWN),
    "best_guess_high": ("shrunk_high", _NUMBER, _OWN),
    "firms_needed": ("firms_needed", _INTEGER, "count"),
    "years_needed": ("years_needed", _INTEGER, "number"),
    "degrees_of_freedom": ("df", _NUMBER, "number"),
    "grade": ("grade", _TEXT, ""),
    "verdict": ("verdict", _TEXT, ""),
    "result": ("result", _TEXT, ""),
    "because": ("because", _TEXT, ""),
    "n": ("n_funded", _INTEGER, "count"),
    "n_comparison": ("n_comparison", _INTEGER, "count"),
    "n_comparison_at_least": ("n_comparison_at_least", _BOOLEAN, ""),
    "status": ("obs_status", _TEXT, ""),
    "conf_status": ("conf_status", _TEXT, ""),
    "reason": ("reason", _TEXT, ""),
    "figure_id": ("figure_id", _TEXT, ""),
}
_MEANT_BY = {"unit", "value", "level", "result", "because"}  # columns with a meaning of their own; the others are parts


@dataclass(frozen=True, slots=True)
class WholeTable:
    """A table of every release. columns: of a programme, behind data_mark, programme and release; keys: of a row;
    values: of a release, a column for each.
    """

    columns: Callable[[Programme], list[Column]]
    keys: Callable[[Programme], tuple[str, ...]]
    values: Callable[[Release, Text], pd.DataFrame]

    def all_columns(self, programme: Programme) -> tuple[Column, ...]:
        """Every column, in order."""
        return (
            *(Column(name, _TEXT, name) for name in ("data_mark", "programme", "release")),
            *self.columns(programme),
        )

    def table(self, name: str, release: Release, text: Text, part: pd.DataFrame | None = None) -> Table:
        """The table, each row with what kind of data it is of, its programme and release; part: only these values."""
        programme = release.programme
        values = (self.values(release, text) if part is None else part).assign(
            data_mark=data_note(release, text) or None,
            programme=programme.id,
            release=f"{programme.id}.{release.release_id}",
        )
        return Table.of(name, self.all_columns(programme), values, self.keys(programme), {}, release)


# ---- figures ---------------------------------------------------------------------------------------------------------


def _figure_keys(programme: Programme) -> tuple[str, ...]:
    return ("outcome", "measure", "arm", "horizon", *programme.dimension_names)


def _figure_columns(programme: Programme) -> list[Column]:
    about = {"outcome": "outcome", "measure": "measure", "arm": "arm", "horizon": "horizon_of_figure"}
    columns = [Column(name, _TEXT, meaning) for name, meaning in about.items()]
    columns += [Column(name, _TEXT, "code", slots={"dimension": name}) for name in programme.dimension_names]
    for name, (_, kind, unit) in _FIGURE.items():
        coarse = rounded("figure", programme) if name == "value" else {}
        meaning, part = (name, "") if name in _MEANT_BY else ("value", name)
        columns.append(Column(name, kind, meaning, part, unit, "value", **coarse))
    return columns


def figures_told(release: Release, text: Text, ids: Collection[str]) -> Table:
    """The rows of these figures alone, in the release's order."""
    held = release.figures
    mine = held[held["figure_id"].isin(list(ids))].reset_index(drop=True)
    return WHOLE["figures"].table("figures", release, text, _values_of(mine, release.programme))


def _figure_values(release: Release, _: Text) -> pd.DataFrame:
    return _values_of(release.figures, release.programme)


def _values_of(figures: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    nothing = pd.Series([None] * len(figures), dtype=object)
    values = {name: figures[name] for name in _figure_keys(programme)}
    values |= {name: figures.get(of, nothing) for name, (of, _, _) in _FIGURE.items()}
    outcomes = {outcome.name: outcome for outcome in programme.outcomes}
    units = {
        (unit, outcome): unit_code(unit, outcomes.get(outcome), programme)
        for unit in Unit
        for outcome in (*outcomes, ALL)
    }
    pairs = zip(figures["unit"], figures["outcome"], strict=True)
    values["unit"] = pd.Series([units[Unit(unit), name] for unit, name in pairs], dtype=object)
    values["horizon"] = _written_periods(figures["horizon"])
    return pd.DataFrame(values)


# ---- what pictures are drawn from ------------------------------------------------------------------------------------

_LINE_KEYS = ("outcome", "sector", "basis", "arm", "period")
_DOT_KEYS = ("outcome", "sector", "horizon", "place")


def _line_columns(programme: Programme) -> list[Column]:
    return [
        *(Column(name, _TEXT, name) for name in _LINE_KEYS),
        Column("index", _NUMBER, "index", unit="index", figure="index", **rounded("path", programme)),
        Column("n", _INTEGER, "n_of_point", unit="count", figure="index"),
        Column("figure_id", _TEXT, "picture_id", figure="index"),
    ]


def _line_values(release: Release, _: Text) -> pd.DataFrame:
    lines = release.lines.rename(columns={"index_value": "index"})
    return lines.assign(period=_written_periods(lines["period"]))


def _dot_columns(programme: Programme) -> list[Column]:
    return [
        *(Column(name, _TEXT, name) for name in _DOT_KEYS[:3]),
        Column("place", _INTEGER, "place", unit="number"),
        Column("change", _NUMBER, "dot", unit="fraction", figure="change", **rounded("dot", programme)),
        Column("n", _INTEGER, "n_of_dot", unit="count", figure="change"),
        Column("status", _TEXT, "dot", "status", figure="change"),
        Column("figure_id", _TEXT, "picture_id", figure="change"),
    ]


def _dot_values(release: Release, _: Text) -> pd.DataFrame:
    return release.spread.rename(columns={"value": "change", "obs_status": "status"})


# ---- from announced to analysed --------------------------------------------------------------------------------------


def _reconciliation_columns(_: Programme) -> list[Column]:
    stages = ("loaded", "selling", "reporting", "measured", "analysed")
    return [
        Column("wave", _TEXT, "code", slots={"dimension": "wave"}),
        Column("announced_firms", _INTEGER, "announced_firms", unit="count"),
        Column("announced_amount", _NUMBER, "announced_amount", unit=_OWN),
        Column("announced_amount_is", _TEXT, "announced_amount_is"),
        Column("funded_amount", _NUMBER, "funded_amount", unit=_OWN),
        Column("unit", _TEXT, "amount_unit"),
        *(Column(f"{stage}_firms", _INTEGER, f"{stage}_firms", unit="count") for stage in stages),
    ]


def _reconciliation_values(release: Release, _: Text) -> pd.DataFrame:
    plain = {
        "tranche": "wave",
        "announced_eur": "announced_amount",
        "announced_eur_is": "announced_amount_is",
        "loaded_eur": "funded_amount",
    }
    return release.reconciliation.rename(columns=plain).assign(unit=release.programme.currency)


def _gap_columns(_: Programme) -> list[Column]:
    return [
        *(Column(name, _TEXT, f"path_{name}") for name in ("path", "step", "gap", "counted")),
        Column("wave", _TEXT, "code", slots={"dimension": "wave"}),
        Column("value", _NUMBER, "path_value", unit=_OWN),
        Column("unit", _TEXT, "path_unit"),
        Column("status", _TEXT, "path_status"),
    ]


def _gap_values(release: Release, _: Text) -> pd.DataFrame:
    rows = release.reconciliation_gaps
    is_amount = rows["unit"] == UNITS[-1]
    unit = is_amount.map({True: release.programme.currency or Unit.MONEY.value, False: Unit.COUNT.value})
    plain = {"tranche": "wave", "reason": "gap", "unit": "counted", "obs_status": "status"}
    return rows.rename(columns=plain).assign(unit=unit)


def _application_columns(_: Programme) -> list[Column]:
    return [Column("ended", _TEXT, "ended"), Column("applications", _INTEGER, "applications", unit="count")]


def _application_values(release: Release, _: Text) -> pd.DataFrame:
    return release.applications.rename(columns={"outcome": "ended"})


WHOLE: Mapping[str, WholeTable] = {
    "figures": WholeTable(_figure_columns, _figure_keys, _figure_values),
    group_time.NAME: WholeTable(group_time_columns, lambda _: group_time.KEYS, group_time_values),
    "lines": WholeTable(_line_columns, lambda _: _LINE_KEYS, _line_values),
    "spread": WholeTable(_dot_columns, lambda _: _DOT_KEYS, _dot_values),
    "reconciliation": WholeTable(_reconciliation_columns, lambda _: ("wave",), _reconciliation_values),
    GAPS: WholeTable(_gap_columns, lambda _: GAP_KEYS, _gap_values),
    "applications": WholeTable(_application_columns, lambda _: ("ended",), _application_values),
}


def whole_tables(release: Release, text: Text) -> Iterator[Table]:
    """Every one of these tables."""
    return (whole.table(name, release, text) for name, whole in WHOLE.items())


def _written_periods(column: pd.Series) -> pd.Series:
    """A column of periods, among them other horizons, with the periods as SDMX writes them."""
    written = {value: time_period(value) if _PERIOD.fullmatch(value) else value for value in column.unique()}
    return column.map(written)
