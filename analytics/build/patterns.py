"""Which cells of a release are withheld: one pattern for counts and grants, one for each outcome in all its years.

The cells are those of the programme file: the margins of every dimension and the named pairs, with the identities
between them. A pattern is searched for all its measures at once (sums before and after, expected sums, counts, of each
horizon), together with the earlier releases, and attacked before it is used. The comparison arm has patterns of its
own: it is published by sector alone, since a comparison firm stands beside every group of its sector.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, FloatArray
from analytics.build.contributions import ALL, SELLS, TRACE, column
from analytics.disclosure import Protection
from analytics.disclosure.attacker import attack
from analytics.disclosure.cube import TOTAL, UNKNOWN, Cube
from analytics.disclosure.linked_releases import ResponseVariable
from analytics.disclosure.protect import protect_together
from analytics.disclosure.rules import MEASURES, ROUNDING
from analytics.model import Arm, ConfStatus, DisclosureRules, Estimand, Progress, Rule, UserError, silent
from analytics.programme.dimensions import DIMENSIONS, HIERARCHY, NESTED
from analytics.programme.file import Programme
from analytics.release import Release

CUBE = (*DIMENSIONS, SELLS)  # a reconciliation tells how many firms of a tranche sell by their nature
NESTS = {**NESTED, "beneficiary_kind": SELLS}
WHO = ["arm", *CUBE]
CubeCell = tuple[str, ...]  # codes in the order of CUBE
# a count stands with one sum of its firms; a vote is a count
QUANTITIES = {"grants": ("value",), "before": MEASURES, "after": ("value",), Estimand.EURO_WEIGHTED.value: MEASURES}
CONF_STATUS_OF = {
    Rule.MIN_UNITS: ConfStatus.SMALL_COUNT,
    Rule.P_PERCENT: ConfStatus.DOMINANCE,
    Rule.SECONDARY: ConfStatus.SECONDARY,
    Rule.HELD: ConfStatus.FREE,
}


@dataclass(frozen=True, slots=True, eq=False)
class EarlierInputs:
    """What stood behind an earlier release, and the release."""

    contributions: pd.DataFrame
    release: Release


@dataclass(frozen=True, slots=True)
class PatternSummary:
    """How one pattern came out. gap: see `Protection`; narrowest: the shortest interval that the attacker is left with,
    beside the one that is asked, None where nothing is confidential.
    """

    cells: int
    primary: int
    secondary: int
    held: int
    gap: float
    narrowest: float | None


PatternKey = tuple[Arm, str, str]  # arm, outcome ("*": counts and grants), horizon ("*": all of them)


@dataclass(frozen=True, slots=True, eq=False)
class WithheldCells:
    """What is withheld of each arm, and by which rule; effects go with the funded arm. solved: by arm and outcome."""

    rules: Mapping[PatternKey, Mapping[CubeCell, Rule]]
    solved: Mapping[tuple[Arm, str], PatternSummary]

    def rule(self, outcome: str, horizon: str, cell: CubeCell, arm: Arm = Arm.FUNDED) -> Rule | None:
        """Why a cell of an outcome's figures is withheld or held, or None."""
        always = self.rules.get((arm, outcome, ALL), {})
        return always.get(cell) or self.rules.get((arm, outcome, horizon), {}).get(cell)

    def horizons(self, outcome: str) -> set[str]:
        """Those that have rules of their own, and all of them together."""
        return {ALL} | {horizon for _, about, horizon in self.rules if about == outcome}

    def beside(self, outcome: str, horizon: str = ALL) -> set[Rule]:
        """The rules by which comparison firms of any sector are withheld or held."""
        cells = [self.rules.get((Arm.COMPARISON, outcome, at), {}) for at in {ALL, horizon}]
        return {rule for one in cells for rule in one.values()}

    def ledger(self) -> pd.DataFrame:
        """The suppression ledger, columns as in release.sql."""
        rows = [
            (arm.value, outcome, horizon, *cell, CONF_STATUS_OF[rule].value, rule.value)
            for (arm, outcome, horizon), cells in self.rules.items()
            for cell, rule in cells.items()
        ]
        columns = ["arm", "outcome", "horizon", *CUBE, "conf_status", "rule"]
        return pd.DataFrame(rows, columns=columns).sort_values(columns, ignore_index=True)


