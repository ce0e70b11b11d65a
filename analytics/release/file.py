"""The public side: one immutable DuckDB file per release. Everything that pages, exports and the API show is read here.

A release file is written once under its own name and never changed; which of them readers see is `releases`' business.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from copy import copy
from functools import cached_property
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from analytics.arrays import FloatArray, ObjectArray
from analytics.model import (
    ConfStatus,
    DataKind,
    Estimand,
    Importance,
    Reason,
    Settings,
    UserError,
)
from analytics.programme.parts import Outcome
from analytics.release.figure import Figure, FigureKey, group_of
from analytics.release.figure_id import FigureId
from analytics.release.format import (
    CODES,
    FIRST_SHARED,
    FLAGS,
    KEY,
    LATER,
    NUMBERS,
    OF_FIGURE,
    PICTURES,
    READABLE,
    RELEASE_TABLES,
    TELL_RULES,
    WHOLE_NUMBERS,
)
from analytics.release.lists import FigureList, lists_of
from analytics.release.manifest import Manifest
from analytics.release.measures import ALL, CENTS, EFFECTS, GRANTS, SUM, TYPICAL, Measure, measure_named
from analytics.release.sound import is_sound

# What a file may do that somebody else made: hold tables. It reads no other file, and loads nothing.
SEALED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
    "lock_configuration": True,
}


class Release:
    """One release file, read into memory. Frames are shared between readers: never change them.

    instead_of: the release in whose place this one is shown, since it cannot be read; None where there is none.
    own_ledger: which cells are withheld, and by which rule, as a release of format 4 or 5 still says; None: the ledger
    lies beside the store; embargo: until when it is not to be divulged, where it was opened before its time.
    """

    def __init__(self, path: Path, sha256: str = "") -> None:
        """Read the whole file. sha256: of the file as it was published; "" where that is not known.

        Raises UserError when it is not that file, or not a release of a known format.
        """
        if sha256 and not is_sound(path, sha256):
            raise UserError("release.damaged", file=path.name)
        try:
            self._read(path)
        except (duckdb.Error, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise UserError("release.unreadable", file=path.name) from error
        self.programme = self.manifest.programme
        self._codes: dict[str, list[str]] = {}  # by dimension, once asked for: every run of a page asks
        self.instead_of: str | None = None
        self.embargo: dt.datetime | None = None
        self._marked: dict[str | dt.datetime, Release] = {}

    def _read(self, path: Path) -> None:
        """Manifest and tables. Raises whatever a damaged file makes others raise."""
        with duckdb.connect(path, read_only=True, config=SEALED) as connection:
            in_file = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
            if not {"manifest", *RELEASE_TABLES} - set(LATER) <= in_file:  # a view may be anything
                raise UserError("release.unreadable", file=path.name)
            rows = dict(connection.execute("SELECT key, value FROM manifest").fetchall())
            self.format_version: int = json.loads(rows["format_version"])
            if self.format_version not in READABLE:
                raise UserError("release.version", file=path.name, found=self.format_version)
            self._tables = {
                name: connection.execute(f"SELECT * FROM {name}").df()  # noqa: S608
                for name in (*RELEASE_TABLES, *(["suppressed"] if self.format_version in TELL_RULES else []))
                if name in in_file
            }
        for name, columns in LATER.items():
            self._tables.setdefault(name, pd.DataFrame(columns=list(columns)))
        if "basis" not in self._tables["lines"]:  # up to format 8 all lines are of sums
            self._tables["lines"] = self._tables["lines"].assign(basis=SUM)
        self.own_ledger = self._tables.pop("suppressed", None)
        if self.format_version in TELL_RULES:
            self._tables["figures"] = _without_rules(self._tables["figures"])
        _round_grants(self._tables["figures"])
        self.manifest = Manifest.from_json(rows)

    def in_place_of(self, release: str | None) -> "Release":
        """The same, which says that it is shown in place of another that cannot be read; None: of none."""
        if release is None:
            return self
        if release not in self._marked:
            shown = copy(self)
            shown.instead_of, shown._marked = release, {}
            self._marked[release] = shown
        return self._marked[release]

    def under_embargo(self, until: dt.datetime | None) -> "Release":
        """The same, which says that it is not to be divulged before a moment; None: that it is published."""
        if until is None:
            return self
        if until not in self._marked:
            shown = copy(self)
            shown.embargo, shown._marked = until, {}
            self._marked[until] = shown
        return self._marked[until]

    @property
    def release_id(self) -> str:
        """Such as 2026-1."""
        return self.manifest.release

    @property
    def settings(self) -> Settings:
        """What its figures were made with."""
        return self.manifest.settings

    @property
    def outcomes(self) -> list[Outcome]:
        """The outcomes that it has figures of, in the programme's order."""
        return [outcome for outcome in self.programme.outcomes if outcome.name in self.manifest.outcomes]

    @property
    def figures(self) -> pd.DataFrame:
        """One row per figure, columns as in release.sql."""
        return self._tables["figures"]

    @property
    def lines(self) -> pd.DataFrame:
        """Index lines, columns as in release.sql."""
        return self._tables["lines"]

    @property
    def spread(self) -> pd.DataFrame:
        """How far single firms lie apart, columns as in release.sql."""
        return self._tables["spread"]

    @property
    def reconciliation(self) -> pd.DataFrame:
        """Announced to analysed, by tranche."""
        return self._tables["reconciliation"]

    @property
    def reconciliation_gaps(self) -> pd.DataFrame:
        """Every step of the path and every gap with its reasons, columns as in release.sql; none up to format 9."""
        return self._tables["reconciliation_gaps"]

    @property
    def applications(self) -> pd.DataFrame:
        """How applications ended."""
        return self._tables["applications"]

    @property
    def simulated(self) -> bool:
        """Whether every figure is invented and must say so."""
        return self.programme.data_kind is DataKind.SIMULATED

    @property
    def shares_ranges(self) -> bool:
        """Whether groups make each other's ranges short in it, as no release up to format 7 does."""
        return self.format_version >= FIRST_SHARED and self.settings.sector_range == "shared"

    @property
    def importance(self) -> Importance:
        """The smallest effect that matters, as it was fixed for this release."""
        return self.settings.importance

    @cached_property
    def _row_of_key(self) -> dict[tuple[str, ...], int]:
        parts = (self._columns[name].tolist() for name in (*KEY, *self.programme.dimension_names))
        return {key: row for row, key in enumerate(zip(*parts, strict=True))}

    @cached_property
    def _row_of_id(self) -> dict[str, int]:
        return {figure_id: row for row, figure_id in enumerate(self._columns["figure_id"].tolist())}

    @cached_property
    def _columns(self) -> dict[str, ObjectArray | FloatArray]:
        numbers = {*NUMBERS, *WHOLE_NUMBERS}
        columns = {
            name: self.figures[name].to_numpy(dtype=np.float64, na_value=np.nan)
            if name in numbers
            else self.figures[name].to_numpy(dtype=object)
            for name in map(str, self.figures)
        }
        nothing = np.full(len(self.figures), None, dtype=object)
        return dict.fromkeys((*OF_FIGURE, *FLAGS), nothing) | columns  # an older format lacks some

    def _at(self, row: int, key: FigureKey | None = None) -> Figure:
        """The figure of a row of the table; key: its own, where it is known."""
        columns = self._columns
        told = {name: columns[name][row] for name in OF_FIGURE}
        known = {name: value for name, value in told.items() if not (value is None or value != value)}
        known |= {name: float(known[name]) for name in NUMBERS if name in known}
        known |= {name: int(known[name]) for name in WHOLE_NUMBERS if name in known}
        known |= {name: bool(columns[name][row]) for name in FLAGS}
        known |= {name: kind(known[name]) for name, kind in CODES.items() if name in known}
        return Figure(key or self._key_of(row), figure_id=columns["figure_id"][row], **known)

    def _key_of(self, row: int) -> FigureKey:
        measure, outcome, arm, horizon = (self._columns[name][row] for name in ("measure", "outcome", "arm", "horizon"))
        group = group_of({name: self._columns[name][row] for name in self.programme.dimension_names})
        return FigureKey(measure_named(measure), outcome, arm, horizon, group)

    def at(self, key: FigureKey) -> Figure | None:
        """The figure of that key; None when the release does not hold it."""
        codes = dict(key.group)
        in_order = (codes.get(name, ALL) for name in self.programme.dimension_names)
        row = self._row_of_key.get((key.outcome, key.measure.name, key.arm, key.horizon, *in_order))
        return None if row is None else self._at(row, key)

    def figure(
        self,
        measure: Measure,
        *,
        outcome: str = ALL,
        arm: str = ALL,
        horizon: str = ALL,
        group: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    ) -> Figure | None:
        """The figure of a measure; None when the release does not hold it."""
        return self.at(FigureKey(measure, outcome, arm, horizon, group_of(group)))

    def main(
        self, measure: Measure, *, arm: str = ALL, group: Mapping[str, str] | Iterable[tuple[str, str]] = ()
    ) -> Figure | None:
        """The figure of a measure of the programme's own question: of its outcome, over its horizon."""
        question = self.programme.headline
        return self.figure(measure, outcome=question.outcome, arm=arm, horizon=question.horizon_code, group=group)

    def main_effect(self, group: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> Figure | None:
        """The effect that the programme's own question asks for, of a group or (none named) of the whole programme."""
        return self.main(EFFECTS[self.programme.headline.estimand], group=group)

    def headline(self) -> Figure:
        """The one figure of the first screen. Raises UserError when the release does not hold it."""
        effect = self.main_effect()
        if effect is None:
            raise UserError("release.no_headline", release=self.release_id)
        return effect

    def figures_of(self, measure: Measure, outcome: str) -> list[Figure]:
        """The figures of a measure, of the whole programme: every arm and horizon."""
        whole = (self.figures[list(self.programme.dimension_names)] == ALL).all(axis=1)
        rows = whole & (self.figures["measure"] == measure.name) & (self.figures["outcome"] == outcome)
        return [self._at(row) for row in rows.to_numpy().nonzero()[0].tolist()]

    def by_id(self, figure_id: str) -> Figure | None:
        """The figure with that id; None when this release does not hold it."""
        row = self._row_of_id.get(figure_id)
        return None if row is None else self._at(row)

    def holds(self, figure_id: str) -> bool:
        """Whether a number or a picture of this release has that id."""
        is_one = self.by_id(figure_id) is not None or self.picture_of(figure_id) is not None
        return is_one or self.list_of(figure_id) is not None

    def list_id(
        self,
        dimension: str,
        outcome: str,
        estimand: Estimand,
        horizon: str,
        within: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    ) -> str:
        """The id of a picture of a list: the effects on all groups of a dimension, within a group; of "year" those of
        every horizon on one group.
        """
        listed = FigureList.of(dimension, outcome, estimand, horizon, group_of(within))
        return str(FigureId(self.programme.id, self.release_id, listed.cell))

    def list_of(self, figure_id: str) -> FigureList | None:
        """The list of that id; None when this release holds no figure of such a list."""
        return self._lists.get(figure_id)

    def listed(self, of: FigureList) -> dict[str, Figure]:
        """The figures of a list by the code, or horizon, of their row, in the programme's order."""
        keys = of.keys(self.programme, self.manifest.horizons)
        return {code: figure for code, key in keys.items() if (figure := self.at(key)) is not None}

    @cached_property
    def _lists(self) -> dict[str, FigureList]:
        """Id -> list, of all that it holds a figure of. Only who asks for an id needs them."""
        effects = {measure.name for measure in EFFECTS.values()}
        rows = self.figures["measure"].isin(effects).to_numpy().nonzero()[0].tolist()
        lists = dict.fromkeys(of for row in rows for of in lists_of(self._key_of(row)))
        programme, release = self.programme.id, self.release_id
        return {str(FigureId(programme, release, of.cell)): of for of in lists}

    def ids_behind(self, figure_id: str) -> list[str]:
        """The ids of the numbers behind an id: its own, or those of the figures of a list."""
        of = None if figure_id in self._row_of_id else self.list_of(figure_id)
        return [figure_id] if of is None else [figure.figure_id for figure in self.listed(of).values()]

    def picture_of(self, figure_id: str) -> str | None:
        """The table that holds the picture of that id: "lines" or "spread"; None when there is none."""
        return self._pictures.get(figure_id)

    @cached_property
    def _pictures(self) -> dict[str, str]:
        """Id -> table of every picture."""
        return {of: name for name in PICTURES for of in self._tables[name]["figure_id"].unique()}

    @property
    def line_bases(self) -> tuple[str, ...]:
        """What its lines are of, the one that is shown first ahead: typical, sum; up to format 8 sum alone."""
        held = set(self.lines["basis"].unique())
        return tuple(basis for basis in (TYPICAL, SUM) if basis in held) or (SUM,)

    def picture(self, table: str, outcome: str, sector: str = "*", basis: str | None = None) -> pd.DataFrame:
        """The rows of one picture, of a sector or the programme; empty when the release does not hold it. basis: of
        lines; None: the one that is shown first.
        """
        rows = self._tables[table]
        mine = (rows["outcome"] == outcome) & (rows["sector"] == sector)
        return rows[mine & (rows["basis"] == (basis or self.line_bases[0]))] if table == "lines" else rows[mine]

    def picture_id(self, table: str, outcome: str, sector: str = "*", basis: str | None = None) -> str:
        """The id of a picture; empty when the release does not hold it."""
        mine = self.picture(table, outcome, sector, basis)
        return str(mine["figure_id"].iloc[0]) if len(mine) else ""

    def codes(self, dimension: str) -> list[str]:
        """The codes of a dimension that this release holds, in the programme's order."""
        if dimension not in self._codes:
            held = set(self.figures[dimension].unique())
            self._codes[dimension] = [code for code in self.programme.codes(dimension) if code in held]
        return self._codes[dimension]


def _round_grants(figures: pd.DataFrame) -> None:
    """Sums of grants to the cent, in place: older files have what adding binary numbers left of them."""
    grants = figures["measure"] == GRANTS.name
    figures.loc[grants, "value"] = figures.loc[grants, "value"].round(CENTS)


def _without_rules(figures: pd.DataFrame) -> pd.DataFrame:
    """Figures of format 4 or 5, whose status and reason told the rule of a withheld cell, as of today: confidential."""
    secret = figures["conf_status"].isin(["A", "G", "D"])
    told = {"conf_status": ConfStatus.CONFIDENTIAL.value, "reason": Reason.CONFIDENTIAL.value}
    return figures.assign(**{name: figures[name].mask(secret, code) for name, code in told.items()})
