"""What firms contribute, as cubes: of this release and of the earlier ones, beside which it is protected.

The cells are those of the programme file: the margins of every dimension and the named pairs, with the identities
between them. The comparison arm has cubes by whole sectors alone, since a comparison firm stands beside every group of
its sector.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, FloatArray
from analytics.build.contributions import (
    ANSWERED,
    MEASURED,
    SELLING,
    SELLS,
    TRACE,
    Contribution,
    contributions_in,
)
from analytics.disclosure.cube import UNKNOWN, Cube
from analytics.disclosure.linked_releases import ResponseVariable
from analytics.disclosure.rules import CUBE_MEASURES
from analytics.model import Arm, Estimand, Rule
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.release import Release
from analytics.release.figure import group_of
from analytics.release.measures import ALL, OVERALL

LEDGER_COLUMNS = ("arm", "outcome", "horizon", "conf_status", "rule")  # of a suppression ledger, beside the dimensions
ONLY_BY_WAVE = (MEASURED,)
OWN = -1  # in place of an earlier release: this one
# a count stands with one sum of its firms; a vote is a count
CELL_MEASURES = {
    "grants": ("value",),
    "before": CUBE_MEASURES,
    "after": ("value",),
    Estimand.EURO_WEIGHTED.value: CUBE_MEASURES,
}


@dataclass(frozen=True, slots=True, eq=False)
class EarlierInputs:
    """What stood behind an earlier release. ledger: what it withheld, see `WithheldCells.ledger`; programme: as it cut
    firms into cells; own_ledger: whether it says itself what it withheld, as in format 4 or 5; release: None in a
    process that only searches.
    """

    contributions: pd.DataFrame
    ledger: pd.DataFrame
    programme: Programme
    own_ledger: bool
    release: Release | None

    @classmethod
    def of(cls, release: Release, contributions: pd.DataFrame, ledger: pd.DataFrame) -> "EarlierInputs":
        """What stood behind that release."""
        return cls(contributions, ledger, release.programme, release.own_ledger is not None, release)


@dataclass(frozen=True, slots=True, eq=False)
class HorizonMeasure:
    """One column of the contributions as a cube beside its earlier selves, and the horizon that it is of."""

    horizon: str
    variable: ResponseVariable


def cube_dimensions(programme: Programme) -> tuple[str, ...]:
    """The dimensions of the cube: the programme's, and whether firms sell by their nature, which a reconciliation tells
    of a tranche.
    """
    return (*programme.dimension_names, SELLS)


class ContributionCubes:
    """The cubes of a release's contributions, each made once."""

    def __init__(self, frame: pd.DataFrame, programme: Programme, before: Sequence[EarlierInputs]) -> None:
        """frame: what each firm contributes, see `contributions`; before: what stood behind each earlier release."""
        self._frame, self._programme, self._before = frame, programme, before
        self._dimensions = cube_dimensions(programme)
        self._cubes: dict[tuple[Contribution, Arm], Cube] = {}
        self._of_units: dict[tuple[object, ...], Cube] = {}  # the first cube of some units in some tables

    @property
    def n_columns(self) -> int:
        """How many columns of contributions there are."""
        return sum(1 for _ in contributions_in(self._frame))

    def sectors_of(self, firms: frozenset[str]) -> frozenset[str]:
        """The sectors that firms lie in."""
        return frozenset(self._sector_of[firm] for firm in firms if firm in self._sector_of)

    @cached_property
    def _sector_of(self) -> dict[str, str]:
        """The sector of each firm of which it is known."""
        return {str(firm): str(sector) for firm, sector in self._frame["sector"].dropna().items()}

    @cached_property
    def selling_firms(self) -> dict[Group, frozenset[str]]:
        """The funded firms of each group, but for beneficiaries that sell nothing by their nature."""
        sellers = self._frame[self._frame[SELLS] == "yes"]
        cube = _cube(sellers, Contribution(ALL, ALL, "firms"), Arm.FUNDED, self._programme)
        assert cube.contributions is not None  # noqa: S101 - made of microdata
        firms = cube.contributions.groupby("cell")["unit"].agg(frozenset)
        pairs = zip(self.groups(cube, known=False), firms, strict=True)
        return {group: members for group, members in pairs if group is not None}

    def groups_of_same_firms(self) -> list[set[Group]]:
        """Groups that hold the same firms, together."""
        by_firms: dict[frozenset[str], set[Group]] = {}
        for group, firms in self.selling_firms.items():
            by_firms.setdefault(firms, set()).add(group)
        return [groups for groups in by_firms.values() if len(groups) > 1]

    def importance(self, base: Cube) -> FloatArray:
        """How many tables each cell stands in: its own, and those that it is a margin of."""
        tables = [set[str](), *map(set, _tables(self._programme, Arm.FUNDED))]
        named = [{name for name, _ in group or ()} for group in self.groups(base, known=False)]
        return np.array([float(max(1, sum(names <= table for table in tables))) for names in named])

    def base(self, arm: Arm) -> Cube:
        """The cube of firms, whose cells every pattern is over."""
        return self.own(Contribution(ALL, ALL, "firms"), arm)

    def own(self, contribution: Contribution, arm: Arm) -> Cube:
        """The cube of a column of this release."""
        if (contribution, arm) not in self._cubes:
            self._cubes[contribution, arm] = self._made(self._frame, contribution, arm, self._programme, OWN)
        return self._cubes[contribution, arm]

    def _made(self, frame: pd.DataFrame, contribution: Contribution, arm: Arm, programme: Programme, cut: int) -> Cube:
        """The cube of a column; cut: the release whose codes and tables it has, so that those of the same units differ
        in their values alone.
        """
        values = frame[contribution.column]
        units = cut, arm, contribution.what in ONLY_BY_WAVE, values.notna().to_numpy().tobytes()
        if units not in self._of_units:
            self._of_units[units] = _cube(frame, contribution, arm, programme)
            return self._of_units[units]
        return self._of_units[units].with_values(values, _most_per_unit(contribution, programme))

    def measures(self, arm: Arm, outcome: str) -> Iterator[HorizonMeasure]:
        """Each column of an outcome; the count of firms is the same for sums before and after."""
        of_arm = self._frame[self._frame["arm"] == arm.value]
        for contribution in contributions_in(self._frame):
            trace = contribution.is_trace
            idle = trace and (not self._before or contribution.what in (SELLING, ANSWERED))
            if contribution.outcome == outcome and not idle and of_arm[contribution.column].notna().any():
                cube = self.own(contribution, arm)
                earlier = self._earlier(contribution, arm)
                hidden = self._hidden(cube, contribution)
                cell_measures = CUBE_MEASURES if trace else CELL_MEASURES.get(contribution.what, ("n_units",))
                yield HorizonMeasure(
                    contribution.horizon, ResponseVariable(cube, earlier, hidden, cell_measures, trace)
                )

    def has(self, contribution: Contribution) -> bool:
        """Whether firms contribute this at all."""
        return contribution.column in self._frame

    def unchanged(self, arm: Arm, contribution: Contribution) -> set[Group]:
        """The groups in which every firm contributes what it did to every earlier release that has the group."""
        if any(contribution.column not in inputs.contributions for inputs in self._before):
            return set()
        cube = self.own(contribution, arm)
        found = dict(zip(cube.names, cube.fingerprints, strict=True))
        for earlier, _ in self._earlier(contribution, arm):
            before = dict(zip(earlier.names, earlier.fingerprints, strict=True))
            found = {name: mark for name, mark in found.items() if before.get(name, mark) == mark}
        return {group_of(name) for name in found}

    def _hidden(self, cube: Cube, contribution: Contribution) -> BoolArray:
        """Cells of firms whose code is not known are in no figure; nor are effects of too few firms, but for how many
        of a tranche are analysed, which a reconciliation tells.
        """
        groups, question = self.groups(cube), self._programme.headline
        hidden = np.array([group is None for group in groups], dtype=bool)
        if contribution.what in set(Estimand):
            few = cube.measure("n_units") < self._programme.settings.min_firms
            main = Contribution(question.outcome, question.horizon_code, question.estimand.value)
            told = [contribution == main and {name for name, _ in group or ()} <= {"wave"} for group in groups]
            hidden |= few & ~np.array(told, dtype=bool)
        return hidden

    def _earlier(self, contribution: Contribution, arm: Arm) -> list[tuple[Cube, BoolArray]]:
        """The same column behind each earlier release, and what that one did not publish anew."""
        column, earlier = contribution.column, []
        for place, inputs in enumerate(self._before):
            frame, programme = _with_column(inputs.contributions, contribution), inputs.programme
            if frame is not None:
                cut = self._cuts[place]
                if cut == OWN and self._frame[column].equals(frame[column]):
                    cube = self.own(contribution, arm)
                else:
                    cube = self._made(frame, contribution, arm, programme, cut)
                groups = self._withheld_by(place, arm, contribution.outcome, contribution.horizon)
                earlier.append((cube, self.mask(cube, groups) | self._hidden(cube, contribution)))
        return earlier

    @cached_property
    def _cuts(self) -> list[int]:
        """Of each earlier release its place, or `OWN` where its firms, their codes and the tables are this one's."""
        own, cuts = _codes_of(self._frame, self._dimensions), []
        for place, inputs in enumerate(self._before):
            same_tables = _tables_of(inputs.programme) == _tables_of(self._programme)
            same_codes = _codes_of(inputs.contributions, self._dimensions).equals(own)
            cuts.append(OWN if same_tables and same_codes else place)
        return cuts

    def _withheld_by(self, place: int, arm: Arm, outcome: str, horizon: str = ALL) -> dict[Group, Rule]:
        """The groups that an earlier release did not publish anew in a horizon, or in all of them, and why."""
        ledger = self._ledgers[place]
        return ledger.get((arm, outcome, ALL), {}) | ledger.get((arm, outcome, horizon), {})

    @cached_property
    def _ledgers(self) -> list[dict[tuple[str, str, str], dict[Group, Rule]]]:
        """Of each earlier release: arm, outcome and horizon -> the groups that it did not publish anew, and why."""
        ledgers = []
        for inputs in self._before:
            names = [name for name in map(str, inputs.ledger) if name not in LEDGER_COLUMNS]
            ledger: dict[tuple[str, str, str], dict[Group, Rule]] = {}
            for row in inputs.ledger.to_dict("records"):
                group = group_of({name: row[name] for name in names})
                ledger.setdefault((row["arm"], row["outcome"], row["horizon"]), {})[group] = Rule(row["rule"])
            ledgers.append(ledger)
        return ledgers

    def earlier_rules(self, arm: Arm, outcome: str) -> dict[Group, Rule]:
        """Why the release before withheld what it did in all its years, of cells that hold firms now; nothing where
        there was none of this format.
        """
        if not self._before or self._before[-1].own_ledger:
            return {}
        rules, filled = self._withheld_by(len(self._before) - 1, arm, outcome), set(self.groups(self.base(arm)))
        return {group: rule for group, rule in rules.items() if rule is not Rule.HELD and group in filled}

    def groups(self, cube: Cube, *, known: bool = True) -> list[Group | None]:
        """(n_cells,) the group that each cell is of. known: None for firms whose code in a dimension is not known."""
        dimensions = tuple(cube.dimensions)
        groups = [_group_of_codes(dimensions, codes) for codes in cube.positions]
        return [None if known and UNKNOWN in dict(group).values() else group for group in groups]

    def mask(self, cube: Cube, groups: Mapping[Group, Any]) -> BoolArray:
        """(n_cells,) which cells are of these groups."""
        return np.array([group in groups for group in self.groups(cube, known=False)], dtype=bool)


