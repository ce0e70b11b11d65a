"""Which cells of a release are withheld: one pattern for counts and grants, one for each outcome in all its years.

The cells are those of the programme file: the margins of every dimension and the named pairs, with the identities
between them. A pattern is searched for all its measures at once (sums before and after, expected sums, counts, of each
horizon), together with the earlier releases, and attacked before it is used. The comparison arm has patterns of its
own: it is published by sector alone, since a comparison firm stands beside every group of its sector.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, FloatArray
from analytics.build.contributions import SELLS, TRACE, Contribution, contributions_in
from analytics.disclosure.attacker import attack
from analytics.disclosure.cube import UNKNOWN, Cube
from analytics.disclosure.protect import Protection, Shared, protect_together
from analytics.disclosure.rules import MEASURES, ROUNDING
from analytics.model import Arm, ConfStatus, DisclosureRules, Estimand, Progress, Rule, UserError, silent
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.release import Release
from analytics.release.figure import group_of
from analytics.release.manifest import PatternSummary
from analytics.release.measures import ALL

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


PatternKey = tuple[Arm, str, str]  # arm, outcome ("*": counts and grants), horizon ("*": all of them)


@dataclass(frozen=True, slots=True, eq=False)
class WithheldCells:
    """What is withheld of each arm, and by which rule; effects go with the funded arm.

    summaries: how each search came out, by arm and outcome ("*": counts and grants).
    """

    rules: Mapping[PatternKey, Mapping[Group, Rule]]
    summaries: Mapping[tuple[Arm, str], PatternSummary]

    def rule(self, outcome: str, horizon: str, group: Group, arm: Arm = Arm.FUNDED) -> Rule | None:
        """Why the figures of a group are withheld or held, or None; of an outcome ("*": counts and grants)."""
        always = self.rules.get((arm, outcome, ALL), {})
        return always.get(group) or self.rules.get((arm, outcome, horizon), {}).get(group)

    def horizons(self, outcome: str) -> set[str]:
        """Those that have rules of their own, and all of them together."""
        return {ALL} | {horizon for _, about, horizon in self.rules if about == outcome}

    def comparison_rules(self, outcome: str, horizon: str = ALL) -> set[Rule]:
        """The rules by which comparison firms of any sector are withheld or held."""
        by_horizon = [self.rules.get((Arm.COMPARISON, outcome, at), {}) for at in {ALL, horizon}]
        return {rule for rules in by_horizon for rule in rules.values()}

    def ledger(self, dimensions: Sequence[str]) -> pd.DataFrame:
        """The suppression ledger, columns as in release.sql. dimensions: of the cube, in the order of its columns."""
        rows = [
            {"arm": arm.value, "outcome": outcome, "horizon": horizon}
            | dict.fromkeys(dimensions, ALL)
            | dict(group)
            | {"conf_status": CONF_STATUS_OF[rule].value, "rule": rule.value}
            for (arm, outcome, horizon), groups in self.rules.items()
            for group, rule in groups.items()
        ]
        columns = ["arm", "outcome", "horizon", *dimensions, "conf_status", "rule"]
        return pd.DataFrame(rows, columns=columns).sort_values(columns, ignore_index=True)


def cube_dimensions(programme: Programme) -> tuple[str, ...]:
    """The dimensions of the cube: the programme's, and whether firms sell by their nature, which a reconciliation tells
    of a tranche.
    """
    return (*programme.dimension_names, SELLS)


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
    return WithheldCells(patterns.rules, patterns.summaries)


@dataclass(frozen=True, slots=True, eq=False)
class _HorizonMeasure:
    """One column of the contributions as a cube beside its earlier selves, and the horizon that it is of."""

    horizon: str
    shared: Shared


class _Patterns:
    """The patterns found so far, and how to find the next."""

    def __init__(self, frame: pd.DataFrame, programme: Programme, before: Sequence[EarlierInputs]) -> None:
        self.rules: dict[PatternKey, dict[Group, Rule]] = {}
        self.summaries: dict[tuple[Arm, str], PatternSummary] = {}
        self._frame, self._programme, self._before = frame, programme, before
        self._dimensions = cube_dimensions(programme)
        self._limits = programme.disclosure_rules
        self._cubes: dict[tuple[Contribution, Arm], Cube] = {}

    def find(self, outcome: str, under: Sequence[str]) -> None:
        """The comparison arm's pattern, then the funded arm's. under: outcomes whose withheld groups are withheld here
        too, unless another group tells of the same firms' sales.
        """
        self._find(Arm.COMPARISON, outcome, {}, {})
        forced = {group: rule for other in under for group, rule in self.rules[Arm.FUNDED, other, ALL].items()}
        for twins in self._groups_of_same_firms() if under else ():
            if not twins <= forced.keys():
                forced = {group: rule for group, rule in forced.items() if group not in twins}
        self._find(Arm.FUNDED, outcome, forced, self._groups_told_by_effects(outcome))

    def _groups_told_by_effects(self, outcome: str) -> dict[Group, Rule]:
        """Groups whose comparison firms, all those of their sectors, would be told about by their effect."""
        rules: dict[Group, Rule] = {}
        groups_of_sectors: dict[frozenset[str], list[Group]] = {}
        for group, firms in self._selling_firms.items():
            sectors = frozenset(self._frame["sector"][list(firms)].dropna())
            groups_of_sectors.setdefault(sectors, []).append(group)
        for measure in self._measures(Arm.COMPARISON, outcome) if outcome != ALL else ():
            parts = measure.shared.cube.cells.set_index("sector")[["n_units", "value", "largest", "second"]]
            for sectors, groups in groups_of_sectors.items():
                rule = None if measure.shared.trace else _rule_broken(parts[parts.index.isin(sectors)], self._limits)
                rules |= dict.fromkeys(groups, rule) if rule is not None else {}
        return rules

    def _find(self, arm: Arm, outcome: str, forced: Mapping[Group, Rule], secret: Mapping[Group, Rule]) -> None:
        """Search, attack, and note what came out. forced: what is withheld in any case; secret: and confidential."""
        base, measures = self._base(arm), list(self._measures(arm, outcome))
        pattern = protect_together(
            [Shared(base, quantities=()), *(measure.shared for measure in measures)],
            self._limits,
            withheld=self._mask(base, forced),
            secret=self._mask(base, secret),
            importance=self._importance(base),
            apart=False,
        )
        rules = {
            group: forced.get(group) or secret.get(group) or own for group, own in self._rules_of(base, pattern).items()
        }
        self.rules[arm, outcome, ALL] = rules
        narrowest, held = np.inf, 0
        for horizon in dict.fromkeys(measure.horizon for measure in measures):
            of_horizon = [measure.shared for measure in measures if measure.horizon == horizon]
            withheld = self._hold((arm, outcome, horizon), base, of_horizon, pattern)
            held += sum(rule is Rule.HELD for rule in self.rules.get((arm, outcome, horizon), {}).values())
            narrowest = min([narrowest, *(self._attack(shared, withheld, base, secret) for shared in of_horizon)])
        self.summaries[arm, outcome] = PatternSummary(
            cells=sum(group is not None for group in self._groups(base)),
            primary=sum(rule in (Rule.MIN_UNITS, Rule.P_PERCENT) for rule in rules.values()),
            secondary=sum(rule is Rule.SECONDARY for rule in rules.values()),
            held=held,
            gap=pattern.gap,
            narrowest=float(narrowest) if np.isfinite(narrowest) else None,
        )

    def _rules_of(self, base: Cube, pattern: Protection) -> dict[Group, Rule]:
        """Why each withheld group of a pattern is withheld."""
        masks = zip(self._groups(base), pattern.few, pattern.primary, pattern.withheld, strict=True)
        return {
            group: Rule.MIN_UNITS if few else Rule.P_PERCENT if primary else Rule.SECONDARY
            for group, few, primary, withheld in masks
            if withheld and group is not None
        }

    def _hold(self, key: PatternKey, base: Cube, measures: Sequence[Shared], pattern: Protection) -> BoolArray:
        """What stays as an earlier release had it, in one horizon: so few firms changed that the difference would tell
        of them, or it would give those away. Answers all that is not published anew, (n_cells,).
        """
        if not any(cube is not shared.cube for shared in measures for cube, _ in shared.published_before):
            return pattern.withheld  # nobody changed
        again = protect_together(
            [Shared(base, quantities=()), *measures],
            self._limits,
            withheld=pattern.withheld,
            importance=self._importance(base),
        )
        held = zip(self._groups(base), again.withheld & ~pattern.withheld, strict=True)
        rules = {group: Rule.HELD for group, is_held in held if is_held and group is not None}
        self.rules[key] = self.rules.get(key, {}) | rules
        return again.withheld

    def _attack(self, shared: Shared, withheld: BoolArray, base: Cube, secret: Mapping[Group, Rule]) -> float:
        """The narrowest interval beside the one that is asked. Raises UserError at one that is narrower."""
        cube = shared.cube
        if shared.trace:
            return np.inf
        mask = withheld[[base.positions[codes] for codes in cube.positions]]
        if shared.hidden is not None:
            mask |= shared.hidden
        intervals = attack(
            cube,
            mask,
            self._limits,
            published_before=shared.published_before,
            secret=np.flatnonzero(self._mask(cube, secret)).tolist(),
            quantities=shared.quantities,
        )
        if intervals["narrowed"].any():
            narrowed = intervals.loc[intervals["narrowed"], "cell"].unique().tolist()
            raise UserError("disclosure.narrowed", cells="; ".join(cube.named(narrowed)))
        asked = intervals["need_upper"] - intervals["need_lower"]
        ratio = (intervals["upper"] - intervals["lower"])[asked > 0] / asked[asked > 0]
        return float(ratio.min()) if len(ratio) else np.inf

    @cached_property
    def _selling_firms(self) -> dict[Group, frozenset[str]]:
        """The funded firms of each group, but for beneficiaries that sell nothing by their nature."""
        sellers = self._frame[self._frame[SELLS] == "yes"]
        cube = self._cube(sellers, Contribution(ALL, ALL, "firms"), Arm.FUNDED)
        assert cube.contributions is not None  # noqa: S101 - made of microdata
        firms = cube.contributions.groupby("cell")["unit"].agg(frozenset)
        pairs = zip(self._groups(cube, known=False), firms, strict=True)
        return {group: members for group, members in pairs if group is not None}

    def _groups_of_same_firms(self) -> list[set[Group]]:
        """Groups that hold the same firms, together."""
        by_firms: dict[frozenset[str], set[Group]] = {}
        for group, firms in self._selling_firms.items():
            by_firms.setdefault(firms, set()).add(group)
        return [groups for groups in by_firms.values() if len(groups) > 1]

    # ---- measures ----------------------------------------------------------------------------------------------------

    def _tables(self, arm: Arm) -> list[tuple[str, ...]]:
        """The tables of an arm's cube: its margins and pairs."""
        if arm is Arm.COMPARISON:
            return [(name,) for name in self._programme.sector_dimensions]
        return [*((name,) for name in self._dimensions), (SELLS, "wave"), *self._programme.pairs]

    def _importance(self, base: Cube) -> FloatArray:
        """How many tables each cell stands in: its own, and those that it is a margin of."""
        tables = [set[str](), *map(set, self._tables(Arm.FUNDED))]
        named = [{name for name, _ in group or ()} for group in self._groups(base, known=False)]
        return np.array([float(max(1, sum(names <= table for table in tables))) for names in named])

    def _base(self, arm: Arm) -> Cube:
        """The cube of firms, whose cells every pattern is over."""
        return self._own(Contribution(ALL, ALL, "firms"), arm)

    def _own(self, contribution: Contribution, arm: Arm) -> Cube:
        """The cube of a column of this release."""
        if (contribution, arm) not in self._cubes:
            self._cubes[contribution, arm] = self._cube(self._frame, contribution, arm)
        return self._cubes[contribution, arm]

    def _measures(self, arm: Arm, outcome: str) -> Iterator[_HorizonMeasure]:
        """Each column of an outcome; the count of firms is the same for sums before and after."""
        of_arm = self._frame[self._frame["arm"] == arm.value]
        for contribution in contributions_in(self._frame):
            trace = contribution.what.startswith(TRACE)
            idle = trace and not self._before
            if contribution.outcome == outcome and not idle and of_arm[contribution.column].notna().any():
                cube = self._own(contribution, arm)
                earlier = self._earlier(contribution, arm)
                hidden = self._hidden(cube, contribution.what)
                quantities = MEASURES if trace else QUANTITIES.get(contribution.what, ("n_units",))
                yield _HorizonMeasure(contribution.horizon, Shared(cube, earlier, hidden, quantities, trace))

    def _hidden(self, cube: Cube, what: str) -> BoolArray:
        """Cells of firms whose code is not known are in no figure; nor are effects of too few firms."""
        hidden = np.array([group is None for group in self._groups(cube)], dtype=bool)
        if what in set(Estimand):
            hidden |= cube.measure("n_units") < self._programme.settings.min_firms
        return hidden

    def _earlier(self, contribution: Contribution, arm: Arm) -> list[tuple[Cube, BoolArray]]:
        """The same column behind each earlier release, and what that one did not publish anew."""
        columns = ["arm", *self._dimensions, contribution.column]
        earlier = []
        for inputs in self._before:
            if contribution.column in inputs.contributions:
                same = self._frame[columns].equals(inputs.contributions.reindex(columns=columns))
                frame = inputs.contributions.reindex(columns=columns)
                cube = self._own(contribution, arm) if same else self._cube(frame, contribution, arm)
                ledger = inputs.release.suppressed
                rows = ledger[
                    (ledger["arm"] == arm)
                    & (ledger["outcome"] == contribution.outcome)
                    & ledger["horizon"].isin([ALL, contribution.horizon])
                ]
                names = [name for name in self._dimensions if name in rows]
                codes_of = rows[names].itertuples(index=False, name=None)
                withheld = dict.fromkeys(group_of(zip(names, codes, strict=True)) for codes in codes_of)
                earlier.append((cube, self._mask(cube, withheld) | self._hidden(cube, contribution.what)))
        return earlier

    def _cube(self, frame: pd.DataFrame, contribution: Contribution, arm: Arm) -> Cube:
        """The cube of a column of an arm, over the dimensions of which any code is known."""
        column = contribution.column
        rows = frame.loc[(frame["arm"] == arm.value) & frame[column].notna(), [*self._dimensions, column]]
        known = {name for name in self._dimensions if frame[name].notna().any()}
        parents = {dimension.name: dimension.parents for dimension in self._programme.dimensions}
        hierarchies: dict[str, Any] = {}
        for inner, outers in (parents | {"beneficiary_kind": (SELLS,)}).items():
            in_use = [outer for outer in outers if outer in known]
            if inner in known and in_use:
                hierarchies[inner] = in_use[0] if len(in_use) == 1 else in_use
        return Cube.from_microdata(
            rows.reset_index(names="firm_"),
            dimensions=self._dimensions,
            value=column,
            unit="firm_",
            hierarchies=hierarchies,
            tables=[table for table in self._tables(arm) if set(table) <= known],
        )

    def _groups(self, cube: Cube, *, known: bool = True) -> list[Group | None]:
        """(n_cells,) the group that each cell is of. known: None for firms whose code in a dimension is not known."""
        groups = [_group_of_codes(self._dimensions, codes) for codes in cube.positions]
        return [None if known and UNKNOWN in dict(group).values() else group for group in groups]

    def _mask(self, cube: Cube, groups: Mapping[Group, Any]) -> BoolArray:
        """(n_cells,) which cells are of these groups."""
        return np.array([group in groups for group in self._groups(cube, known=False)], dtype=bool)


@cache
def _group_of_codes(dimensions: tuple[str, ...], codes: tuple[str, ...]) -> Group:
    """The group of a cell, by its codes in the order of the dimensions."""
    return group_of(zip(dimensions, codes, strict=True))


def _rule_broken(parts: pd.DataFrame, limits: DisclosureRules) -> Rule | None:
    """The rule that several sectors' comparison firms together would break."""
    if parts.empty:
        return None
    n, total = parts["n_units"].sum(), parts["value"].sum()
    largest, second = np.sort(parts[["largest", "second"]].to_numpy(), axis=None)[:-3:-1]
    if 0 < n < limits.min_units:
        return Rule.MIN_UNITS
    return Rule.P_PERCENT if total - largest - second < limits.p_percent / 100 * largest - ROUNDING * total else None
