"""The public side: one immutable DuckDB file per release. Everything that pages, exports and the API show is read here.

A release file is written once under its own name and never changed; which of them readers see is `releases`' business.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from analytics.arrays import ObjectArray
from analytics.folders import name_once, to_disk
from analytics.model import CheckReason, DataKind, Grade, Reason, Result, UserError, Verdict
from analytics.programme.dimensions import DIMENSIONS
from analytics.programme.file import Programme
from analytics.programme.parts import Tranche

FORMAT_VERSION = 5
READABLE = (4, 5)  # what an older one lacks is empty: an old address still shows its release
LATER = {"spread": ("figure_id", "outcome", "sector", "horizon", "place", "value", "n", "obs_status")}
RELEASE_TABLES = ("figures", "lines", "spread", "reconciliation", "applications", "suppressed")
PICTURES = ("lines", "spread")  # tables whose rows make one picture, with one id


@dataclass(frozen=True, slots=True)
class Figure:
    """One published number, or the reason why it is not published. Fractions: 0.12 is 12%."""

    figure_id: str
    outcome: str
    measure: str
    arm: str
    horizon: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    half_low: float | None
    half_high: float | None
    sim_low: float | None
    sim_high: float | None
    mde: float | None
    shrunk: float | None
    firms_needed: int | None
    years_needed: int | None
    level: float | None
    grade: Grade | None
    verdict: Verdict | None
    result: Result | None
    because: CheckReason | None
    n_funded: int | None
    n_comparison: int | None
    obs_status: str
    conf_status: str
    reason: Reason | None

    @property
    def published(self) -> bool:
        """Whether there is a value to show."""
        return self.value is not None


_CODES: dict[str, type[StrEnum]] = {
    "reason": Reason,
    "grade": Grade,
    "verdict": Verdict,
    "result": Result,
    "because": CheckReason,
}
_FIGURE_COLUMNS = [field.name for field in fields(Figure)]


class Release:
    """One release file, read into memory. Frames are shared between readers: never change them."""

    def __init__(self, path: Path) -> None:
        """Read the whole file. Raises UserError when it is not a release of a known format."""
        try:
            with duckdb.connect(path, read_only=True) as connection:
                rows = connection.execute("SELECT key, value FROM manifest").fetchall()
                self.manifest: dict[str, Any] = {key: json.loads(value) for key, value in rows}
                held = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
                self._tables = {
                    name: connection.execute(f"SELECT * FROM {name}").df()  # noqa: S608
                    for name in RELEASE_TABLES
                    if name in held
                }
        except duckdb.Error as error:
            raise UserError("release.unreadable", file=path.name) from error
        if self.manifest["format_version"] not in READABLE:
            raise UserError("release.version", file=path.name, found=self.manifest["format_version"])
        for name, columns in LATER.items():
            self._tables.setdefault(name, pd.DataFrame(columns=list(columns)))
        self.programme = Programme.model_validate(self.manifest["programme"])

    @property
    def release_id(self) -> str:
        """Such as 2026-1."""
        return str(self.manifest["release"])

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
    def applications(self) -> pd.DataFrame:
        """How applications ended."""
        return self._tables["applications"]

    @property
    def suppressed(self) -> pd.DataFrame:
        """The suppression ledger: which cells are withheld, and by which rule."""
        return self._tables["suppressed"]

    @property
    def simulated(self) -> bool:
        """Whether every figure is invented and must say so."""
        return self.programme.data_kind is DataKind.SIMULATED

    @cached_property
    def _row_of_cell(self) -> dict[tuple[str, ...], int]:
        keys = self.figures[["outcome", "measure", "arm", "horizon", *DIMENSIONS]].itertuples(index=False, name=None)
        return {key: row for row, key in enumerate(keys)}

    @cached_property
    def _row_of_id(self) -> dict[str, int]:
        return {figure_id: row for row, figure_id in enumerate(self.figures["figure_id"])}

    @cached_property
    def _columns(self) -> list[ObjectArray]:
        return [self.figures[name].to_numpy(dtype=object) for name in _FIGURE_COLUMNS]

    def _at(self, row: int | None) -> Figure | None:
        return None if row is None else _figure([column[row] for column in self._columns])

    def figure(
        self,
        measure: str,
        *,
        outcome: str = "*",
        arm: str = "*",
        horizon: str = "*",
        group: Mapping[str, str] | None = None,
    ) -> Figure | None:
        """The figure of a cell; None when the release does not hold such a cell."""
        dimensions = dict.fromkeys(DIMENSIONS, "*") | dict(group or {})
        key = (outcome, measure, arm, horizon, *(dimensions[name] for name in DIMENSIONS))
        return self._at(self._row_of_cell.get(key))

    def measured(self, measure: str, outcome: str) -> list[Figure]:
        """The figures of a measure, of the whole programme: every arm and horizon."""
        whole = (self.figures[list(DIMENSIONS)] == "*").all(axis=1)
        mine = whole & (self.figures["measure"] == measure) & (self.figures["outcome"] == outcome)
        return [_figure([column[at] for column in self._columns]) for at in mine.to_numpy().nonzero()[0]]

    def by_id(self, figure_id: str) -> Figure | None:
        """The figure with that id; None when this release does not hold it."""
        return self._at(self._row_of_id.get(figure_id))

    def group_of(self, figure: Figure) -> list[tuple[str, str]]:
        """Dimension and code of what the figure is about; empty for the whole programme."""
        row = self.figures.iloc[self._row_of_id[figure.figure_id]]
        return [(name, str(row[name])) for name in DIMENSIONS if row[name] != "*"]

    def holds(self, figure_id: str) -> bool:
        """Whether a number or a picture of this release has that id."""
        return self.by_id(figure_id) is not None or self.picture_of(figure_id) is not None

    def picture_of(self, figure_id: str) -> str | None:
        """The table that holds the picture of that id: "lines" or "spread"; None when there is none."""
        return next((name for name in PICTURES if (self._tables[name]["figure_id"] == figure_id).any()), None)

    def picture(self, table: str, outcome: str, sector: str = "*") -> pd.DataFrame:
        """The rows of one picture, of a sector or the programme; empty when the release does not hold it."""
        rows = self._tables[table]
        return rows[(rows["outcome"] == outcome) & (rows["sector"] == sector)]

    def picture_id(self, table: str, outcome: str, sector: str = "*") -> str:
        """The id of a picture; empty when the release does not hold it."""
        mine = self.picture(table, outcome, sector)
        return str(mine["figure_id"].iloc[0]) if len(mine) else ""

    def above_announced(self) -> list[Tranche]:
        """Tranches for which more firms or euros were loaded than announced: something is loaded twice, or wrong."""
        rows = self.reconciliation.set_index("tranche")
        firms = (rows["loaded_firms"] > rows["announced_firms"]).fillna(False)  # what nobody stated is not exceeded
        euros = rows["loaded_eur"].astype(float) > rows["announced_eur"].astype(float)
        above = firms | (euros & (rows["announced_eur_is"] == "grants"))
        return [tranche for tranche in self.programme.tranches if bool(above.get(tranche.id, False))]

    def headline(self) -> Figure:
        """The one figure of the first screen."""
        named = self.programme.headline
        found = self.figure(named.estimand, outcome=named.outcome, horizon=str(named.horizon))
        if found is None:
            raise UserError("release.no_headline", release=self.release_id)
        return found

    def codes(self, dimension: str) -> list[str]:
        """The codes of a dimension that this release holds, in the programme's order."""
        held = set(self.figures[dimension])
        return [code for code in self.programme.codes(dimension) if code in held]


