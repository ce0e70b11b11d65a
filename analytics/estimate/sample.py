"""One outcome of a panel over one horizon: the windows, arms and slopes that every group and estimand draws on."""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, FloatArray
from analytics.estimate.adjustment import Slopes, pooled_slopes, traits_before
from analytics.estimate.equality import Covariance
from analytics.estimate.estimands import (
    euro_sums,
    euro_weighted,
    log_growth,
    mean_gap,
    started_selling,
    symmetric_growth,
)
from analytics.estimate.inference import Deletions, Uncertainty
from analytics.estimate.own_sector import OwnSectors, at_equal_past, at_equal_slopes, own_sectors, unadjusted
from analytics.estimate.past import past_features
from analytics.model import Estimand, Settings
from analytics.panel import Panel
from analytics.panel.arms import Arms, Firms
from analytics.panel.windows import Windows, outcome_values, placebo_windows, windows_of, windows_since


class Sample:
    """What is compared: call `group` for the firms of a group, `deletions` for an estimand of them.

    year: one year after funding, or None for all complete years together (`horizon` names it). growth arrays are
    (n_firms, G): each firm in every cohort's windows, NaN where it has no such growth.
    """

    def __init__(
        self, panel: Panel, outcome: str, settings: Settings, year: int | None = None, *, placebo: bool = False
    ) -> None:
        """Measure every firm before and after. Raises UserError when the panel has no such outcome.

        placebo: measure the year before against the one ahead of it instead, when the programme had done nothing yet,
        and compare firms at equal traits of that earlier year.
        """
        self.panel, self.outcome, self.settings, self.year, self.placebo = panel, outcome, settings, year, placebo
        self.horizon = "overall" if year is None else str(year)
        self.windows = self._measure(outcome_values(panel, outcome))
        self.arms = Arms.of(panel, self.windows.own, len(self.windows.cohorts))

    def _measure(self, values: FloatArray) -> Windows:
        if self.placebo:
            return placebo_windows(self.panel, values, self.settings)
        return windows_of(self.panel, values, self.settings, self.year)

    def group(self, funded: BoolArray) -> Firms:
        """The funded firms under the mask and all comparison firms of their sectors."""
        return self.arms.group(funded)

    def count_measured(self, estimand: Estimand, firms: Firms) -> tuple[int, int]:
        """Firms of each arm with both windows, whether or not the estimand can use them."""
        after = self.online_share if estimand is Estimand.ONLINE_SHARE else self.windows.after
        return firms.count_measured(after)

    def count_funded(self, estimand: Estimand, funded: BoolArray) -> int:
        """Of the funded firms under the mask, those with both windows."""
        measured = self._share_measured if estimand is Estimand.ONLINE_SHARE else self.measured
        return int(np.count_nonzero(funded & measured))

    @cached_property
    def measured(self) -> BoolArray:
        """(n_firms,) the funded firms that any comparison can hold, with both windows."""
        return self.arms.measured(self.windows.after)

    @cached_property
    def _share_measured(self) -> BoolArray:
        return self.arms.measured(self.online_share)

    def deletions(self, estimand: Estimand, firms: Firms) -> Deletions | None:
        """The estimand's θ and what each firm does to it; None when no funded firm can be compared."""
        return self._estimators[estimand](firms)

    def pooled_deletions(self, estimand: Estimand, firms: Firms) -> Deletions | None:
        """The same by slopes that all comparison firms alone tell of the year before (METHODS.md 3), without their
        earlier past.
        """
        if estimand is Estimand.TYPICAL_FIRM:
            return self.mean_gap(firms, self.log_slopes)
        if estimand is Estimand.SYMMETRIC_GROWTH:
            return mean_gap(firms, self.symmetric_growth, self.symmetric_slopes)
        return self.deletions(estimand, firms)

    def uncertainty(self, estimand: Estimand, firms: Firms) -> Uncertainty | None:
        """θ and its moderated standard error, where the estimand takes the growth of each firm; None: its deletions
        tell.
        """
        sectors = self._own(estimand)
        return None if sectors is None else sectors.uncertainty(firms.rows)

    def covariance(self, estimand: Estimand, groups: Sequence[Firms]) -> Covariance | None:
        """Of the estimand's θ of several groups without a common funded firm, where it takes the growth of each firm.
        Some firm of each must enter.
        """
        sectors = self._own(estimand)
        return None if sectors is None else sectors.covariance([firms.rows for firms in groups])

    def _own(self, estimand: Estimand) -> OwnSectors | None:
        """Every sector's firms; None of an estimand that does not take the growth of each."""
        own = {Estimand.TYPICAL_FIRM: "own_log", Estimand.SYMMETRIC_GROWTH: "own_symmetric"}.get(estimand)
        sectors: OwnSectors | None = None if own is None else getattr(self, own)
        return sectors

    def mean_gap(self, firms: Firms, slopes: Slopes | None, votes: FloatArray | None = None) -> Deletions | None:
        """The typical firm's θ by other slopes, or with other votes of the comparison firms."""
        return mean_gap(firms, self.log_growth, slopes, votes)

    @cached_property
    def _estimators(self) -> dict[Estimand, Callable[[Firms], Deletions | None]]:
        windows = self.windows
        return {
            Estimand.TYPICAL_FIRM: lambda firms: _own_deletions(self.own_log, firms),
            Estimand.EURO_WEIGHTED: lambda firms: euro_weighted(
                euro_sums(firms, windows.before, windows.after, self.log_slopes)
            ),
            Estimand.STARTED_SELLING: lambda firms: started_selling(firms, windows.before, windows.after),
            Estimand.SYMMETRIC_GROWTH: lambda firms: _own_deletions(self.own_symmetric, firms),
            Estimand.ONLINE_SHARE: lambda firms: mean_gap(firms, self.online_share, self.share_slopes),
        }

    @cached_property
    def log_growth(self) -> FloatArray:
        """ln(ȳ_W/ȳ_B)."""
        return log_growth(self.windows.before, self.windows.after)

    @cached_property
    def symmetric_growth(self) -> FloatArray:
        """2(ȳ_W − ȳ_B)/(ȳ_W + ȳ_B)."""
        return symmetric_growth(self.windows.before, self.windows.after)

    @cached_property
    def online_share(self) -> FloatArray:
        """Change of Σ outcome / Σ total, periods with both reported. Raises UserError without the total outcome."""
        part, whole = outcome_values(self.panel, self.outcome), outcome_values(self.panel, self.settings.total_outcome)
        both = np.isfinite(part) & np.isfinite(whole)
        part_windows, whole_windows = (self._measure(np.where(both, values, np.nan)) for values in (part, whole))
        return _share(part_windows.after, whole_windows.after) - _share(part_windows.before, whole_windows.before)

    @cached_property
    def offline_falls(self) -> FloatArray | None:
        """Offline sales per period in the loss baseline less those after; None without total sales."""
        panel, settings = self.panel, self.settings
        if settings.total_outcome not in panel.outcomes or settings.total_outcome == self.outcome:
            return None
        offline = outcome_values(panel, settings.total_outcome) - outcome_values(panel, self.outcome)
        if settings.loss_baseline is None:
            windows = windows_of(panel, offline, settings, self.year)
        else:
            first = pd.Period(settings.loss_baseline, freq="Y").asfreq(panel.periods.freqstr, how="start")
            windows = windows_since(panel, offline, settings, self.year, first)
        return windows.before - windows.after

    @cached_property
    def log_slopes(self) -> Slopes | None:
        """What log growth goes with; also for euros."""
        return self._slopes(self.log_growth)

    @cached_property
    def symmetric_slopes(self) -> Slopes | None:
        """What symmetric growth goes with, among firms that sold before: all others that sell grew by 2, by definition,
        and a slope for them would take away the firms that the grant made start.
        """
        sold = self.windows.before > 0
        slopes = self._slopes(np.where(sold, self.symmetric_growth, np.nan))
        return None if slopes is None else slopes.only(sold)

    @cached_property
    def share_slopes(self) -> Slopes | None:
        """What the change of the online share goes with."""
        return self._slopes(self.online_share)

    @cached_property
    def own_log(self) -> OwnSectors | None:
        """Every sector's log growth at an equal past."""
        return self._own_sectors(self.log_growth, None)

    @cached_property
    def own_symmetric(self) -> OwnSectors | None:
        """Every sector's symmetric growth; the past counts of firms that sold before: all others that sell grew by 2,
        by definition, and a slope for them would take away the firms that the grant made start.
        """
        return self._own_sectors(self.symmetric_growth, self.windows.before > 0)

    def _own_sectors(self, growth: FloatArray, fitted: BoolArray | None) -> OwnSectors | None:
        if self.settings.adjustment != "none" and self.past is not None:
            residuals = at_equal_past(self.arms, growth, self.past, self.settings.alpha, fitted)
        else:
            slopes = self.log_slopes if fitted is None else self.symmetric_slopes
            residuals = unadjusted(self.arms, growth) if slopes is None else at_equal_slopes(self.arms, growth, slopes)
        return own_sectors(self.arms, residuals)

    @cached_property
    def past(self) -> FloatArray | None:
        """(n_firms, G, p) what is known of each firm's past; see `past_features`."""
        return past_features(self.panel, self.outcome, self.windows, self.arms, self.settings, placebo=self.placebo)

    def _slopes(self, growth: FloatArray) -> Slopes | None:
        if self.settings.adjustment == "none":
            return None
        return pooled_slopes(self.arms, growth, self.traits, self.settings.alpha)

    @cached_property
    def traits(self) -> list[FloatArray]:
        """What is known of each firm before the programme could act, (n_firms, G) each; see `traits_before`."""
        return traits_before(self.panel, self.outcome, self.windows, self.settings, placebo=self.placebo)


def _own_deletions(sectors: OwnSectors | None, firms: Firms) -> Deletions | None:
    return None if sectors is None else sectors.deletions(firms.rows)


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    share: FloatArray = part / np.where(whole > 0, whole, np.nan)
    return share
