"""The demonstration's firms: invented, adding up to the announced totals, with true effects that are known.

Each funded firm has two series of sales, with and without its grant, from the same shocks; it reported of the first,
the truth compares the two. No estimator is known here, so the truth can judge any.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.demonstration.applicants import HIDDEN_COLUMNS, draw_applicants
from analytics.demonstration.sales import MONTHS, SalesSeries, month_positions, simulate_sales
from analytics.demonstration.truth import Truth, compute_truth
from analytics.programme.file import Programme

LEFT_OUT = 0.06  # share of months that a firm did not report
SILENT = 0.03  # share of firms that never reported
DROP_OUT = {"funded": 0.04, "comparison": 0.065, "none": 0.065}  # share that stopped reporting, by arm
ABROAD_REPORTED = 0.35  # share of firms that say where they sold
SOURCE = "survey"  # of both arms alike: a firm that was not funded has no final report to hand in


@dataclass(frozen=True, slots=True)
class Simulation:
    """The two tables with the canonical columns, and the truth behind them.

    applications: one row per application. sales: one row per firm × month, euros; an empty amount was not reported.
    """

    applications: pd.DataFrame
    sales: pd.DataFrame
    truth: Truth


def simulate(programme: Programme, seed: int = 20201216) -> Simulation:
    """Invent the files of a programme that announced its tranches, and know the truth. Equal seeds, equal results."""
    applying, selling, reporting = np.random.default_rng(seed).spawn(3)
    everybody = draw_applicants(programme, applying)
    sellers = everybody[everybody["sells"]].reset_index(drop=True)
    potential = simulate_sales(sellers, selling)
    truth = compute_truth(programme, seed, sellers, potential)
    return Simulation(
        everybody.drop(columns=list(HIDDEN_COLUMNS)), _reported_sales(sellers, potential.with_grant, reporting), truth
    )


def _reported_sales(firms: pd.DataFrame, series: SalesSeries, rng: np.random.Generator) -> pd.DataFrame:
    """What firms said: an empty amount for a month left out, no rows after a firm stopped or closed, none of a silent
    one; sales abroad and destinations of some."""
    shape = n, months = series.online.shape
    stops = rng.random(n) < firms["arm"].map(DROP_OUT).to_numpy()
    until = np.where(stops, rng.integers(12, months, n), months)
    until = np.where(rng.random(n) < SILENT, 0, np.minimum(until, month_positions(firms["closed_on"]) + 1))
    left_out = rng.random(shape) < LEFT_OUT
    abroad_left_out = left_out | (rng.random((n, 1)) >= ABROAD_REPORTED)
    online = np.round(series.online, 2)
    columns = {
        "fiscal_code": np.repeat(firms["fiscal_code"].to_numpy(dtype=str), months),
        "period": np.tile(MONTHS.strftime("%Y-%m").to_numpy(dtype=str), n),
        "online_sales_eur": np.where(left_out, np.nan, online).ravel(),
        "total_sales_eur": np.where(left_out, np.nan, np.round(online + np.round(series.offline, 2), 2)).ravel(),
        "online_abroad_eur": np.where(abroad_left_out, np.nan, np.minimum(series.abroad, online)).ravel(),
        "destination_countries": np.where(abroad_left_out, np.nan, series.countries).ravel(),
    }
    kept = (np.arange(months) < until[:, None]).ravel()
    sales = pd.DataFrame(columns)[kept].reset_index(drop=True)
    return sales.astype({"destination_countries": "Int64"}).assign(source=SOURCE)
