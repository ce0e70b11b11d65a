"""Index lines of both arms, as they may be published: gaps where too few firms report, or one weighs too much.

Of the typical firm, a mean of logs in which each firm has one vote; and of all firms' sales summed, which the largest
decide.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, FloatArray
from analytics.build.rows.rounding import at_least, point_of_path, rough_path, to_step
from analytics.build.withheld_cells import WithheldCells
from analytics.estimate.before_after import two_largest
from analytics.estimate.estimands import log_growth
from analytics.model import Arm, DisclosureRules, Rule
from analytics.panel.panel import Panel
from analytics.panel.windows import before_end, cohorts_of
from analytics.programme.file import Programme
from analytics.programme.parts import Outcome
from analytics.release.figure import group_of
from analytics.release.measures import ALL, OVERALL, SUM, TYPICAL

_PLACE = ("outcome", "sector", "basis", "arm", "period")


@dataclass(frozen=True, slots=True)
class IndexPoint:
    """One point of a line: 100 is the year before. basis: typical, or sum. index_value and n (firms; of the typical
    firm at least so many, since they are those that sell) are None where it is a gap.
    """

    outcome: str
    sector: str
    basis: str
    arm: Arm
    period: str
    index_value: float | None
    n: int | None

    @property
    def place(self) -> tuple[str, ...]:
        """What makes it that point in any release."""
        return tuple(str(getattr(self, name)) for name in _PLACE)


class Point(Protocol):
    """What the firms of one arm and sector make at one time. total: the size of what they add, all together."""

    @property
    def n(self) -> int:
        """Firms."""

    @property
    def total(self) -> float:
        """Sum of what each firm adds, by size."""

    @property
    def defined(self) -> bool:
        """Whether there is an index at all."""

    def index(self, rules: DisclosureRules) -> float:
        """The index, as it may be told."""

    def told_firms(self) -> int | None:
        """How many firms it is told that they are."""

    def short(self, rules: DisclosureRules) -> float:
        """What the others fall short of, to keep one firm; 0 where nothing is confidential."""


@dataclass(frozen=True, slots=True)
class Sums:
    """One arm of one sector at one time: sums of the firms that reported then and before; the two largest of them."""

    n: int
    total: float
    base: float
    largest: float
    second: float

    @classmethod
    def of(cls, values: FloatArray, base: FloatArray, firms: BoolArray) -> "Sums":
        """Of the firms under the mask that have both."""
        here = firms & np.isfinite(values) & np.isfinite(base)
        return cls(int(here.sum()), float(values[here].sum()), float(base[here].sum()), *two_largest(values[here]))

    @property
    def defined(self) -> bool:
        """Whether anything was sold before."""
        return self.base > 0

    def told_firms(self) -> int | None:
        """All that report."""
        return self.n

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


@dataclass(frozen=True, slots=True)
class LogMean:
    """One arm of one sector at one time: the mean of z = ln(y_t / ȳ_before) of the firms that sold then and before.

    total: Σ|z|; others: how far all firms but the two farthest lie from the median, Σ|z − median|.
    """

    n: int
    mean: float
    total: float
    others: float

    @classmethod
    def of(cls, growth: FloatArray, firms: BoolArray) -> "LogMean":
        """growth: (n_firms,) z, NaN of a firm that did not sell then or before."""
        z = growth[firms & np.isfinite(growth)]
        mean, median = (float(of(z)) if len(z) else 0.0 for of in (np.mean, np.median))
        apart = np.abs(z - median)
        return cls(len(z), mean, float(np.abs(z).sum()), float(apart.sum() - sum(two_largest(apart))))

    @property
    def defined(self) -> bool:
        """Whether any firm sold then and before."""
        return self.n > 0

    def index(self, rules: DisclosureRules) -> float:
        """100 × e^mean, to the step of the lines of sums."""
        ratio = float(np.exp(self.mean))
        return round(100 * (rough_path(ratio, self.n) if rules.p_percent > 0 else ratio), 9)

    def told_firms(self) -> int | None:
        """At least so many: how many sell is told nowhere by quarter."""
        return at_least(self.n)

    def short(self, rules: DisclosureRules) -> float:
        """A firm's amount is open by p% where its log is open by as much. The mean tells it to somebody who knows the
        second, as closely as the others lie by each other.
        """
        asked = rules.p_percent / 100
        if not self.n:
            return 0.0
        return asked if self.n < rules.min_units else max(asked - self.others, 0.0)


def index_points(panel: Panel, programme: Programme, withheld_cells: WithheldCells) -> Iterator[IndexPoint]:
    """Each outcome by sector and for the programme ("*"), both arms, by quarter (yearly data: by year); of the typical
    firm, and of sums.
    """
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
        for point in points.unique():
            at_point = _mean(values[:, points == point], at_least=1)
            growth = log_growth(base, at_point)
            for arm, of_arm in ((Arm.FUNDED, panel.funded), (Arm.COMPARISON, ~panel.funded)):
                by_basis: dict[str, dict[str, Point]] = {
                    TYPICAL: {code: LogMean.of(growth, of_arm & firms) for code, firms in sectors.items()},
                    SUM: {code: Sums.of(at_point, base, of_arm & firms) for code, firms in sectors.items()},
                }
                for basis, by_sector in by_basis.items():
                    shown = _published(by_sector, arm, outcome, programme, withheld_cells)
                    for sector, made in by_sector.items():
                        index = made.index(programme.disclosure_rules) if sector in shown else None
                        n = made.told_firms() if sector in shown else None
                        yield IndexPoint(outcome.name, sector, basis, arm, str(point), index, n)


def _published(
    by_sector: Mapping[str, Point], arm: Arm, outcome: Outcome, programme: Programme, withheld_cells: WithheldCells
) -> set[str]:
    """Sectors whose point may be shown; the programme's too, unless it would give away a hidden sector's."""
    rules, least = programme.disclosure_rules, programme.settings.min_firms
    published = {
        sector
        for sector, sums in by_sector.items()
        if sums.n >= least
        and sums.defined
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