def _figure(row: Sequence[Any]) -> Figure:
    values: dict[str, Any] = dict(
        zip(_FIGURE_COLUMNS, (None if pd.isna(value) else value for value in row), strict=True)
    )
    for name, kind in _CODES.items():
        values[name] = None if values[name] is None else kind(values[name])
    for name in ("n_funded", "n_comparison", "firms_needed", "years_needed"):
        values[name] = None if values[name] is None else int(values[name])
    return Figure(**values)


def write_release(path: Path, manifest: Mapping[str, object], tables: Mapping[str, pd.DataFrame]) -> None:
    """Make the file whole, then give it its name: nobody ever sees half a release.

    Raises UserError when a release of that name exists: it is never replaced.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    schema = (Path(__file__).parent / "release.sql").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        whole = Path(folder) / path.name
        with duckdb.connect(whole) as connection:
            connection.execute(schema)
            for key, value in {"format_version": FORMAT_VERSION, **manifest}.items():
                connection.execute("INSERT INTO manifest VALUES (?, ?)", [key, json.dumps(value, ensure_ascii=False)])
            for name, frame in tables.items():
                columns = ", ".join(frame.columns)
                connection.register("incoming", frame)
                connection.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM incoming")  # noqa: S608
                connection.unregister("incoming")
        to_disk(whole)
        whole.chmod(0o444)
        try:
            name_once(whole, path)
        except FileExistsError as error:
            raise UserError("release.taken", release=path.stem) from error
    to_disk(path.parent)
