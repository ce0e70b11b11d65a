"""What each firm contributes to the cells of a release: the one frame that disclosure control stands on."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.arrays import FloatArray
from analytics.build.samples import Samples
from analytics.estimate.before_after import comparison_weights
from analytics.estimate.estimands import euro_sums
from analytics.estimate.sample import Sample
from analytics.model import Arm, Estimand
from analytics.panel import Panel
from analytics.panel.windows import cohorts_of
from analytics.programme.dimensions import DIMENSIONS
from analytics.programme.file import Programme
from analytics.programme.parts import Outcome

ALL = "*"
SELLS = "sells"  # "yes", or "no" for kinds of beneficiaries that sell nothing by their nature


TRACE = "trace"  # of what a firm reported, inside the windows or not
# what else the figures are made with: matched on, described or set in proportion to
TRACED_TRAITS = ("employees", "score", "eligible_spend_eur", "paid_eur", "other_aid_on", "below_threshold", "source")


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
        columns[column(outcome.name, ALL, TRACE)] = _trace(_reported(panel, outcome))
        for sample in samples[outcome.name]:
            for what, values in _measured(sample, programme.estimands(outcome)):
                columns[column(outcome.name, sample.horizon, what)] = np.abs(values)
    headline, settings = programme.headline, programme.settings
    year = str(headline.horizon)
    before = panel.periods < cohorts_of(panel)[0]
    columns[column(headline.outcome, year, f"{TRACE}_earlier")] = _trace(panel.outcomes[headline.outcome][:, before])
    columns[column(headline.outcome, year, f"{TRACE}_traits")] = _trace(units.reindex(columns=list(TRACED_TRAITS)))
    if settings.loss_baseline is not None and settings.total_outcome in panel.outcomes:
        baseline = panel.periods.year == int(settings.loss_baseline)
        online, total = (panel.outcomes[name][:, baseline] for name in (headline.outcome, settings.total_outcome))
        columns[column(headline.outcome, year, f"{TRACE}_losses")] = _trace(np.hstack([online, total]))
    return frame.join(pd.DataFrame(columns, index=frame.index))


def _reported(panel: Panel, outcome: Outcome) -> FloatArray:
    """All that a firm ever reported of an outcome, and of the one that it is part of."""
    series = [panel.outcomes[outcome.name]]
    if outcome.share_of is not None:
        series.append(panel.outcomes[outcome.share_of])
    return np.hstack(series)


def _trace(values: FloatArray | pd.DataFrame) -> FloatArray:
    """A number from 1 to 2 for each firm, another where anything is; NaN where there is nothing."""
    frame = pd.DataFrame(values)
    mixed = pd.util.hash_pandas_object(frame, index=False).to_numpy(dtype=np.uint64)
    marks: FloatArray = 1 + (mixed >> np.uint64(12)).astype(np.float64) / 2.0**52
    return np.where(frame.notna().any(axis=1), marks, np.nan)


def _measured(sample: Sample, estimands: Sequence[Estimand]) -> Iterator[tuple[str, FloatArray]]:
    """(n_firms,) each, per period; of an estimand of which every firm is one vote, 1 for those that enter."""
    firms = sample.group(sample.panel.funded)
    weights = comparison_weights(sample, firms)
    total = weights.sum(axis=1)
    share = weights / np.where(total > 0, total, np.nan)[:, None]
    for what, seen in (("before", sample.windows.before), ("after", sample.windows.after)):
        values = np.full(len(seen), np.nan)
        values[firms.rows] = firms.funded(seen)
        means = np.where(share > 0, firms.comparison(seen) * share, 0).sum(axis=1)
        values[firms.others] = np.where(total > 0, means, np.nan)
        yield what, values
    for estimand in estimands:
        values = np.full(len(sample.windows.after), np.nan)
        if estimand is Estimand.EURO_WEIGHTED:
            held = euro_sums(firms, sample.windows.before, sample.windows.after, sample.log_slopes)
            if held is not None:
                values[firms.rows[held.enters]] = held.expected
        else:
            found = sample.deletions(estimand, firms)
            if found is not None:
                values[found.firm[found.funded]] = 1.0
        yield estimand.value, values
