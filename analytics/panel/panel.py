"""Firms × periods as arrays: from the store (SQL reduces) or from any long frame."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, FloatArray, PositionArray
from analytics.model import UserError
from analytics.panel.periods import PER_YEAR, as_periods

ONE_SECTOR = "all"  # of firms whose sector nobody named


@dataclass(frozen=True, slots=True)
class Panel:
    """Firms and what they reported.

    units: one row per firm, index firm_id; columns sector, cohort (first funded period, missing = never funded), wave,
    covariates…; `sells`, where there is one, is False for a beneficiary that has no sales by its nature;
    periods: (T,), without holes; outcomes: name -> float64 (n_firms, T), NaN = not reported (never 0).
    """

    units: pd.DataFrame
    periods: pd.PeriodIndex
    outcomes: dict[str, FloatArray]

    def __post_init__(self) -> None:
        """A panel put together by hand may leave out the sector and periods, and write cohorts as in `from_frame`."""
        for name, wide in self.outcomes.items():
            if wide.shape != (len(self.units), len(self.periods)) or self.periods.has_duplicates:
                raise UserError("panel.shape", outcome=name, firms=len(self.units), periods=len(self.periods))
        frequency = self.periods.freqstr
        if frequency != "M" and frequency[0] not in ("Q", "Y"):
            raise UserError("panel.frequency", column="periods", found=frequency)
        if "cohort" not in self.units.columns:
            raise UserError("panel.column_missing", missing="cohort")
        periods = self.periods.asfreq(frequency[0])
        units = self.units if "sector" in self.units.columns else self.units.assign(sector=ONE_SECTOR)
        if units["cohort"].dtype != periods.dtype:
            units = units.assign(cohort=as_periods(units["cohort"], "cohort", frequency[0]).array)
        span = pd.period_range(periods.min(), periods.max(), freq=periods.freqstr)
        if not span.equals(periods):
            at = span.get_indexer(periods)
            object.__setattr__(
                self, "outcomes", {name: _fill_periods(wide, at, len(span)) for name, wide in self.outcomes.items()}
            )
        object.__setattr__(self, "periods", span)
        object.__setattr__(self, "units", units)

    @property
    def funded(self) -> BoolArray:
        """(n_firms,) which firms were ever funded."""
        return np.asarray(self.units["cohort"].notna(), dtype=bool)

    def keep(self, firms: BoolArray) -> "Panel":
        """The same of the firms under the mask, (n_firms,)."""
        return Panel(self.units[firms], self.periods, {name: wide[firms] for name, wide in self.outcomes.items()})

    @property
    def compared(self) -> "Panel":
        """The same of the firms in either arm: without those that the column `set_aside` names, where there is one, or
        `outside`.
        """
        named = [name for name in ("set_aside", "outside") if name in self.units]
        if not named:
            return self
        aside = np.logical_or.reduce([self.units[name].to_numpy(dtype=bool) for name in named])
        kept = self.keep(~aside)
        return replace(kept, units=kept.units.drop(columns=named))

    @property
    def periods_per_year(self) -> int:
        """12, 4 or 1."""
        return PER_YEAR[self.periods.freqstr[0]]

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        unit: str,
        period: str,
        cohort: str,
        outcomes: str | Sequence[str],
        sector: str | None = None,
        covariates: Sequence[str] = (),
        closed: str | None = None,
    ) -> "Panel":
        """A long frame, one row per unit × period, as a panel. Columns are given by name.

        `period` and `cohort` hold Periods, strings (2021, 2021-03, 2021Q1, 2021-03-31), datetimes or whole years;
        cohort 0, empty, NaN, NaT or infinite = never funded; a unit with several cohorts counts from its first.
        `closed` is written likewise: what a unit did not report after the period of its closure is 0, not missing.
        Raises UserError when a column is missing, a unit × period stands twice, an outcome is not a number, or a sector
        or covariate varies within a unit.
        """
        names = [outcomes] if isinstance(outcomes, str) else list(outcomes)
        fixed = list(dict.fromkeys([*([sector] if sector else []), *covariates]))
        _check_columns(frame, [unit, period, cohort, *names, *fixed, *([closed] if closed else [])])
        _check_own_names(fixed, sector=sector, cohort=cohort)
        if frame.empty or frame[unit].isna().any():
            raise UserError("panel.unit_missing", unit=unit)
        periods = _known_periods(frame[period], period)
        units, codes = _units(frame, unit, fixed)
        if sector:
            units["sector"] = units[sector]
        units["cohort"] = _first_by_unit(frame[cohort], cohort, periods, codes).array
        span = pd.period_range(periods.min(), periods.max(), freq=periods.freq)
        position = span.get_indexer(periods)
        if pd.DataFrame({"unit": codes, "period": position}).duplicated().any():
            raise UserError("panel.repeated", unit=unit, period=period)
        arrays = {name: as_wide(frame[name], codes, position, (len(units), len(span))) for name in names}
        if closed:
            ends = pd.PeriodIndex(_first_by_unit(frame[closed], closed, periods, codes))
            arrays = {name: zero_after_closure(wide, span, ends) for name, wide in arrays.items()}
        return cls(units, span, arrays)


def _check_columns(frame: pd.DataFrame, names: Sequence[str]) -> None:
    columns = list(frame.columns)
    if missing := [str(name) for name in names if name not in columns]:
        raise UserError("panel.column_missing", missing=", ".join(missing))
    if repeated := [str(name) for name in dict.fromkeys(names) if columns.count(name) > 1]:
        raise UserError("panel.column_twice", columns=", ".join(repeated))


def _check_own_names(fixed: Sequence[str], *, sector: str | None, cohort: str) -> None:
    """A covariate may not take the name of a column that the panel makes of another one."""
    for own, source in (("sector", sector), ("cohort", cohort)):
        if own in fixed and source not in (None, own):
            raise UserError("panel.name_taken", column=own, other=source)


def _known_periods(values: pd.Series, name: str) -> pd.PeriodIndex:
    """The period of every row; none may be missing."""
    periods = as_periods(values, name)
    missing = np.flatnonzero(periods.isna())
    if len(missing):
        raise UserError("panel.period", column=name, value=values.iloc[int(missing[0])])
    return periods


def _first_by_unit(values: pd.Series, name: str, periods: pd.PeriodIndex, codes: PositionArray) -> pd.Series:
    """The first period that each unit has in a column, at the frequency of `periods`; NaT where it has none."""
    return pd.Series(as_periods(values, name, frequency=periods.freqstr[0])).groupby(codes).min()


def _units(frame: pd.DataFrame, unit: str, fixed: Sequence[str]) -> tuple[pd.DataFrame, PositionArray]:
    """One row per unit, with the columns that stay fixed; and each row's unit."""
    codes, firms = pd.factorize(np.asarray(frame[unit]), sort=True)
    units = pd.DataFrame(index=pd.Index(firms, name="firm_id"))
    for name in fixed:
        grouped = frame[name].groupby(codes)
        if (grouped.nunique() > 1).any():
            raise UserError("panel.varies", column=name)
        units[name] = grouped.first().to_numpy()
    return units, codes


