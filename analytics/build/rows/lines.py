"""Index lines of both arms, as they may be published: gaps where too few firms report, or one weighs too much."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, FloatArray
from analytics.build.rows.rounding import point_of_path, to_step
from analytics.build.withheld_cells import WithheldCells
from analytics.estimate.before_after import two_largest
from analytics.model import Arm, DisclosureRules, Rule
from analytics.panel.panel import Panel
from analytics.panel.windows import before_end, cohorts_of
from analytics.programme.file import Programme
from analytics.programme.parts import Outcome
from analytics.release.figure import group_of
from analytics.release.measures import ALL, OVERALL

_PLACE = ("outcome", "sector", "arm", "period")


@dataclass(frozen=True, slots=True)
class IndexPoint:
    """One point of a line: 100 is the year before. index_value and n (firms) are None where it is a gap."""

    outcome: str
    sector: str
    arm: Arm
    period: str
    index_value: float | None
    n: int | None

    @property
    def place(self) -> tuple[str, ...]:
        """What makes it that point in any release."""
        return tuple(str(getattr(self, name)) for name in _PLACE)


@dataclass(frozen=True, slots=True)
class Sums:
    """One arm of one sector at one time: sums of the firms that reported then and before; the two largest of them."""

    n: int
    total: float
    base: float
    largest: float
    second: float

    def index(self, rules: DisclosureRules) -> float:
        """100 × Σ y_t / Σ ȳ_before, to a whole point, of fewer than a hundred firms to two: the points beside have
        nearly the same firms, and the base is published nowhere.
        """
        index = 100 * self.total / self.base
        return to_step(index, 100 * point_of_path(self.n)) if rules.p_percent > 0 else index

    def short(self, rules: DisclosureRules) -> float:
        """What the others' sum falls short of, to keep the largest contribution; 0 where nothing is confidential."""
        asked = rules.p_percent / 100 * self.largest
        return asked if 0 < self.n < rules.min_units else max(asked - (self.total - self.largest - self.second), 0.0)


def index_points(panel: Panel, programme: Programme, withheld_cells: WithheldCells) -> Iterator[IndexPoint]:
    """Each outcome by sector and for the programme ("*"), both arms, by quarter (yearly data: by year)."""
    ppy = panel.periods_per_year
    last = before_end(cohorts_of(panel)[0], programme.settings)
    inside = (panel.periods > last - ppy) & (panel.periods <= last)
    points = panel.periods.asfreq("Q") if ppy == 12 else panel.periods
    sector_of = panel.units["sector"]
    sectors = {ALL: sector_of.notna().to_numpy()}
    sectors |= {code: (sector_of == code).to_numpy() for code in sorted(sector_of.dropna().unique())}
    for outcome in programme.outcomes:
        values = panel.outcomes[outcome.name]
        base = _mean(values[:, inside], at_least=max(1, ppy // 2))
        for arm, of_arm in ((Arm.FUNDED, panel.funded), (Arm.COMPARISON, ~panel.funded)):
            for point in points.unique():
                at_point = _mean(values[:, points == point], at_least=1)
                by_sector = {code: _sums(at_point, base, of_arm & firms) for code, firms in sectors.items()}
                published = _published(by_sector, arm, outcome, programme, withheld_cells)
                for sector, sums in by_sector.items():
                    index, n = (sums.index(programme.disclosure_rules), sums.n) if sector in published else (None, None)
                    yield IndexPoint(outcome.name, sector, arm, str(point), index, n)


def _sums(values: FloatArray, base: FloatArray, firms: BoolArray) -> Sums:
    """The sums of the firms under the mask that have both."""
    here = firms & np.isfinite(values) & np.isfinite(base)
    return Sums(int(here.sum()), float(values[here].sum()), float(base[here].sum()), *two_largest(values[here]))


def _published(
    by_sector: Mapping[str, Sums], arm: Arm, outcome: Outcome, programme: Programme, withheld_cells: WithheldCells
) -> set[str]:
    """Sectors whose point may be shown; the programme's too, unless it would give away a hidden sector's."""
    rules, least = programme.disclosure_rules, programme.settings.min_firms
    published = {
        sector
        for sector, sums in by_sector.items()
        if sums.n >= least
        and sums.base > 0
        and sums.short(rules) == 0
        and all(
            withheld_cells.rule(outcome.name, OVERALL, group_of({"sector": sector}), either) in (None, Rule.HELD)
            for either in {arm, Arm.FUNDED}
        )
    }
    hidden = [sums for sector, sums in by_sector.items() if sector not in published and sector != ALL and sums.n > 0]
    for sums in hidden:
        others = [other for other in hidden if other is not sums]
        alone = max((other.total for other in others if other.n == 1), default=0.0)
        if sums.short(rules) > sum(other.total for other in others) - alone:
            return published - {ALL}
    return published


def hold_points(
    points: Iterable[IndexPoint], withheld_cells: WithheldCells, earlier: Sequence[pd.DataFrame]
) -> Iterator[IndexPoint]:
    """The same points; a held sector's as the newest earlier release has them.

    earlier: tables of lines, oldest first.
    """
    before = [_by_place(lines) for lines in reversed(earlier)]
    for point in points:
        group = group_of({"sector": point.sector})
        rules = {withheld_cells.rule(point.outcome, OVERALL, group, arm) for arm in (point.arm, Arm.FUNDED)}
        old = None
        if Rule.HELD in rules:
            old = next((by_place[point.place] for by_place in before if point.place in by_place), None)
        yield point if old is None else replace(point, index_value=old[0], n=old[1])


def _by_place(lines: pd.DataFrame) -> dict[tuple[str, ...], tuple[float, int]]:
    """Index and firms of the points that a release told."""
    rows = lines[lines["index_value"].notna()].to_dict("records")
    return {tuple(str(row[name]) for name in _PLACE): (row["index_value"], row["n"]) for row in rows}


def _mean(values: FloatArray, *, at_least: int) -> FloatArray:
    """Mean of what was reported, row by row; NaN below that many periods."""
    reported = np.isfinite(values)
    n = reported.sum(axis=1)
    mean: FloatArray = np.where(reported, values, 0).sum(axis=1) / np.where(n >= at_least, n, np.nan)
    return mean