def cube_cell(**codes: str) -> CubeCell:
    """The cell of those codes, all else being total."""
    return tuple(codes.get(name, TOTAL) for name in CUBE)


def find_withheld_cells(
    frame: pd.DataFrame, programme: Programme, before: Sequence[EarlierInputs] = (), progress: Progress = silent
) -> WithheldCells:
    """The patterns of a release whose firms contribute what `frame` says (see `contributions`).

    Counts and grants come first; then each outcome, one that is part of another ahead of it: what is withheld of the
    first of two is withheld of the second, which would else bound it. before: what stood behind every release that was
    ever published. Raises UserError naming the cells when no pattern is safe, or when the attacker can tell one too
    closely.
    """
    outcomes = sorted(programme.outcomes, key=lambda outcome: outcome.share_of is None)
    patterns = _Patterns(frame, programme, before)
    for done, outcome in enumerate([None, *outcomes]):
        progress("protect", done, 1 + len(outcomes))
        if outcome is None:
            patterns.find(ALL, [])
        else:
            patterns.find(outcome.name, [ALL, *(part.name for part in outcomes if part.share_of == outcome.name)])
    progress("protect", 1 + len(outcomes), 1 + len(outcomes))
    return WithheldCells(patterns.rules, patterns.solved)


@dataclass(frozen=True, slots=True, eq=False)
class _Measure:
    """One column of the contributions as a cube beside its earlier selves."""

    horizon: str
    shared: ResponseVariable