def _fill_periods(values: FloatArray, columns: PositionArray, width: int) -> FloatArray:
    """The columns at their places among `width`; nothing was reported in the others."""
    filled = np.full((len(values), width), np.nan)
    filled[:, columns] = values
    return filled


def zero_after_closure(values: FloatArray, periods: pd.PeriodIndex, closed: pd.PeriodIndex) -> FloatArray:
    """A closed firm sells nothing: 0 after the period of its closure, unless it reported something."""
    last = np.where(closed.isna(), periods[-1].ordinal, closed.asi8)
    after_closure = periods.asi8 > last[:, None]
    return np.where(after_closure & ~np.isfinite(values), 0.0, values)


def as_wide(values: pd.Series, rows: PositionArray, columns: PositionArray, shape: tuple[int, int]) -> FloatArray:
    """(n_firms, T) of values in rows, each at its firm and period; NaN elsewhere. Raises UserError for no number."""
    try:
        if values.dtype.kind in "mMc" or isinstance(values.dtype, pd.PeriodDtype):
            raise TypeError(values.dtype)
        numbers = pd.to_numeric(values).to_numpy(dtype=np.float64, na_value=np.nan)
    except (ValueError, TypeError) as error:
        raise UserError("panel.not_a_number", column=values.name, problem=error) from error
    if np.isinf(numbers).any():
        raise UserError("panel.not_a_number", column=values.name, problem="inf")
    wide = np.full(shape, np.nan)
    wide[rows, columns] = numbers
    return wide
