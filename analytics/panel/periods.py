"""Months, quarters and years from whatever a column holds: Periods, text, dates, whole years."""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal

import numpy as np
import pandas as pd

from analytics.model import UserError

# Periods in a year, by frequency; from coarse to fine.
PER_YEAR = {"Y": 1, "Q": 4, "M": 12}
# How missing values look once somebody has turned a column into text; 0 and infinity are other programs' "never".
NEVER_WORDS = {"", "0", "0.0", "nan", "nat", "none", "<na>", "inf", "infinity"}


def as_periods(values: pd.Series, name: str, frequency: str | None = None) -> pd.PeriodIndex:
    """Periods of one frequency (M, Q or Y) from a column named `name`; missing stays missing (NaT).

    frequency: convert to this one; a coarser value (a year in a monthly panel) is refused, since it names no month.
    Raises UserError naming the first value that is no period.
    """
    codes, distinct = pd.factorize(values)  # −1 = missing, of any kind
    parsed = [None if is_never(value) else read_period(value, name) for value in pd.Index(distinct).astype(object)]
    target = frequency or _common_frequency([value for value in parsed if value is not None], name)
    converted = [pd.NaT if value is None else _at_frequency(value, target, name) for value in parsed]
    return pd.PeriodIndex([*converted, pd.NaT], freq=target).take(codes)


def is_never(value: object) -> bool:
    """Whether a cell says "no period": missing, 0 or infinite, as a number or as text."""
    if value is None or value is pd.NaT or value is pd.NA:
        return True
    if isinstance(value, (str, int, float, np.number, Decimal)) and not isinstance(value, bool):
        return str(value).strip().lower().lstrip("-") in NEVER_WORDS
    return False


def read_period(value: object, name: str) -> pd.Period:
    """One value as a Period; a date is a Period of one day. Raises UserError for anything else."""
    if isinstance(value, pd.Period):
        return value
    if isinstance(value, (dt.date, np.datetime64)):
        return pd.Period(pd.Timestamp(value).tz_localize(None), freq="D")
    written = "" if isinstance(value, bool) else str(value).strip()
    if re.fullmatch(r"[1-9]\d{3}(\.0+)?", written):
        return pd.Period(written[:4], freq="Y")
    if quarter := re.fullmatch(r"(\d{4})-?[QTqt]([1-4])", written):
        return pd.Period(f"{quarter[1]}Q{quarter[2]}", freq="Q")
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", written):
        return pd.Period(written, freq="M")
    if re.match(r"\d{4}-\d\d-\d\d", written):
        try:
            return pd.Period(pd.Timestamp(written).tz_localize(None), freq="D")
        except ValueError:
            pass
    raise UserError("panel.period", column=name, value=value)


def _common_frequency(periods: Iterable[pd.Period], name: str) -> str:
    """M, Q or Y. Days tell their frequency by how far apart they lie: once a year, three months apart, else months."""
    frequencies = {value.freqstr if value.freqstr in ("M", "D") else value.freqstr[0] for value in periods}
    stated = frequencies - {"D"}
    if len(stated) > 1 or not stated <= set(PER_YEAR):
        raise UserError("panel.frequency", column=name, found=", ".join(sorted(frequencies)))
    if stated:
        return stated.pop()
    months = {value.month for value in periods}
    if len(months) <= 1:
        return "Y"
    return "Q" if len({month % 3 for month in months}) == 1 else "M"


def _at_frequency(value: pd.Period, target: str, name: str) -> pd.Period:
    if value.freqstr[0] not in PER_YEAR:  # a day, a week, three months: it lies where it starts
        return value.start_time.to_period(target)
    if PER_YEAR[value.freqstr[0]] < PER_YEAR[target[0]]:
        raise UserError("panel.cohort_coarser", column=name, value=value)
    return value.asfreq(target)