def _tables(programme: Programme, arm: Arm) -> list[tuple[str, ...]]:
    """The tables of an arm's cube: its margins and pairs."""
    if arm is Arm.COMPARISON:
        return [(name,) for name in programme.sector_dimensions]
    return [*((name,) for name in cube_dimensions(programme)), (SELLS, "wave"), *programme.pairs]


def _cube(frame: pd.DataFrame, contribution: Contribution, arm: Arm, programme: Programme) -> Cube:
    """The cube of a column of an arm, over the dimensions of which any code is known, as a programme file cuts it."""
    column, dimensions = contribution.column, cube_dimensions(programme)
    frame = frame.reindex(columns=["arm", *dimensions, column])
    rows = frame.loc[(frame["arm"] == arm.value) & frame[column].notna(), [*dimensions, column]]
    known = {name for name in dimensions if frame[name].notna().any()}
    parents = {dimension.name: dimension.parents for dimension in programme.dimensions} | {"beneficiary_kind": (SELLS,)}
    nested = {inner: [outer for outer in outers if outer in known] for inner, outers in parents.items()}
    tables = [("wave",)] if contribution.what in ONLY_BY_WAVE else _tables(programme, arm)
    return Cube.from_microdata(
        rows.reset_index(names="firm_"),
        dimensions=dimensions,
        value=column,
        unit="firm_",
        hierarchies={inner: outers for inner, outers in nested.items() if inner in known and outers},
        tables=[table for table in tables if set(table) <= known],
        most_per_unit=_most_per_unit(contribution, programme),
        link_undeclared=True,
    )


