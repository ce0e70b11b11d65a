"""Store -> the panel of a programme: SQL reduces, firms x periods come out."""

import numpy as np
import pandas as pd

from analytics.model import UserError
from analytics.panel.panel import Panel, as_wide, zero_after_closure
from analytics.programme.file import Programme
from analytics.store.database import Store


def from_store(store: Store, programme: Programme, *, everybody: bool = False) -> Panel:
    """The panel of a programme: firms in either arm, with their classifications and grant, and what they reported.

    everybody: also those that are no fair comparison, with the column `set_aside` (see store/sql/firms.sql).
    """
    frequency = store.frequency
    if frequency is None:
        raise UserError("store.no_sales", programme=programme.id)
    only = programme.sectors[0] if len(programme.sectors) == 1 else None
    units = store.frame(
        "firms",
        {
            "ineligible": list(programme.ineligible_reasons),
            "threshold": list(programme.threshold_reasons),
            "only_sector": only.id if only else None,
            "only_macro_sector": only.macro_sector if only else None,
        },
        sectors=programme.sector_frame(),
        areas=programme.area_frame(),
        kinds=programme.kind_frame(),
    ).set_index("firm_id")
    observed = store.frame("observations")
    observed = observed[observed["firm_id"].isin(units.index)]
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
        mine = (observed["outcome"] == outcome.name).to_numpy()
        values = as_wide(observed["value"][mine], rows[mine], columns[mine], (len(units), len(span)))
        arrays[outcome.name] = zero_after_closure(values, span, closed) if outcome.unit == "currency" else values
        if outcome.transform == "log":
            arrays[f"log_{outcome.name}"] = np.log(np.where(values > 0, values, np.nan))
    panel = Panel(units.drop(columns="closed_on"), span, arrays)
    return panel if everybody else panel.compared
