"""Firms × periods as arrays: from the store (SQL reduces) or from any long frame."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.model import UserError
from analytics.programme import Programme
from analytics.store import Store

FloatArray = npt.NDArray[np.float64]
UNIT_COLUMNS = ("sector", "macro_sector", "wave", "size_class", "channel", "area")


@dataclass(frozen=True, slots=True)
class Panel:
    """Firms and what they reported.

    units: one row per firm, index firm_id; columns sector, cohort (first funded period, missing = never funded), wave,
    covariates…; periods: (T,), without holes; outcomes: name -> float64 (n_firms, T), NaN = not reported (never 0).
    """

    units: pd.DataFrame
    periods: pd.PeriodIndex
    outcomes: dict[str, FloatArray]

    @property
    def funded(self) -> npt.NDArray[np.bool_]:
        """(n_firms,) which firms were ever funded."""
        return np.asarray(self.units["cohort"].notna(), dtype=bool)

    @property
    def periods_per_year(self) -> int:
        """12, 4 or 1."""
        return {"M": 12, "Q": 4, "Y": 1}[self.periods.freqstr[0]]

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
    ) -> "Panel":
        """A long frame, one row per unit × period, as a panel. Columns are given by name.

        `period` and `cohort` hold Periods, strings (2021, 2021-03, 2021Q1, 2021-03-31), datetimes or whole years;
        cohort 0, empty, NaN, NaT or infinite = never funded; a unit with several cohorts counts from its first.
        Raises UserError when a column is missing, a unit × period stands twice, an outcome is not a number, or a sector
        or covariate varies within a unit.
        """
        names = [outcomes] if isinstance(outcomes, str) else list(outcomes)
        fixed = [*([sector] if sector else []), *covariates]
        missing = [name for name in (unit, period, cohort, *names, *fixed) if name not in frame.columns]
        if missing:
            raise UserError("panel.column_missing", missing=", ".join(missing))
        if frame.empty or frame[unit].isna().any():
            raise UserError("panel.unit_missing", unit=unit)
        periods = as_periods(frame[period], period)
        if bool(periods.isna().any()):
            raise UserError("panel.period", column=period, value=frame[period].iloc[int(np.flatnonzero(periods.isna())[0])])
        units, codes = _units(frame, unit, sector, covariates)
        units["cohort"] = _first_cohort(frame[cohort], cohort, periods, codes, len(units))
        span = pd.period_range(periods.min(), periods.max(), freq=periods.freq)
        position = span.get_indexer(periods)
        if pd.DataFrame({"unit": codes, "period": position}).duplicated().any():
            raise UserError("panel.repeated", unit=unit, period=period)
        arrays = {name: _wide(frame[name], codes, position, (len(units), len(span))) for name in names}
        return cls(units, span, arrays)


def _units(
    frame: pd.DataFrame, unit: str, sector: str | None, covariates: Sequence[str]
) -> tuple[pd.DataFrame, npt.NDArray[np.intp]]:
    codes, firms = pd.factorize(frame[unit], sort=True)
    units = pd.DataFrame(index=pd.Index(firms, name="firm_id"))
    grouped = frame.assign(_code=codes).groupby("_code")
    for name in dict.fromkeys([*([sector] if sector else []), *covariates]):
        if (grouped[name].nunique(dropna=True) > 1).any():
            raise UserError("panel.varies", column=name)
        units[name] = grouped[name].first().to_numpy()
    units["sector"] = units[sector] if sector else "all"
    return units, codes


def _first_cohort(
    values: pd.Series, name: str, periods: pd.PeriodIndex, codes: npt.NDArray[np.intp], n_units: int
) -> pd.arrays.PeriodArray:
    """(n_units,) the first period in which the unit was funded, at the panel's frequency; NaT = never."""
    cohorts = as_periods(values, name, frequency=periods.freqstr)
    ordinals = np.where(cohorts.isna(), np.iinfo(np.int64).max, cohorts.asi8)
    first = np.full(n_units, np.iinfo(np.int64).max)
    np.minimum.at(first, codes, ordinals)
    known = first < np.iinfo(np.int64).max
    result = pd.PeriodIndex.from_ordinals(np.where(known, first, 0), freq=periods.freqstr).array.copy()
    result[~known] = pd.NaT
    return result


def _wide(
    values: pd.Series, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp], shape: tuple[int, int]
) -> FloatArray:
    try:
        numbers = pd.to_numeric(values).to_numpy(dtype=np.float64, na_value=np.nan)
    except (ValueError, TypeError) as error:
        raise UserError("panel.not_a_number", column=values.name, problem=error) from error
    if np.isinf(numbers).any():
        raise UserError("panel.not_a_number", column=values.name, problem="inf")
    wide = np.full(shape, np.nan)
    wide[rows, columns] = numbers
    return wide


