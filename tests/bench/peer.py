"""The same programmes in the hands of an analyst with diff-diff 3.13.0: what it prints by default, sector by sector.

Two calls that its documentation leads to. Both speak of the mean log change of firms that sell, as `typical_firm`
does, of the year before the call and the three years after the last award.
"""

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from diff_diff import CallawaySantAnna, TwoWayFixedEffects

from analytics.estimate import group_effects
from analytics.estimate.effects import effect_of, with_shared_ranges
from analytics.estimate.sample import Sample
from analytics.model import Estimand
from analytics.panel.arms import groups_of
from tests.bench.designs import BEFORE, LATEST, OUTCOME, YEAR, Programme, settings
from tests.bench.truths import Truth

CALLS = {
    "two-way": 'TwoWayFixedEffects().fit(months, outcome="log_sales", treatment="funded", post="post", unit="firm")',
    "group-time": (
        'CallawaySantAnna(cluster="firm").fit(years, outcome="log_sales", unit="firm", time="year", '
        'first_treat="first_year")'
    ),
}


def two_way(months: pd.DataFrame) -> tuple[float, float, float]:
    """Estimate and interval, on the log scale. Standard errors are clustered by firm unless one asks otherwise."""
    found = TwoWayFixedEffects().fit(months, outcome="log_sales", treatment="funded", post="post", unit="firm")
    return found.att, *found.conf_int


def group_time(years: pd.DataFrame) -> tuple[float, float, float]:
    """The same; its "overall" is the mean of the three years."""
    found = CallawaySantAnna(cluster="firm").fit(
        years, outcome="log_sales", unit="firm", time="year", first_treat="first_year"
    )
    return found.overall_att, *found.overall_conf_int


def months_of(made: Programme) -> pd.DataFrame:
    """One row per firm × month with sales, in the year before and the three years after."""
    after = np.arange(LATEST, LATEST + 3 * YEAR)
    at = np.concatenate([np.arange(BEFORE.start, BEFORE.stop), after])
    frame = _long(made, np.asarray(made.panel.outcomes[OUTCOME])[:, at], at)
    return frame.assign(post=(frame["period"] >= LATEST).astype(int))


def years_of(made: Programme) -> pd.DataFrame:
    """One row per firm × year (0 before; 1, 2, 3 after): the log of its mean reported month."""
    sales = np.asarray(made.panel.outcomes[OUTCOME])
    starts = (BEFORE.start, *(LATEST + YEAR * k for k in range(3)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # firms that stopped reporting have empty years
        means = np.stack([np.nanmean(sales[:, start : start + YEAR], axis=1) for start in starts], axis=1)
    frame = _long(made, means, np.arange(4)).rename(columns={"period": "year"})
    return frame.assign(first_year=frame["funded"])


def _long(made: Programme, values: np.ndarray, periods: np.ndarray) -> pd.DataFrame:
    firm, column = np.nonzero(values > 0)
    return pd.DataFrame(
        {
            "firm": firm,
            "sector": made.panel.units["sector"].to_numpy()[firm],
            "period": periods[column],
            "funded": made.panel.funded[firm].astype(int),
            "log_sales": np.log(values[firm, column]),
        }
    )


def compared(made: Programme, truths: Truth) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Intervals of every sector by both calls, and the seconds per sector of everybody."""
    true = truths.of("typical_firm", -1)
    rows: list[dict[str, Any]] = []
    seconds = [{"who": who, "seconds": spent} for who, spent in _ours(made).items()]
    fits: dict[str, tuple[Callable[[pd.DataFrame], tuple[float, float, float]], pd.DataFrame]] = {
        "two-way": (two_way, months_of(made)),
        "group-time": (group_time, years_of(made)),
    }
    for who, (fit, frame) in fits.items():
        for name, mine in frame.groupby("sector"):
            size = made.sizes[name]
            begun = time.perf_counter()
            value, low, high = fit(mine)
            seconds.append({"who": who, "seconds": time.perf_counter() - begun, "size": size})
            told = {"what": f"peer {who}", "size": size, "group": name, "true": true, "value": value}
            rows.append(told | {"holds": low <= true <= high, "rejects": not low <= 0 <= high, "length": high - low})
    return rows, seconds


def _ours(made: Programme) -> dict[str, float]:
    """Seconds per sector and effect, from the panel to the interval: its own, the shared one, and by section 4."""
    sectors, spent = groups_of(made.panel, "sector"), {}
    begun = time.perf_counter()
    effects = group_effects(Sample(made.panel, OUTCOME, settings()), Estimand.TYPICAL_FIRM, sectors)
    spent["own"] = time.perf_counter() - begun
    with_shared_ranges(effects, settings())
    spent["ours"] = time.perf_counter() - begun
    begun = time.perf_counter()
    former = Sample(made.panel, OUTCOME, settings())
    for firms in sectors.values():
        found = former.pooled_deletions(Estimand.TYPICAL_FIRM, former.group(firms))
        effect_of(found, Estimand.TYPICAL_FIRM, former)
    spent["section 4"] = time.perf_counter() - begun
    return {who: seconds / len(sectors) for who, seconds in spent.items()}
