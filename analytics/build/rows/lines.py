"""Index lines of both arms, as they may be published: gaps where too few firms report, or one weighs too much."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, FloatArray
from analytics.build.patterns import WithheldCells, cube_cell
from analytics.build.rows.row import Row, coarse
from analytics.model import Arm, DisclosureRules, Rule
from analytics.panel import Panel
from analytics.panel.windows import before_end, cohorts_of
from analytics.programme.file import Programme
from analytics.programme.parts import Outcome

ALL = "*"


@dataclass(frozen=True, slots=True)
class Point:
    """One arm of one sector at one time: sums of the firms that reported then and before; the two largest of them."""

    n: int
    total: float
    base: float
    largest: float
    second: float

    def index(self, rules: DisclosureRules) -> float:
        """100 × Σ y_t / Σ ȳ_before, no finer than its largest contribution allows: the points beside have nearly the
        same firms.
        """
        return coarse(100 * self.total / self.base, 100 * self.largest / self.base, rules)

    def short(self, rules: DisclosureRules) -> float:
        """What the others' sum falls short of, to keep the largest contribution; 0 where nothing is confidential."""
        asked = rules.p_percent / 100 * self.largest
        return asked if 0 < self.n < rules.min_units else max(asked - (self.total - self.largest - self.second), 0.0)


def line_rows(panel: Panel, programme: Programme, guard: WithheldCells) -> Iterator[Row]:
    """Each outcome by sector and for the programme, both arms, by quarter (yearly data: by year)."""
    settings, ppy = programme.settings, panel.periods_per_year
    last = before_end(cohorts_of(panel)[0], settings)
    inside = (panel.periods > last - ppy) & (panel.periods <= last)
    points = panel.periods.asfreq("Q") if ppy == 12 else panel.periods
    for outcome in programme.outcomes:
        values = panel.outcomes[outcome.name]
        base = _mean(values[:, inside], at_least=max(1, ppy // 2))
        for arm, mine in ((Arm.FUNDED, panel.funded), (Arm.COMPARISON, ~panel.funded)):
            for point in points.unique():
                seen = _mean(values[:, points == point], at_least=1)
                found = _points(panel, mine, seen, base)
                shown = _shown(found, arm, outcome, programme, guard)
                for sector, told in found.items():
                    named = {"outcome": outcome.name, "sector": sector, "arm": arm, "period": str(point)}
                    index, n = (told.index(programme.disclosure_rules), told.n) if sector in shown else (None, None)
                    yield named | {"index_value": index, "n": n}


def _points(panel: Panel, mine: BoolArray, seen: FloatArray, base: FloatArray) -> dict[str, Point]:
    """Every sector's point, and the programme's under "*"."""
    sector = panel.units["sector"]
    both = np.isfinite(seen) & np.isfinite(base) & mine & sector.notna().to_numpy()
    found = {}
    for code in (ALL, *sorted(sector.dropna().unique())):
        here = both if code == ALL else both & (sector == code).to_numpy()
        ranked = np.sort(np.abs(seen[here]))[::-1]
        largest, second = (float(ranked[place]) if len(ranked) > place else 0.0 for place in (0, 1))
        found[code] = Point(int(here.sum()), float(seen[here].sum()), float(base[here].sum()), largest, second)
    return found


def _shown(
    found: Mapping[str, Point], arm: Arm, outcome: Outcome, programme: Programme, guard: WithheldCells
) -> set[str]:
    """Sectors whose point may be shown; the programme's too, unless it would give away a hidden sector's."""
    rules, least = programme.disclosure_rules, programme.settings.min_firms
    shown = {
        sector
        for sector, point in found.items()
        if point.n >= least
        and point.base > 0
        and point.short(rules) == 0
        and all(
            guard.rule(outcome.name, "overall", cube_cell(sector=sector), either) in (None, Rule.HELD)
            for either in {arm, Arm.FUNDED}
        )
    }
    hidden = [point for sector, point in found.items() if sector not in shown and sector != ALL and point.n > 0]
    for one in hidden:
        others = [other for other in hidden if other is not one]
        alone = max((other.total for other in others if other.n == 1), default=0.0)
        if one.short(rules) > sum(other.total for other in others) - alone:
            return shown - {ALL}
    return shown


def hold_lines(rows: Iterable[Row], guard: WithheldCells, earlier: Sequence[pd.DataFrame]) -> Iterator[Row]:
    """The same lines; a held sector's as the newest earlier release has them."""
    before = [_by_place(lines) for lines in reversed(earlier)]
    for row in rows:
        stays = None
        cell = cube_cell(sector=row["sector"])
        if Rule.HELD in {guard.rule(row["outcome"], "overall", cell, arm) for arm in (row["arm"], Arm.FUNDED)}:
            stays = next((known[key] for known in before if (key := _place(row)) in known), None)
        yield row if stays is None else row | stays


PLACE = ("outcome", "sector", "arm", "period")


def _place(row: Mapping[Any, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in PLACE)


def _by_place(lines: pd.DataFrame) -> dict[tuple[str, ...], Row]:
    told = lines[lines["index_value"].notna()].to_dict("records")
    return {_place(row): {"index_value": row["index_value"], "n": row["n"]} for row in told}


def _mean(values: FloatArray, *, at_least: int) -> FloatArray:
    """Mean of what was reported, row by row; NaN below that many periods."""
    reported = np.isfinite(values)
    n = reported.sum(axis=1)
    mean: FloatArray = np.where(reported, values, 0).sum(axis=1) / np.where(n >= at_least, n, np.nan)
    return mean