class _Patterns:
    """The patterns found so far, and how to find the next."""

    def __init__(self, frame: pd.DataFrame, programme: Programme, before: Sequence[EarlierInputs]) -> None:
        self.rules: dict[PatternKey, dict[CubeCell, Rule]] = {}
        self.solved: dict[tuple[Arm, str], PatternSummary] = {}
        self._frame, self._programme, self._before = frame, programme, before
        self._limits = programme.disclosure_rules
        self._cubes: dict[tuple[str, Arm], Cube] = {}

    def find(self, outcome: str, under: Sequence[str]) -> None:
        """The comparison arm's pattern, then the funded arm's. under: outcomes whose withheld cells are withheld here
        too, unless another cell tells of the same firms' sales.
        """
        self._pattern(Arm.COMPARISON, outcome, {}, {})
        forced = {cell: rule for one in under for cell, rule in self.rules[Arm.FUNDED, one, ALL].items()}
        for twins in self._twins() if under else ():
            if not twins <= forced.keys():
                forced = {cell: rule for cell, rule in forced.items() if cell not in twins}
        self._pattern(Arm.FUNDED, outcome, forced, self._told_by_effects(outcome))

    def _told_by_effects(self, outcome: str) -> dict[CubeCell, Rule]:
        """Groups whose comparison firms, all those of their sectors, would be told about by their effect."""
        found: dict[CubeCell, Rule] = {}
        beside: dict[frozenset[str], list[CubeCell]] = {}
        for cell, units in self._sellers.items():
            beside.setdefault(frozenset(self._frame["sector"][list(units)].dropna()), []).append(cell)
        for one in self._measures(Arm.COMPARISON, outcome) if outcome != ALL else ():
            parts = one.shared.cube.cells.set_index("sector")[["n_units", "value", "largest", "second"]]
            for sectors, cells in beside.items():
                rule = None if one.shared.trace else _dominated(parts[parts.index.isin(sectors)], self._limits)
                found |= dict.fromkeys(cells, rule) if rule is not None else {}
        return found

    def _pattern(
        self, arm: Arm, outcome: str, forced: Mapping[CubeCell, Rule], secret: Mapping[CubeCell, Rule]
    ) -> None:
        """Search, attack, and note what came out. forced: what is withheld in any case; secret: and confidential."""
        base, measures = self._base(arm), list(self._measures(arm, outcome))
        found = protect_together(
            [ResponseVariable(base, measures=()), *(one.shared for one in measures)],
            self._limits,
            withheld=_mask(base, forced),
            sensitive=_mask(base, secret),
            importance=self._importance(base),
            protect_changes=False,
        )
        told = {
            cell: Rule.MIN_UNITS if few else Rule.P_PERCENT if primary else Rule.SECONDARY
            for cell, few, primary, one in zip(base.positions, found.few, found.primary, found.withheld, strict=True)
            if one and UNKNOWN not in cell
        }
        rules = {cell: forced.get(cell) or secret.get(cell) or rule for cell, rule in told.items()}
        self.rules[arm, outcome, ALL] = rules
        narrowest, held = np.inf, 0
        for horizon in dict.fromkeys(one.horizon for one in measures):
            mine = [one.shared for one in measures if one.horizon == horizon]
            withheld = self._held((arm, outcome, horizon), base, mine, found)
            held += sum(rule is Rule.HELD for rule in self.rules.get((arm, outcome, horizon), {}).values())
            narrowest = min([narrowest, *(_attacked(one, withheld, base, secret, self._limits) for one in mine)])
        self.solved[arm, outcome] = PatternSummary(
            cells=sum(UNKNOWN not in cell for cell in base.positions),
            primary=sum(rule in (Rule.MIN_UNITS, Rule.P_PERCENT) for rule in rules.values()),
            secondary=sum(rule is Rule.SECONDARY for rule in rules.values()),
            held=held,
            gap=found.gap,
            narrowest=float(narrowest) if np.isfinite(narrowest) else None,
        )

    def _held(self, key: PatternKey, base: Cube, measures: Sequence[ResponseVariable], found: Protection) -> BoolArray:
        """What stays as an earlier release had it, in one horizon: so few firms changed that the difference would tell
        of them, or it would give those away. Answers all that is not published anew, (n_cells,).
        """
        if not any(cube is not one.cube for one in measures for cube, _ in one.published_before):
            return found.withheld  # nobody changed
        again = protect_together(
            [ResponseVariable(base, measures=()), *measures],
            self._limits,
            withheld=found.withheld,
            importance=self._importance(base),
        )
        new = again.withheld & ~found.withheld
        told = {cell: Rule.HELD for cell, one in zip(base.positions, new, strict=True) if one and UNKNOWN not in cell}
        self.rules[key] = self.rules.get(key, {}) | told
        return again.withheld

    @cached_property
    def _sellers(self) -> dict[CubeCell, frozenset[str]]:
        """The funded firms of each cell, but for beneficiaries that sell nothing by their nature."""
        cube = self._cube(self._frame[self._frame[SELLS] == "yes"], column(ALL, ALL, "firms"), Arm.FUNDED)
        assert cube.contributions is not None  # noqa: S101 - made of microdata
        return dict(zip(cube.positions, cube.contributions.groupby("cell")["unit"].agg(frozenset), strict=True))

    def _twins(self) -> list[set[CubeCell]]:
        """Cells that hold the same of them."""
        alike: dict[frozenset[str], set[CubeCell]] = {}
        for cell, units in self._sellers.items():
            alike.setdefault(units, set()).add(cell)
        return [cells for cells in alike.values() if len(cells) > 1]

    # ---- measures ----------------------------------------------------------------------------------------------------

    def _tables(self, arm: Arm) -> list[tuple[str, ...]]:
        if arm is Arm.COMPARISON:
            return [(name,) for name in HIERARCHY]
        return [*((name,) for name in CUBE), (SELLS, "wave"), *self._programme.pairs]

    def _importance(self, base: Cube) -> FloatArray:
        """How many tables each cell stands in: its own, and those that it is a margin of."""
        tables = [set[str](), *map(set, self._tables(Arm.FUNDED))]
        own = [{name for name, code in zip(CUBE, cell, strict=True) if code != TOTAL} for cell in base.positions]
        return np.array([float(max(1, sum(mine <= table for table in tables))) for mine in own])

    def _base(self, arm: Arm) -> Cube:
        return self._own(column(ALL, ALL, "firms"), arm)

    def _own(self, name: str, arm: Arm) -> Cube:
        """The cube of a column of this release."""
        if (name, arm) not in self._cubes:
            self._cubes[name, arm] = self._cube(self._frame, name, arm)
        return self._cubes[name, arm]

    def _measures(self, arm: Arm, outcome: str) -> Iterator[_Measure]:
        """Each column of an outcome; the count of firms is the same for sums before and after."""
        mine = self._frame[self._frame["arm"] == arm.value]
        for name in map(str, self._frame):
            about, horizon, what = name.split("|") if "|" in name else ("", "", "")
            idle = what.startswith(TRACE) and not self._before
            if about == outcome and not idle and mine[name].notna().any():
                cube = self._own(name, arm)
                earlier = self._earlier((arm, outcome, horizon), name, what)
                hidden = self._hidden(cube, what)
                trace = what.startswith(TRACE)
                quantities = MEASURES if trace else QUANTITIES.get(what, ("n_units",))
                yield _Measure(horizon, ResponseVariable(cube, earlier, hidden, quantities, trace))

    def _hidden(self, cube: Cube, what: str) -> BoolArray:
        """Cells of firms whose code is not known are in no figure; nor are effects of too few firms."""
        hidden = np.array([UNKNOWN in cell for cell in cube.positions], dtype=bool)
        if what in set(Estimand):
            hidden |= cube.measure("n_units") < self._programme.settings.min_firms
        return hidden

    def _earlier(self, key: PatternKey, name: str, what: str) -> list[tuple[Cube, BoolArray]]:
        """The same column behind each earlier release, and what that one did not publish anew."""
        arm, outcome, horizon = key
        found = []
        for behind in self._before:
            if name in behind.contributions:
                same = self._frame[[*WHO, name]].equals(behind.contributions[[*WHO, name]])
                cube = self._own(name, arm) if same else self._cube(behind.contributions, name, arm)
                ledger = behind.release.suppressed
                mine = ledger[(ledger["arm"] == arm) & (ledger["outcome"] == outcome)]
                mine = mine[mine["horizon"].isin([ALL, horizon])]
                withheld = dict.fromkeys(mine[list(CUBE)].itertuples(index=False, name=None))
                found.append((cube, _mask(cube, withheld) | self._hidden(cube, what)))
        return found

    def _cube(self, frame: pd.DataFrame, name: str, arm: Arm) -> Cube:
        mine = frame.loc[(frame["arm"] == arm.value) & frame[name].notna(), [*CUBE, name]]
        known = {one for one in CUBE if frame[one].notna().any()}
        return Cube.from_microdata(
            mine.reset_index(names="firm_"),
            dimensions=CUBE,
            value=name,
            unit="firm_",
            hierarchies={inner: outer for inner, outer in NESTS.items() if {inner, outer} <= known},
            tables=[table for table in self._tables(arm) if set(table) <= known],
        )