def _tables_of(programme: Programme) -> tuple[object, ...]:
    """What of a programme file says how firms are cut into cells."""
    return programme.dimensions, programme.pairs, programme.grant_max


def _codes_of(frame: pd.DataFrame, dimensions: Sequence[str]) -> pd.DataFrame:
    """The arm and codes of each firm, of any store or file: None where none is known."""
    codes = frame.reindex(columns=["arm", *dimensions]).astype(object)
    return codes.where(codes.notna(), None)


def _most_per_unit(contribution: Contribution, programme: Programme) -> float:
    """What everybody knows that no firm contributes more than."""
    most = programme.grant_max if contribution.what == "grants" else None
    return np.inf if most is None else float(most)


def _with_column(frame: pd.DataFrame, contribution: Contribution) -> pd.DataFrame | None:
    """What stood behind an earlier release, where it has that column. Up to format 5, one trace served all horizons."""
    of_all, of_years = (Contribution(contribution.outcome, at, TRACE).column for at in (ALL, OVERALL))
    if contribution.what == TRACE and of_years not in frame:
        return frame.rename(columns={of_all: of_years}) if contribution.column == of_years and of_all in frame else None
    return frame if contribution.column in frame else None


@cache
def _group_of_codes(dimensions: tuple[str, ...], codes: tuple[str, ...]) -> Group:
    """The group of a cell, by its codes in the order of the dimensions."""
    return group_of(zip(dimensions, codes, strict=True))
