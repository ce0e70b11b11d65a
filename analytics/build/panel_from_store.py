"""Store -> the panel of a programme: SQL reduces, firms x periods come out."""

import numpy as np
import pandas as pd

from analytics.model import UserError
from analytics.panel.panel import Panel, as_wide, zero_after_closure
from analytics.programme.file import Programme
from analytics.store.database import Store


def from_store(store: Store, programme: Programme, *, everybody: bool = False) -> Panel:
    """The panel of a programme: firms in either arm, with their classifications and grant, and what they reported of
    each outcome that any file brought; `has_figures`: any of the headline's outcome.

    everybody: also those that are no fair comparison, with the column `set_aside`, and those of them that did not
    apply, with the column `outside` (see store/sql/firms.sql). What the latter reported in other periods, or of other
    outcomes, than the applicants is left out.
    """
    frequency = store.frequency
    if frequency is None:
        raise UserError("store.no_sales", programme=programme.id)
    units = firms_of(store, programme).drop(columns=["division", "tranche"])
    observed = store.frame("observations")
    observed = _reported(observed, units)
    if observed.empty:
        raise UserError("store.no_sales", programme=programme.id)
    place, distinct = pd.factorize(observed["period"])  # few periods, many rows: each text is read once
    periods = pd.PeriodIndex(distinct, freq=frequency)
    span = pd.period_range(periods.min(), periods.max(), freq=frequency)
    units["cohort"] = pd.PeriodIndex(pd.to_datetime(units["awarded_on"]), freq=frequency)
    rows, columns = units.index.get_indexer(pd.Index(observed["firm_id"])), span.get_indexer(periods)[place]
    closed = pd.PeriodIndex(pd.to_datetime(units["closed_on"]), freq=frequency)
    arrays = {}
    for outcome in programme.outcomes:
        of_outcome = (observed["outcome"] == outcome.name).to_numpy()
        if not of_outcome.any():
            continue
        reported = observed["value"][of_outcome]
        values = as_wide(reported, rows[of_outcome], columns[of_outcome], (len(units), len(span)))
        arrays[outcome.name] = zero_after_closure(values, span, closed) if outcome.unit == "currency" else values
        if outcome.transform == "log":
            arrays[f"log_{outcome.name}"] = np.log(np.where(values > 0, values, np.nan))
    of_headline = observed.loc[observed["outcome"] == programme.headline.outcome, "firm_id"]
    units["has_figures"] = units.index.isin(of_headline.unique())
    panel = Panel(units, span, arrays)
    return panel if everybody else panel.compared


def _reported(observed: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """What the firms reported; of those from outside the applicants, in periods and of outcomes of the applicants."""
    applicants = observed[observed["firm_id"].isin(units.index[~units["outside"]])]
    others = observed[observed["firm_id"].isin(units.index[units["outside"]])]
    if others.empty or applicants.empty:
        return applicants
    within = others["period"].between(applicants["period"].min(), applicants["period"].max())
    return pd.concat([applicants, others[within & others["outcome"].isin(applicants["outcome"].unique())]])


def firms_of(store: Store, programme: Programme) -> pd.DataFrame:
    """One row per firm (see store/sql/firms.sql), index firm_id, with its code in each dimension."""
    reasons = {"ineligible": list(programme.ineligible_reasons), "threshold": list(programme.threshold_reasons)}
    firms = store.frame("firms", reasons, kinds=programme.kind_frame()).set_index("firm_id")
    for dimension in programme.dimensions:  # in the list's order: macro-sectors are told from sectors
        firms[dimension.name] = dimension.code_of(firms)
    return firms