def as_periods(values: pd.Series, name: str, frequency: str | None = None) -> pd.PeriodIndex:
    """Periods of one frequency (M, Q or Y) from whatever a column holds; missing stays missing (NaT).

    frequency: convert to this one; a coarser value (a year in a monthly panel) is refused, since it names no month.
    Raises UserError naming the first value that is no period.
    """
    if isinstance(values.dtype, pd.PeriodDtype):
        distinct: list[object] = list(values.drop_duplicates())
    else:
        distinct = list(values.drop_duplicates().astype(object))
    read = {value: _read_period(value, name) for value in distinct if not _is_never(value)}
    target = (frequency or _common_frequency(read.values(), name))[0]
    meaning = {value: _convert(found, target, name) for value, found in read.items()}
    result = [pd.NaT if _is_never(value) else meaning[value] for value in values.astype(object)]
    return pd.PeriodIndex(result, freq=target)


def _is_never(value: object) -> bool:
    if isinstance(value, str):
        return value.strip() in ("", "0")
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        return bool(value == 0 or np.isnan(value) or np.isinf(value))
    return value is None or value is pd.NaT or value is pd.NA


def _read_period(value: object, name: str) -> pd.Period | pd.Timestamp:
    """A value as a Period, or as a day when that is what it is."""
    if isinstance(value, pd.Period):
        return value
    if isinstance(value, (dt.date, np.datetime64)):
        return pd.Timestamp(value)
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and 1000 <= value <= 9999 and value == int(value):
        return pd.Period(str(int(value)), freq="Y")
    written = str(value).strip()
    if re.fullmatch(r"\d{4}(\.0)?", written):
        return pd.Period(written[:4], freq="Y")
    if found := re.fullmatch(r"(\d{4})-?[QTqt]([1-4])", written):
        return pd.Period(f"{found[1]}Q{found[2]}", freq="Q")
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", written):
        return pd.Period(written, freq="M")
    if re.match(r"\d{4}-\d\d-\d\d", written):
        try:
            return pd.Timestamp(written)
        except ValueError:
            pass
    raise UserError("panel.period", column=name, value=value)


def _common_frequency(found: Sequence[pd.Period | pd.Timestamp] | object, name: str) -> str:
    """M, Q or Y. Days tell their frequency by how far apart they lie: once a year, on quarter months, else months."""
    values = list(found)  # type: ignore[call-overload]
    frequencies = {value.freqstr[0] for value in values if isinstance(value, pd.Period)}
    if frequencies - {"M", "Q", "Y"} or len(frequencies) > 1:
        raise UserError("panel.frequency", column=name, found=", ".join(sorted(frequencies)))
    if frequencies:
        return str(frequencies.pop())
    months = {value.month for value in values}
    if len(months) <= 1:
        return "Y"
    return "Q" if months <= {1, 4, 7, 10} or months <= {3, 6, 9, 12} else "M"


def _convert(value: pd.Period | pd.Timestamp, target: str, name: str) -> pd.Period:
    if isinstance(value, pd.Timestamp):
        return value.tz_localize(None).to_period(target)
    if "YQM".index(value.freqstr[0]) < "YQM".index(target):
        raise UserError("panel.cohort_coarser", column=name, value=value)
    return value.asfreq(target)


def from_store(store: Store, programme: Programme) -> Panel:
    """The panel of a programme: firms in either arm, with their classifications and grant, and what they reported."""
    frequency = store.frequency
    if frequency is None:
        raise UserError("store.no_sales", programme=programme.id)
    only = programme.sectors[0] if len(programme.sectors) == 1 else None
    units = store.frame(
        "firms",
        {
            "ineligible": list(programme.ineligible_reasons),
            "only_sector": only.id if only else None,
            "only_macro_sector": only.macro_sector if only else None,
        },
        sectors=programme.sector_frame(),
        areas=programme.area_frame(),
    ).set_index("firm_id")
    observed = store.frame("observations")
    observed = observed[observed["firm_id"].isin(units.index)]
    periods = pd.PeriodIndex(observed["period"], freq=frequency)
    span = pd.period_range(periods.min(), periods.max(), freq=frequency)
    units["cohort"] = pd.PeriodIndex(pd.to_datetime(units["awarded_on"]), freq=frequency)
    rows, columns = units.index.get_indexer(observed["firm_id"]), span.get_indexer(periods)
    arrays = {}
    for outcome in programme.outcomes:
        mine = (observed["outcome"] == outcome.name).to_numpy()
        arrays[outcome.name] = _wide(observed["value"][mine], rows[mine], columns[mine], (len(units), len(span)))
    return Panel(units, span, arrays)
