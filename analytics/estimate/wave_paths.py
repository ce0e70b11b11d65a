"""ATT(g, t) of each wave, sector by sector and of all sectors together (METHODS.md 3).

A wave is one cohort, funded from the quarter of its first award on: one decision funds it. `group_time_att` compares it
with the comparison firms of its sector, so that no sector lends another its pandemic; of several sectors a path is the
mean of theirs, by funded firms. On each firm's sales over its own mean before, as the event study. Not adjusted: a
second look, which owes nothing to the slopes of the effects.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.estimate.estimands import LEAST_COMPARISON
from analytics.estimate.event_study import by_quarter, mean_before
from analytics.estimate.group_time import group_time_att
from analytics.estimate.inference import LEAST_SE, sup_t
from analytics.model import Settings
from analytics.panel import Panel
from analytics.panel.arms import Arms
from analytics.panel.windows import before_end, outcome_values

SHARE = "share"  # the outcome: a firm's sales over its own mean before
SectorWave = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SectorPath:
    """One wave in one sector; columns are the T periods after the first. rows: (m,) its firms and those that it is
    compared with, in the panel; funded: (m,); enters: (m, T) who makes a period's effect; att: (T,), NaN: nobody does;
    pull: (m, T) what each firm adds to its deviation, ψ/n: √Σ pull² is the standard error of `group_time_att`.
    """

    rows: IntArray
    funded: BoolArray
    enters: BoolArray
    att: FloatArray
    pull: FloatArray

    def at(self, period: int) -> "SectorPath":
        """The same, of one period alone."""
        one = slice(period, period + 1)
        return SectorPath(self.rows, self.funded, self.enters[:, one], self.att[one], self.pull[:, one])

    @property
    def n_funded(self) -> IntArray:
        """(T,) funded firms that enter."""
        return np.asarray(self.enters[self.funded].sum(axis=0), dtype=np.int64)

    @property
    def n_comparison(self) -> IntArray:
        """(T,) comparison firms that enter."""
        return np.asarray(self.enters[~self.funded].sum(axis=0), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class WavePaths:
    """By sector and wave, of those with a firm to compare; periods: (T,) all but the first; awarded: wave -> the period
    of its first award; n_firms: of the panel.
    """

    periods: pd.PeriodIndex
    awarded: dict[str, pd.Period]
    by_sector: dict[SectorWave, SectorPath]
    n_firms: int


@dataclass(frozen=True, slots=True)
class WavePath:
    """Effects of one or more sectors' firms, (T,): att, n_funded, n_comparison; se and df of its t. pull: (n_firms, T)
    what each firm of the panel adds, spread: the same as wide as a sample's variance makes it; funded: (n_firms,).
    """

    att: FloatArray
    se: FloatArray
    df: FloatArray
    n_funded: IntArray
    n_comparison: IntArray
    pull: FloatArray
    spread: FloatArray
    funded: BoolArray

    def counts(self, period: int) -> tuple[int, int]:
        """Firms of each arm that enter, funded and comparison."""
        return int(self.n_funded[period]), int(self.n_comparison[period])

    def half_width(self, period: int, level: float) -> float:
        """Of the interval of one period by itself."""
        return float(stdtrit(self.df[period], 0.5 + level / 2) * self.se[period])


def wave_paths(panel: Panel, outcome: str, settings: Settings) -> WavePaths:
    """The paths of every wave of a panel whose firms have one (`units["wave"]`), in each sector."""
    values, _ = by_quarter(panel, outcome_values(panel, outcome))
    periods = panel.periods.asfreq("Q").unique() if panel.periods_per_year == 12 else panel.periods
    wave = panel.units["wave"] if "wave" in panel.units else pd.Series(None, index=panel.units.index, dtype=object)
    in_arms = Arms.of(panel, np.zeros(len(panel.units), dtype=np.int64), 1).sector >= 0
    awarded, by_sector = {}, {}
    for name in sorted(wave[panel.funded].dropna().unique()):
        mine = panel.funded & (wave == name).to_numpy()
        first = pd.PeriodIndex(panel.units["cohort"][mine]).min()
        share = values / mean_before(panel, outcome_values(panel, outcome), pd.PeriodIndex([first]), settings)
        awarded[name] = first.asfreq(periods.freqstr)
        base = _base_period(first, settings, periods)
        for sector in sorted(panel.units["sector"][mine & in_arms].unique()):
            of_sector = in_arms & (mine | ~panel.funded) & (panel.units["sector"] == sector).to_numpy()
            rows = np.flatnonzero(of_sector)
            by_sector[sector, name] = _sector_path(share[rows], mine[rows], rows, periods, awarded[name], base)
    return WavePaths(periods[1:], awarded, by_sector, len(panel.units))


def _base_period(first: pd.Period, settings: Settings, periods: pd.PeriodIndex) -> pd.Period:
    """The last period that lies wholly in the time before."""
    return (before_end(first, settings) + 1).asfreq(periods.freqstr) - 1


def _sector_path(
    share: FloatArray, funded: BoolArray, rows: IntArray, periods: pd.PeriodIndex, award: pd.Period, base: pd.Period
) -> SectorPath:
    """share: (m, T + 1). A period of which, or of whose base, nobody reports has no effect."""
    cohort = pd.arrays.PeriodArray(np.where(funded, award.ordinal, pd.NaT.value), dtype=pd.PeriodDtype(periods.freqstr))
    firms = pd.DataFrame({"cohort": cohort}, index=rows)
    cells = group_time_att(
        Panel(firms, periods, {SHARE: share}),
        SHARE,
        anticipation=award.ordinal - base.ordinal - 1,
        balanced=False,
        method="reg",
    )
    reported, width = np.isfinite(share), len(periods) - 1
    against = np.minimum(
        np.arange(width), base.ordinal - periods[0].ordinal
    )  # at the latest the base; before it, the period before
    seen = reported[:, 1:] & reported[:, against] & (against >= 0)
    att, pull = np.full(width, np.nan), np.zeros((len(rows), width))
    at = pd.PeriodIndex(cells.frame["period"]).asi8 - periods[1].ordinal
    enough = (seen[funded].sum(axis=0) > 0) & (seen[~funded].sum(axis=0) >= LEAST_COMPARISON)
    known = np.isfinite(cells.frame["att"].to_numpy()) & enough[at]
    att[at[known]] = cells.frame["att"].to_numpy()[known]
    pull[:, at[known]] = cells.influence[:, known] / len(rows)
    return SectorPath(rows, funded, seen & np.isfinite(att), att, pull)


def joined(parts: Sequence[SectorPath], n_firms: int) -> WavePath:
    """The path of several sectors' firms: the mean of theirs, each weighing as many funded firms as enter.

    What funded firms add tells how far their sectors lie apart, too. A variance of k firms is k/(k − 1) times that of
    the influence function, k the funded firms, or the comparison firms of a sector; of one sector the interval is
    Welch's of two samples.
    """
    each = np.array([part.n_funded for part in parts])
    n, width = each.sum(axis=0), each.shape[1]
    weight = each / np.where(n > 0, n, np.nan)
    att: FloatArray = np.where(each > 0, weight * np.array([part.att for part in parts]), 0).sum(axis=0)
    pull, spread = np.zeros((n_firms, width)), np.zeros((n_firms, width))
    funded, compared = np.zeros(n_firms, dtype=bool), np.zeros((n_firms, width), dtype=bool)
    squares, divisor = np.zeros(width), np.zeros(width)
    for part, share in zip(parts, weight, strict=True):
        funded[part.rows] |= part.funded
        mine = part.funded[:, None] & part.enters
        adds = np.where(part.enters, share * part.pull, 0) + np.where(mine, (part.att - att) / np.maximum(n, 1), 0)
        k = part.n_comparison
        wider = np.where(part.funded[:, None], n / np.maximum(n - 1, 1), k / np.maximum(k - 1, 1)) ** 0.5
        pull[part.rows] += adds
        spread[part.rows] += adds * wider
        compared[part.rows] |= part.enters & ~part.funded[:, None]
        variance = np.where(part.funded[:, None], 0, (adds * wider) ** 2).sum(axis=0)
        divisor += variance**2 / np.maximum(k - 1, 1)
        squares += variance
    own = (spread[funded] ** 2).sum(axis=0)
    divisor += own**2 / np.maximum(n - 1, 1)
    v = squares + own
    estimable = (n > 1) & (v > LEAST_SE**2)
    se, df = np.where(estimable, v**0.5, np.nan), np.where(estimable, v**2 / np.where(divisor > 0, divisor, 1), np.nan)
    return WavePath(np.where(n > 0, att, np.nan), se, df, n, compared.sum(axis=0), pull, spread, funded)


def critical_of(cells: Sequence[tuple[WavePath, int]], level: float) -> float:
    """The t that all of several effects stay within at a level: each a path and one of its periods."""
    spread = np.column_stack([path.spread[:, period] for path, period in cells])
    return sup_t(spread.T @ spread, float(min(path.df[period] for path, period in cells)), level)
