"""What each firm contributes to the cells of a release: the one frame that disclosure control stands on."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.description import comparison_weights
from analytics.estimands import euros
from analytics.model import Arm, Estimand
from analytics.panel import FloatArray, Panel
from analytics.programme import DIMENSIONS, Programme
from analytics.sample import Sample

Samples = Mapping[str, Sequence[Sample]]  # outcome -> one per horizon
ALL = "*"
SELLS = "sells"  # "yes", or "no" for kinds of beneficiaries that sell nothing by their nature


def samples_of(panel: Panel, programme: Programme, years: Sequence[int]) -> Samples:
    """Every outcome over all complete years together, then over each year after funding."""
    return {
        outcome.name: [Sample(panel, outcome.name, programme.settings, year) for year in (None, *years)]
        for outcome in programme.outcomes
    }


def column(outcome: str, horizon: str, what: str) -> str:
    """The name of a measure's column."""
    return f"{outcome}|{horizon}|{what}"


def contributions(panel: Panel, programme: Programme, samples: Samples) -> pd.DataFrame:
    """One row per firm in either arm: its arm, its code in each dimension, whether it sells, and a column per measure
    (NaN: in none).

    Counts and grants ("*|*|firms", "*|*|grants"); of each outcome and horizon, per period, what it sold `before` and
    `after`; of each estimand and funded firm, what it adds to a sum that a published effect gives away: its expected
    sales without the grant (`euro_weighted`), or one vote. A comparison firm has the mean of its windows, weighted as
    in the means that are published.
    """
    units, funded = panel.units, panel.funded
    frame = units.reindex(columns=list(DIMENSIONS)).astype(object)
    sells = units["sells"].fillna(True).to_numpy(dtype=bool)
    compared = ~funded & sells & units["sector"].isin(units["sector"][funded & sells].dropna()).to_numpy()
    columns: dict[str, npt.NDArray[Any]] = {SELLS: np.where(sells, "yes", "no")}
    columns |= {"arm": np.where(funded, Arm.FUNDED.value, Arm.COMPARISON.value)}
    columns[column(ALL, ALL, "firms")] = np.where(funded | compared, 1.0, np.nan)
    if "grant_eur" in units:
        grants = units["grant_eur"].to_numpy(dtype=np.float64, na_value=np.nan)
        columns[column(ALL, ALL, "grants")] = np.where(funded, grants, np.nan)
    for outcome in programme.outcomes:
        for sample in samples[outcome.name]:
            for what, values in _measured(sample, programme.estimands(outcome)):
                columns[column(outcome.name, sample.horizon, what)] = np.abs(values)
    return frame.join(pd.DataFrame(columns, index=frame.index))


def _measured(sample: Sample, estimands: Sequence[Estimand]) -> Iterator[tuple[str, FloatArray]]:
    """(n_firms,) each, per period; of an estimand of which every firm is one vote, 1 for those that enter."""
    firms = sample.group(sample.panel.funded)
    weights = comparison_weights(sample, firms)
    total = weights.sum(axis=1)
    share = weights / np.where(total > 0, total, np.nan)[:, None]
    for what, seen in (("before", sample.seen.before), ("after", sample.seen.after)):
        values = np.full(len(seen), np.nan)
        values[firms.rows] = firms.funded(seen)
        means = np.where(share > 0, firms.comparison(seen) * share, 0).sum(axis=1)
        values[firms.others] = np.where(total > 0, means, np.nan)
        yield what, values
    for estimand in estimands:
        values = np.full(len(sample.seen.after), np.nan)
        if estimand is Estimand.EURO_WEIGHTED:
            held = euros(firms, sample.seen.before, sample.seen.after, sample.log_slopes)
            if held is not None:
                values[firms.rows[held.enters]] = held.expected
        else:
            found = sample.deletions(estimand, firms)
            if found is not None:
                values[found.firm[found.funded]] = 1.0
        yield estimand.value, values