def _dominated(parts: pd.DataFrame, limits: DisclosureRules) -> Rule | None:
    """The rule that several sectors' comparison firms together would break."""
    if parts.empty:
        return None
    n, total = parts["n_units"].sum(), parts["value"].sum()
    largest, second = np.sort(parts[["largest", "second"]].to_numpy(), axis=None)[:-3:-1]
    if 0 < n < limits.min_units:
        return Rule.MIN_UNITS
    return Rule.P_PERCENT if total - largest - second < limits.p_percent / 100 * largest - ROUNDING * total else None


def _mask(cube: Cube, cells: Mapping[CubeCell, Any]) -> BoolArray:
    return np.array([cell in cells for cell in cube.positions], dtype=bool)


def _attacked(
    shared: ResponseVariable, withheld: BoolArray, base: Cube, secret: Mapping[CubeCell, Rule], limits: DisclosureRules
) -> float:
    """The narrowest interval beside the one that is asked. Raises UserError at one that is narrower."""
    cube = shared.cube
    if shared.trace:
        return np.inf
    mask = withheld[[base.positions[cell] for cell in cube.positions]]
    if shared.hidden is not None:
        mask |= shared.hidden
    further = [place for place, cell in enumerate(cube.positions) if cell in secret]
    found = attack(
        cube, mask, limits, published_before=shared.published_before, sensitive=further, measures=shared.measures
    )
    if found["narrowed"].any():
        narrowed = found.loc[found["narrowed"], "cell"].unique().tolist()
        raise UserError("disclosure.narrowed", cells="; ".join(cube.labels(narrowed)))
    asked = found["need_upper"] - found["need_lower"]
    ratio = (found["upper"] - found["lower"])[asked > 0] / asked[asked > 0]
    return float(ratio.min()) if len(ratio) else np.inf
