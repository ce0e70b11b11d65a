"""Which cells of a release are withheld: one pattern for counts and grants, one for each outcome in all its years.

A pattern is searched for all its measures at once (sums before and after, expected sums, counts, of each
horizon), together with the earlier releases, and attacked before it is used. The comparison arm has patterns of its
own: it is published by sector alone, since a comparison firm stands beside every group of its sector.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray
from analytics.build.contributions import ANSWERED, SELLING, Contribution
from analytics.build.cubes import ContributionCubes, EarlierInputs, HorizonMeasure
from analytics.build.pattern_progress import PatternProgress
from analytics.build.processes import in_processes
from analytics.build.withheld_cells import PatternKey, PatternSummary, WithheldCells
from analytics.disclosure.attacker import attack
from analytics.disclosure.cube import Cube
from analytics.disclosure.linked_releases import ResponseVariable
from analytics.disclosure.memory import Memory
from analytics.disclosure.protect import Protection, protect_together
from analytics.disclosure.rules import ROUNDING
from analytics.model import Arm, DisclosureRules, Progress, Rule, UserError, silent
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.release.measures import ALL

COUNT_ALONE = ("n_units",)
UNCHANGED_APART = ("before", SELLING, ANSWERED)  # what some figures of a held cell rest on alone
WORTH_PROCESSES = 200_000  # cells, times columns, times releases: less than starting processes costs
Chain = tuple[str, ...]  # outcomes whose patterns rest on one another


def find_withheld_cells(
    frame: pd.DataFrame,
    programme: Programme,
    before: Sequence[EarlierInputs] = (),
    progress: Progress = silent,
    *,
    processes: int | None = None,
) -> WithheldCells:
    """The patterns of a release whose firms contribute what `frame` says (see `contributions`).

    Counts and grants come first; then each outcome, one that is part of another ahead of it: what is withheld of the
    first of two is withheld of the second, which would else bound it. before: what stood behind every release that was
    ever published. processes: that search at once; None: one for each processor, where so much is to be searched that
    it is worth it; what is found is the same for any number. Raises UserError naming the cells when no pattern is safe,
    or when the attacker can tell one too closely.
    """
    chains = _chains(programme)
    shown = PatternProgress(progress, 1 + len(programme.outcomes))
    patterns = _Patterns(frame, programme, before, shown)
    patterns.find(ALL, [])
    shown.next()
    if processes is None:
        processes = (os.cpu_count() or 1) if patterns.extent > WORTH_PROCESSES else 1
    if min(processes, len(chains)) < 2:
        for chain in chains:
            patterns.find_chain(chain)
        return patterns.found
    inputs = [replace(earlier, release=None) for earlier in before]
    works = [_Work(frame, programme, inputs, patterns.found, chain) for chain in chains]
    for found in in_processes(_find_chain, works, min(processes, len(chains)), shown.wait):
        patterns.join(found)
    return patterns.found


def _chains(programme: Programme) -> list[Chain]:
    """The outcomes, those together of which some are part of another, these ahead of it; no chain rests on another."""
    names = [outcome.name for outcome in programme.outcomes]
    parts = [outcome.name for outcome in programme.outcomes if outcome.share_of in names]
    wholes = [name for name in names if any(outcome.share_of == name for outcome in programme.outcomes)]
    linked = (*parts, *wholes)
    return [chain for chain in (linked, *((name,) for name in names if name not in linked)) if chain]


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """What a process needs to find the patterns of a chain: see `find_withheld_cells`; counts: what was found first."""

    frame: pd.DataFrame
    programme: Programme
    before: Sequence[EarlierInputs]
    counts: WithheldCells
    chain: Chain


def _find_chain(work: _Work) -> WithheldCells:
    """The patterns of a chain, and those of counts and grants."""
    patterns = _Patterns(work.frame, work.programme, work.before, PatternProgress(silent, 1))
    patterns.join(work.counts)
    patterns.find_chain(work.chain)
    return patterns.found


class _Patterns:
    """The patterns found so far, and how to find the next."""

    def __init__(
        self, frame: pd.DataFrame, programme: Programme, before: Sequence[EarlierInputs], shown: PatternProgress
    ) -> None:
        self._shown, self._programme, self._n_releases = shown, programme, 1 + len(before)
        self._memory = {arm: Memory(shown.tick) for arm in Arm}
        self._rules: dict[PatternKey, Mapping[Group, Rule]] = {}
        self._summaries: dict[tuple[Arm, str], PatternSummary] = {}
        self._unchanged: dict[tuple[PatternKey, str], frozenset[Group]] = {}
        self._limits = programme.disclosure_rules
        self._cubes = ContributionCubes(frame, programme, before)

    @property
    def found(self) -> WithheldCells:
        """The patterns found so far."""
        return WithheldCells(dict(self._rules), dict(self._summaries), dict(self._unchanged))

    def join(self, found: WithheldCells) -> None:
        """Take those that were found elsewhere."""
        self._rules |= found.rules
        self._summaries |= found.summaries
        self._unchanged |= found.unchanged

    @property
    def extent(self) -> int:
        """How much is to be searched: cells, times columns, times releases."""
        return len(self._cubes.base(Arm.FUNDED).cells) * self._cubes.n_columns * self._n_releases

    def find_chain(self, chain: Chain) -> None:
        """The patterns of its outcomes. No search is helped by what others tried: they may run elsewhere."""
        self._memory = {arm: Memory(self._shown.tick) for arm in Arm}
        for outcome in map(self._programme.outcome, chain):
            parts = [part.name for part in self._programme.outcomes if part.share_of == outcome.name]
            self.find(outcome.name, [ALL, *parts])
            self._shown.next()

    def find(self, outcome: str, under: Sequence[str]) -> None:
        """The comparison arm's pattern, then the funded arm's. under: outcomes whose withheld groups are withheld here
        too, unless another group tells of the same firms' sales.
        """
        self._find(Arm.COMPARISON, outcome, {}, {})
        forced = {group: rule for other in under for group, rule in self._rules[Arm.FUNDED, other, ALL].items()}
        for twins in self._cubes.groups_of_same_firms() if under else ():
            if not twins <= forced.keys():
                forced = {group: rule for group, rule in forced.items() if group not in twins}
        self._find(Arm.FUNDED, outcome, forced, self._groups_told_by_effects(outcome))

    def _groups_told_by_effects(self, outcome: str) -> dict[Group, Rule]:
        """Groups whose comparison firms, all those of their sectors, would be told about by their effect."""
        rules: dict[Group, Rule] = {}
        groups_of_sectors: dict[frozenset[str], list[Group]] = {}
        for group, firms in self._cubes.selling_firms.items():
            groups_of_sectors.setdefault(self._cubes.sectors_of(firms), []).append(group)
        measures, sets = self._cubes.measures(Arm.COMPARISON, outcome) if outcome != ALL else (), [*groups_of_sectors]
        for measure in self._memory[Arm.COMPARISON].ticking(measures):
            broken = {} if measure.variable.trace else _rules_broken(measure.variable.cube, sets, self._limits)
            rules |= {group: rule for place, rule in broken.items() for group in groups_of_sectors[sets[place]]}
        return rules

    def _find(self, arm: Arm, outcome: str, forced: Mapping[Group, Rule], sensitive: Mapping[Group, Rule]) -> None:
        """Search, attack, and note what came out. forced: what is withheld in any case; sensitive: and confidential."""
        base, measures = self._cubes.base(arm), list(self._memory[arm].ticking(self._cubes.measures(arm, outcome)))
        pattern, rules = self._search(arm, outcome, measures, forced, sensitive)
        self._rules[arm, outcome, ALL] = rules
        narrowest, held, attacked = np.inf, 0, set[object]()
        for horizon in dict.fromkeys(measure.horizon for measure in measures):
            of_horizon = [measure.variable for measure in measures if measure.horizon == horizon]
            withheld = self._hold((arm, outcome, horizon), base, of_horizon, pattern)
            held += sum(rule is Rule.HELD for rule in self._rules.get((arm, outcome, horizon), {}).values())
            for variable in of_horizon:
                system = _count_system(variable), withheld.tobytes()
                if system not in attacked or tuple(variable.measures) != COUNT_ALONE:
                    attacked |= {system} if "n_units" in variable.measures else set()
                    narrowest = min(narrowest, self._attack(variable, withheld, base, sensitive))
        self._summaries[arm, outcome] = PatternSummary(
            cells=sum(group is not None for group in self._cubes.groups(base)),
            primary=sum(rule in (Rule.MIN_UNITS, Rule.P_PERCENT) for rule in rules.values()),
            secondary=sum(rule is Rule.SECONDARY for rule in rules.values()),
            held=held,
            gap=pattern.gap,
            narrowest=float(narrowest) if np.isfinite(narrowest) else None,
        )

    def _search(
        self,
        arm: Arm,
        outcome: str,
        measures: Sequence[HorizonMeasure],
        forced: Mapping[Group, Rule],
        sensitive: Mapping[Group, Rule],
    ) -> tuple[Protection, dict[Group, Rule]]:
        """The pattern of the release before, where it would withhold the same cells for the same reasons: it lost least
        once; else the one that loses least. And why each group of it is withheld.
        """
        base, before = self._cubes.base(arm), self._cubes.earlier_rules(arm, outcome)
        variables = [ResponseVariable(base, measures=()), *_without_repeated_counts(measures)]
        for earlier in (before, {}) if before else ({},):
            pattern = protect_together(
                variables,
                self._limits,
                withheld=self._cubes.mask(base, forced),
                sensitive=self._cubes.mask(base, sensitive),
                importance=self._cubes.importance(base),
                earlier=self._cubes.mask(base, earlier) if earlier else None,
                accept_told=True,
                protect_changes=False,
                memory=self._memory[arm],
            )
            rules = {
                group: forced.get(group) or sensitive.get(group) or own
                for group, own in self._rules_of(base, pattern).items()
            }
            taken = (pattern.withheld == (self._cubes.mask(base, earlier) | pattern.primary)).all()
            if _without_held(rules) == earlier or not taken:
                break
        return pattern, rules

    def _rules_of(self, base: Cube, pattern: Protection) -> dict[Group, Rule]:
        """Why each withheld group of a pattern is withheld, or, where it is secondary and was told before, stays so."""
        secondary = np.where(pattern.held, Rule.HELD, Rule.SECONDARY)
        rules = np.where(pattern.few, Rule.MIN_UNITS, np.where(pattern.primary, Rule.P_PERCENT, secondary))
        masks = zip(self._cubes.groups(base), rules.tolist(), pattern.withheld, strict=True)
        return {group: Rule(rule) for group, rule, withheld in masks if withheld and group is not None}

    def _hold(
        self, key: PatternKey, base: Cube, measures: Sequence[ResponseVariable], pattern: Protection
    ) -> BoolArray:
        """What stays as an earlier release had it, in one horizon: so few firms changed that the difference would tell
        of them, or it would give those away. Answers all that is not published anew, (n_cells,).
        """
        if not any(cube is not variable.cube for variable in measures for cube, _ in variable.published_before):
            return pattern.withheld  # nobody changed
        again = protect_together(
            [ResponseVariable(base, measures=()), *measures],
            self._limits,
            withheld=pattern.withheld,
            importance=self._cubes.importance(base),
            earlier=pattern.withheld,  # nothing more than what few changed, where that is enough
            accept_told=True,
            memory=self._memory[key[0]],
        )
        held = zip(self._cubes.groups(base), again.withheld & ~pattern.withheld, strict=True)
        rules = {group: Rule.HELD for group, is_held in held if is_held and group is not None}
        self._rules[key] = {**self._rules.get(key, {}), **rules}
        arm, outcome, horizon = key
        for what in UNCHANGED_APART if rules and outcome != ALL and horizon != ALL else ():
            contribution = Contribution(outcome, horizon, what)
            if self._cubes.has(contribution):
                self._unchanged[key, what] = frozenset(self._cubes.unchanged(arm, contribution) & rules.keys())
        return again.withheld

    def _attack(
        self, variable: ResponseVariable, withheld: BoolArray, base: Cube, sensitive: Mapping[Group, Rule]
    ) -> float:
        """The narrowest interval beside the one that is asked. Raises UserError at one that is narrower."""
        cube = variable.cube
        if variable.trace:
            return np.inf
        mask = withheld[[base.positions[codes] for codes in cube.positions]]
        if variable.hidden is not None:
            mask |= variable.hidden
        self._shown.tick()
        intervals = attack(
            cube,
            mask,
            self._limits,
            published_before=variable.published_before,
            sensitive=np.flatnonzero(self._cubes.mask(cube, sensitive)).tolist(),
            measures=variable.measures,
        )
        if intervals["narrowed"].any():
            narrowed = intervals.loc[intervals["narrowed"], "cell"].clip(lower=0).unique().tolist()
            raise UserError("disclosure.narrowed", cells="; ".join(cube.labels(narrowed)))
        asked = intervals["need_upper"] - intervals["need_lower"]
        ratio = (intervals["upper"] - intervals["lower"])[asked > 0] / asked[asked > 0]
        return float(ratio.min()) if len(ratio) else np.inf


def _without_repeated_counts(measures: Sequence[HorizonMeasure]) -> Iterator[ResponseVariable]:
    """Their variables: the same firms of the same cells, such as those measured in two horizons, are counted once."""
    known = set[object]()
    for variable in (measure.variable for measure in measures):
        system, others = _count_system(variable), tuple(name for name in variable.measures if name != "n_units")
        yield replace(variable, measures=others) if system in known else variable
        if len(others) < len(variable.measures):
            known.add(system)


def _count_system(variable: ResponseVariable) -> object:
    """Equal for two variables whose counts are unknown to the same extent: of the same firms in the same cells, in this
    release and all before. Cubes of the same firms share their identities.
    """
    hidden = None if variable.hidden is None else variable.hidden.tobytes()
    before = ((id(cube.constraints), np.asarray(mask).tobytes()) for cube, mask in variable.published_before)
    return variable.trace, id(variable.cube.constraints), hidden, *before


def _without_held(rules: Mapping[Group, Rule]) -> dict[Group, Rule]:
    return {group: rule for group, rule in rules.items() if rule is not Rule.HELD}


def _rules_broken(cube: Cube, sets: Sequence[frozenset[str]], limits: DisclosureRules) -> dict[int, Rule]:
    """Places of the sets of sectors whose firms together are confidential, and by which rule; cube: by sector."""
    sectors = cube.cells["sector"].tolist()
    holds = np.array([[sector in one for sector in sectors] for one in sets], dtype=bool).reshape(len(sets), -1)
    n, total = (holds @ cube.measure(name) for name in ("n_units", "value"))
    contributions = np.concatenate([cube.measure("largest"), cube.measure("second")])
    second, largest = np.sort(np.tile(holds, 2) * contributions, axis=1)[:, -2:].T
    few = (n > 0) & (n < limits.min_units)
    dominated = (n > 0) & (total - largest - second < limits.p_percent / 100 * largest - ROUNDING * total)
    return {
        place: Rule.MIN_UNITS if few[place] else Rule.P_PERCENT for place in np.flatnonzero(few | dominated).tolist()
    }
